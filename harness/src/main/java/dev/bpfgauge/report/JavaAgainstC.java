package dev.bpfgauge.report;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Contrasts;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The same loop in Java and in C: what the harness itself adds to the figures. */
final class JavaAgainstC {
  private static final int MAX_CHARTS = 4;

  private final Evidence evidence;
  private final Map<Cell, PairedComparison> inTurns;

  JavaAgainstC(Evidence evidence) {
    this.evidence = evidence;
    inTurns = Contrasts.inTurns(evidence.analysis().run());
  }

  /** One loop in each language. */
  private record Loop(
      Optional<CellSummary> java,
      Optional<CellSummary> c,
      Optional<CellSummary> cThread,
      Optional<CellSummary> inTurns) {

    Cell any() {
      return cThread.or(this::c).or(this::java).or(this::inTurns).orElseThrow().cell();
    }
  }

  List<Exhibit> exhibits() {
    Map<String, List<Loop>> byOperation = new LinkedHashMap<>();
    for (Loop loop : loops()) {
      Cell cell = loop.any();
      String path = cell.param("path");
      byOperation
          .computeIfAbsent(
              CellNames.operation(cell) + (path.isEmpty() ? "" : " by " + path),
              k -> new ArrayList<>())
          .add(loop);
    }
    List<Exhibit> exhibits = new ArrayList<>();
    byOperation.forEach((title, loops) ->
        exhibits.add(exhibit(title, loops, "java-" + exhibits.size(), exhibits.size())));
    return exhibits;
  }

  private List<Loop> loops() {
    Map<String, List<CellSummary>> grouped = new LinkedHashMap<>();
    for (CellSummary cell : evidence.cells()) {
      if (cell.forks() > 0 && !cell.cell().suite().equals(Evidence.SEED)) {
        grouped.computeIfAbsent(withoutRuntime(cell.cell()), k -> new ArrayList<>()).add(cell);
      }
    }
    return grouped.values().stream()
        .filter(g -> g.stream().anyMatch(c -> !Evidence.isJava(c.cell())))
        .map(g -> new Loop(of(g, "java"), of(g, "c"), of(g, "c-thread"), of(g, "java-and-c")))
        .toList();
  }

  private static String withoutRuntime(Cell cell) {
    TreeMap<String, String> params = new TreeMap<>(cell.params());
    params.remove("runtime");
    return new Cell("", cell.benchmark(), params, cell.profile()).id();
  }

  private static Optional<CellSummary> of(List<CellSummary> cells, String runtime) {
    return cells.stream()
        .filter(c ->
            runtime.equals("java")
                ? Evidence.isJava(c.cell())
                : c.cell().param("runtime").equals(runtime))
        .findFirst();
  }

  private Exhibit exhibit(String title, List<Loop> loops, String id, int index) {
    Charts.Chart chart = null;
    if (index < MAX_CHARTS) {
      chart =
          Charts.grouped(
              new Charts.Name(
                  id,
                  title + " in Java and in C",
                  "Grouped bars with 95 % intervals; the table has every figure and the ratio."),
              loops.stream().map(this::label).toList(),
              List.of(
                  bars("C, one thread", loops.stream().map(Loop::c).toList()),
                  bars("C, second thread", loops.stream().map(Loop::cThread).toList()),
                  bars("Java", loops.stream().map(Loop::java).toList())),
              "ns per operation");
    }
    return new Exhibit(chart, table(title, loops, id), "");
  }

  private String label(Loop loop) {
    String map = loop.any().param("map");
    String name = map.isEmpty() ? CellNames.operation(loop.any()) : map;
    return loop.any().profile().equals(evidence.reference())
        ? name
        : name + "\n" + loop.any().profile();
  }

  private static Charts.Bars bars(String name, List<Optional<CellSummary>> cells) {
    return new Charts.Bars(
        name,
        cells.stream().map(c -> c.map(CellSummary::mean).orElse(Double.NaN)).toList(),
        cells.stream()
            .map(c -> c.map(CellSummary::interval95).map(Interval::halfWidth).orElse(Double.NaN))
            .toList());
  }

  private Table table(String title, List<Loop> loops, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            title + ", ns per operation",
            "~Map",
            "~Profile",
            "C, one thread",
            "C, second thread",
            "Java",
            "Java ÷ C, second thread",
            "95 % interval",
            "Java ÷ C, by turns in one process");
    for (Loop loop : loops) {
      PairedComparison ratio =
          loop.java().isPresent() && loop.cThread().isPresent()
              ? evidence.compare(loop.java().get().cell(), loop.cThread().get().cell())
              : null;
      table.row(
          loop.any().param("map").isEmpty() ? Words.NONE : loop.any().param("map"),
          loop.any().profile(),
          mean(loop.c()),
          mean(loop.cThread()),
          mean(loop.java()),
          ratio == null ? Words.NONE : Words.ratio(ratio.ratio()),
          ratio == null ? Words.NONE : Words.ratio(ratio.ratio(), ratio.interval95()),
          loop.inTurns().map(turns -> ratio(inTurns.get(turns.cell()))).orElse(Words.NONE));
    }
    return table.build();
  }

  private static String ratio(@Nullable PairedComparison comparison) {
    return comparison == null
        ? Words.NONE
        : Words.ratio(comparison.ratio())
            + " "
            + Words.ratio(comparison.ratio(), comparison.interval95());
  }

  private static String mean(Optional<CellSummary> cell) {
    return cell.map(c -> Words.nanos(c.mean())).orElse(Words.NONE);
  }
}
