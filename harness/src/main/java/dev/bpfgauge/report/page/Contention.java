package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Difference;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.PairedComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Several CPUs at once: what an operation costs each of them when they share, and when not. */
final class Contention {
  /** More bars than that cannot be told apart. */
  private static final int MOST_CATEGORIES = 16;

  private static final double NANOS_A_MICRO = 1_000;

  private final Evidence evidence;

  Contention(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * One map at several numbers of CPUs.
   *
   * @param map its name, with the parameters that differ
   * @param shared by number of CPUs, where they share
   * @param separate the same where they do not
   */
  private record Row(
      String map,
      NavigableMap<Integer, CellSummary> shared,
      NavigableMap<Integer, CellSummary> separate) {

    List<Integer> cpus() {
      NavigableMap<Integer, CellSummary> all = new TreeMap<>(shared);
      all.putAll(separate);
      return List.copyOf(all.keySet());
    }
  }

  /** One exhibit an operation and profile; none where only one number of CPUs was measured. */
  List<Exhibit> exhibits() {
    Map<String, Map<String, Row>> byTitle = new LinkedHashMap<>();
    for (CellSummary cell : evidence.cells(Contention::counts)) {
      Cell alone = alone(cell.cell());
      Row row =
          byTitle
              .computeIfAbsent(title(alone), k -> new LinkedHashMap<>())
              .computeIfAbsent(
                  alone.key(), k -> new Row(name(alone), new TreeMap<>(), new TreeMap<>()));
      int cpus = cpus(cell.cell());
      if (cpus == 1 || !isSeparate(cell.cell())) {
        row.shared.put(cpus, cell);
      }
      if (cpus == 1 || isSeparate(cell.cell())) {
        row.separate.put(cpus, cell);
      }
    }
    List<Exhibit> exhibits = new ArrayList<>();
    byTitle.forEach((title, rows) -> {
      List<Row> several = rows.values().stream().filter(row -> row.cpus().size() > 1).toList();
      if (!several.isEmpty()) {
        exhibits.add(exhibit(title, several, "cpus-" + exhibits.size()));
      }
    });
    return exhibits;
  }

  private static boolean counts(Cell cell) {
    return Evidence.isOperation(cell)
        && (SuiteWords.isCalled(cell, MapsCalled.IN_THE_KERNEL)
            || SuiteWords.isCalled(cell, MapsCalled.FROM_USER_SPACE));
  }

  /** The same cell without what tells how many CPUs there are and what they share. */
  private static Cell alone(Cell cell) {
    TreeMap<String, String> params = new TreeMap<>(cell.params());
    List.of("threads", "keys", "sharing").forEach(params::remove);
    return new Cell(cell.suite(), cell.benchmark(), params, cell.profile());
  }

  private static int cpus(Cell cell) {
    String threads = cell.param("threads");
    return threads.isEmpty() ? 1 : Integer.parseInt(threads);
  }

  private static boolean isSeparate(Cell cell) {
    return cell.param("keys").equals("separate") || cell.param("sharing").equals("own");
  }

  private String title(Cell alone) {
    String variant = evidence.names().variant(alone);
    return CellNames.operation(alone)
        + (variant.isEmpty() ? "" : " (" + variant + ")")
        + (alone.profile().equals(evidence.reference()) ? "" : " on " + alone.profile());
  }

  private static String name(Cell alone) {
    return alone.param("map").isEmpty() ? CellNames.operation(alone) : alone.param("map");
  }

  private Exhibit exhibit(String title, List<Row> rows, String id) {
    boolean inKernel =
        rows.stream()
            .flatMap(row -> row.shared.values().stream())
            .anyMatch(cell -> SuiteWords.isCalled(cell.cell(), MapsCalled.IN_THE_KERNEL));
    String shared = inKernel ? "same keys" : "one map";
    String separate = inKernel ? "separate keys" : "a map each";
    String unit = evidence.unit() + " per operation";
    List<String> categories = new ArrayList<>();
    rows.forEach(row ->
        row.cpus().forEach(cpus -> categories.add(row.map + "\n" + Words.plural(cpus, "CPU"))));
    Charts.Chart chart =
        categories.size() > MOST_CATEGORIES
            ? null
            : Charts.grouped(
                new Charts.Name(
                    id,
                    title + " by several CPUs at once",
                    "Grouped bars with 95 % intervals: "
                        + shared
                        + " against "
                        + separate
                        + ", by the number of CPUs."),
                categories,
                List.of(bars(shared, rows, Row::shared), bars(separate, rows, Row::separate)),
                unit);
    return new Exhibit(chart, table(title, rows, id, List.of(shared, separate)), "");
  }

  private static Charts.Bars bars(
      String name, List<Row> rows, Function<Row, NavigableMap<Integer, CellSummary>> side) {
    List<Double> means = new ArrayList<>();
    List<Double> halves = new ArrayList<>();
    for (Row row : rows) {
      for (int cpus : row.cpus()) {
        Optional<CellSummary> cell = measured(side.apply(row), cpus);
        means.add(cell.map(CellSummary::mean).orElse(Double.NaN));
        halves.add(cell.map(Words::whisker).orElse(Double.NaN));
      }
    }
    return new Charts.Bars(name, means, halves);
  }

  private static Optional<CellSummary> measured(NavigableMap<Integer, CellSummary> side, int cpus) {
    return Optional.ofNullable(side.get(cpus)).filter(cell -> cell.forks() > 0);
  }

  private Table table(String title, List<Row> rows, String id, List<String> sides) {
    Table.Builder table =
        Table.of(
            id + "-table",
            title + " by several CPUs at once, " + evidence.unit() + " per operation on each",
            "~Map",
            "CPUs",
            sides.getFirst(),
            "95 % interval",
            sides.getLast(),
            "95 % interval",
            sides.getFirst() + " ÷ " + sides.getLast(),
            "Millions per second, all CPUs: " + sides.getFirst(),
            sides.getLast());
    for (Row row : rows) {
      for (int cpus : row.cpus()) {
        Optional<CellSummary> shared = measured(row.shared, cpus);
        Optional<CellSummary> separate = measured(row.separate, cpus);
        table.row(
            row.map,
            Words.count(cpus),
            mean(row.shared, cpus),
            shared.map(Words::interval).orElse(Words.NONE),
            mean(row.separate, cpus),
            separate.map(Words::interval).orElse(Words.NONE),
            shared.isEmpty() || separate.isEmpty() || cpus == 1
                ? Words.NONE
                : ratio(evidence.compare(shared.get().cell(), separate.get().cell())),
            millions(shared, cpus),
            millions(separate, cpus));
      }
    }
    return table.build();
  }

  private String ratio(PairedComparison compared) {
    return Words.against(compared.ratio(), Difference.of(compared), evidence.unit());
  }

  private static String mean(NavigableMap<Integer, CellSummary> side, int cpus) {
    CellSummary cell = side.get(cpus);
    return cell == null
        ? Words.NONE
        : cell.forks() == 0 ? Words.status(cell) : Words.nanos(cell.mean());
  }

  /**
   * What all CPUs together do in a second; a rate only where the clock counts nanoseconds, and the
   * operation takes any.
   */
  private String millions(Optional<CellSummary> cell, int cpus) {
    return evidence.unit().equals("ns")
        ? cell.filter(CellSummary::isResolved)
            .map(c -> Words.nanos(cpus * NANOS_A_MICRO / c.mean()))
            .orElse(Words.NONE)
        : Words.NONE;
  }
}
