package dev.bpfgauge.report;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.stats.PairedDifference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where an operation's time goes: an empty method, a foreign call that does nothing, a cheap system
 * call, bpf(2) refused at once, and what is left for the map. Each step is its rung minus the rung
 * below.
 */
final class FloorLadder {
  private static final List<String> RUNGS = List.of("empty", "ffm", "getppid", "bpf");
  private static final int MAX_COLUMNS = 12;

  private final Evidence evidence;

  FloorLadder(Evidence evidence) {
    this.evidence = evidence;
  }

  List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      List<CellSummary> rungs = rungs(arm);
      List<CellSummary> operations = operations(arm);
      if (!rungs.isEmpty() && !operations.isEmpty()) {
        exhibits.add(exhibit(arm, rungs, operations, "ladder-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  /** The floor's cells on one arm, lowest first. */
  List<CellSummary> rungs(String arm) {
    return evidence.cells(c -> Evidence.isFloor(c) && c.profile().equals(arm)).stream()
        .filter(c -> c.forks() > 0 && Evidence.isJava(c.cell()))
        .sorted(
            Comparator.comparingInt((CellSummary c) -> rank(c.cell()))
                .thenComparingDouble(CellSummary::mean))
        .toList();
  }

  /** The last rung before the map: what every bpf(2) call costs whatever it does. */
  Optional<CellSummary> top(String arm) {
    List<CellSummary> rungs = rungs(arm);
    return rungs.isEmpty() ? Optional.empty() : Optional.of(rungs.getLast());
  }

  private static int rank(Cell cell) {
    for (int i = 0; i < RUNGS.size(); i++) {
      if (CellNames.operation(cell).startsWith(RUNGS.get(i))) {
        return i;
      }
    }
    return RUNGS.size();
  }

  private List<CellSummary> operations(String arm) {
    return evidence.groups().stream()
        .findFirst()
        .map(g -> g.on(arm).stream().filter(c -> c.forks() > 0).limit(MAX_COLUMNS).toList())
        .orElse(List.of());
  }

  private Exhibit exhibit(
      String arm, List<CellSummary> rungs, List<CellSummary> operations, String id) {
    List<Charts.Bars> series = new ArrayList<>();
    for (int i = 0; i < rungs.size(); i++) {
      double below = i == 0 ? 0 : rungs.get(i - 1).mean();
      double step = Math.max(0, rungs.get(i).mean() - below);
      series.add(
          new Charts.Bars(
              words(rungs.get(i).cell()), operations.stream().map(o -> step).toList(), List.of()));
    }
    double top = rungs.getLast().mean();
    series.add(
        new Charts.Bars(
            "the operation itself",
            operations.stream().map(o -> Math.max(0, o.mean() - top)).toList(),
            List.of()));
    Charts.Chart chart =
        Charts.stacked(
            new Charts.Name(
                id,
                "Floor ladder on " + arm,
                "Stacked bars: "
                    + operations.size()
                    + " operations on the same floor of "
                    + Words.nanos(top)
                    + " ns. The table has every step."),
            operations.stream()
                .map(o ->
                    o.cell().param("map").isEmpty()
                        ? CellNames.operation(o.cell())
                        : CellNames.operation(o.cell()) + "\n" + o.cell().param("map"))
                .toList(),
            series.subList(0, Math.min(Marks.MAX_SERIES, series.size())),
            "ns per operation");
    return new Exhibit(chart, table(arm, rungs, operations, id), "");
  }

  private Table table(
      String arm, List<CellSummary> rungs, List<CellSummary> operations, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            "Floor and operations on " + arm + ", ns",
            "~Rung",
            "Mean",
            "95 % interval",
            "Above the rung below",
            "95 % interval of that",
            "Share above the floor");
    for (int i = 0; i < rungs.size(); i++) {
      row(table, words(rungs.get(i).cell()), rungs.get(i), i == 0 ? null : rungs.get(i - 1), false);
    }
    for (CellSummary operation : operations) {
      row(table, evidence.names().name(operation.cell()), operation, rungs.getLast(), true);
    }
    return table.build();
  }

  private void row(
      Table.Builder table,
      String name,
      CellSummary cell,
      @org.jspecify.annotations.Nullable CellSummary below,
      boolean share) {
    if (below == null) {
      table.row(
          name,
          Words.nanos(cell.mean()),
          Words.nanos(cell.interval95()),
          Words.NONE,
          Words.NONE,
          Words.NONE);
      return;
    }
    PairedDifference step = evidence.difference(cell.cell(), below.cell());
    table.row(
        name,
        Words.nanos(cell.mean()),
        Words.nanos(cell.interval95()),
        Words.nanos(step.mean()),
        Words.nanos(step.interval95()),
        share ? Words.percent(step.mean() / cell.mean()) : Words.NONE);
  }

  static String words(Cell cell) {
    String rung = CellNames.operation(cell);
    return switch (rank(cell)) {
      case 0 -> "empty method";
      case 1 -> "foreign call of a no-op";
      case 2 -> "getppid, a cheap system call";
      case 3 -> "bpf(2), refused at once";
      default -> rung;
    };
  }
}
