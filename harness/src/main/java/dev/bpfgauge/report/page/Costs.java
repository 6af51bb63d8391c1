package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Marks;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What each operation costs: bars with intervals, and every figure behind them. */
public final class Costs {
  /** Charts drawn; further groups are in the tables. */
  static final int MAX_CHARTS = 12;

  private final Evidence evidence;

  Costs(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One exhibit an operation: maps side by side, one series a profile. */
  List<Exhibit> bars() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (Evidence.Group group : evidence.groups()) {
      for (String operation : group.operations()) {
        if (exhibits.size() < MAX_CHARTS && measured(group, operation)) {
          exhibits.add(bar(group, operation, "cost-" + exhibits.size()));
        }
      }
    }
    return exhibits;
  }

  /** How many operations have no chart of their own. */
  int withoutChart() {
    long all =
        evidence.groups().stream()
            .mapToLong(g -> g.operations().stream().filter(o -> measured(g, o)).count())
            .sum();
    return (int) Math.max(0, all - MAX_CHARTS);
  }

  private static boolean measured(Evidence.Group group, String operation) {
    return group.cells().stream()
        .anyMatch(c -> CellNames.operation(c.cell()).equals(operation) && c.forks() > 0);
  }

  private Exhibit bar(Evidence.Group group, String operation, String id) {
    List<String> maps =
        group.maps().stream()
            .filter(map ->
                evidence.armLabels().stream()
                    .anyMatch(arm -> group.cell(operation, map, arm).isPresent()))
            .toList();
    List<String> arms =
        evidence.armLabels().stream()
            .filter(arm ->
                maps.stream()
                    .anyMatch(
                        m -> group.cell(operation, m, arm).filter(c -> c.forks() > 0).isPresent()))
            .toList();
    String title =
        operation
            + (group.variant().isEmpty() ? "" : " (" + group.variant() + ")")
            + ": cost on each map";
    List<String> drawn = arms.subList(0, Math.min(Marks.MAX_SERIES, arms.size()));
    Charts.Chart chart =
        Charts.grouped(
            new Charts.Name(id, title, describe(group, operation, drawn)),
            maps.stream().map(m -> m.isEmpty() ? operation : m).toList(),
            drawn.stream().map(arm -> series(group, operation, arm, maps)).toList(),
            evidence.unit() + " per operation");
    return new Exhibit(
        chart,
        beside(group, operation, arms, id),
        arms.size() > drawn.size()
            ? "The chart shows the first " + drawn.size() + " profiles; the table has all."
            : "");
  }

  private static Charts.Bars series(
      Evidence.Group group, String operation, String arm, List<String> maps) {
    List<Double> means = new ArrayList<>();
    List<Double> halves = new ArrayList<>();
    for (String map : maps) {
      Optional<CellSummary> cell = group.cell(operation, map, arm).filter(c -> c.forks() > 0);
      means.add(cell.map(CellSummary::mean).orElse(Double.NaN));
      halves.add(cell.map(Words::whisker).orElse(Double.NaN));
    }
    return new Charts.Bars(arm, means, halves);
  }

  private String describe(Evidence.Group group, String operation, List<String> arms) {
    List<String> parts = new ArrayList<>();
    for (String arm : arms) {
      for (String map : group.maps()) {
        group
            .cell(operation, map, arm)
            .filter(c -> c.forks() > 0)
            .ifPresent(c -> parts.add(map + " on " + arm + " " + Words.cost(c, evidence.unit())));
      }
    }
    return "Grouped bars with 95 % intervals: " + String.join("; ", parts) + ".";
  }

  private Table beside(Evidence.Group group, String operation, List<String> arms, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            operation
                + (group.variant().isEmpty() ? "" : " (" + group.variant() + ")")
                + ", "
                + evidence.unit()
                + " per operation",
            "~Map",
            evidence.armHead(),
            "Mean",
            "95 % interval",
            "Forks");
    for (String map : group.maps()) {
      for (String arm : arms) {
        group
            .cell(operation, map, arm)
            .ifPresent(c ->
                table.row(
                    map,
                    arm,
                    c.forks() == 0 ? Words.status(c) : Words.nanos(c.mean()),
                    Words.interval(c),
                    Words.count(c.forks())));
      }
    }
    return table.build();
  }

  /** Every cell of the operations with all its figures. */
  Table all() {
    Table.Builder table =
        Table.of(
            "all-cells",
            "Every cell; " + evidence.unit() + " per operation",
            "~Cell",
            evidence.armHead(),
            "Mean",
            "95 % interval",
            "Median",
            "CV within forks",
            "CV between forks",
            "Forks",
            "p50",
            "p90",
            "p99",
            "max",
            "B per op",
            "JMH’s pooled ± (too narrow, see method)");
    for (CellSummary cell : evidence.cells()) {
      if (!Evidence.isFloor(cell.cell()) && Evidence.isReference(cell.cell())) {
        continue;
      }
      Measurement.Batches batches = cell.batches();
      Double bytes = cell.bytesPerOp();
      Double pooled = cell.pooledErrorNanos();
      boolean none = cell.forks() == 0;
      table.row(
          evidence.names().name(cell.cell()),
          cell.cell().profile(),
          none ? Words.status(cell) : Words.nanos(cell.mean()),
          Words.interval(cell),
          none ? Words.NONE : Words.nanos(cell.median()),
          Words.percent(cell.cvWithin()),
          Words.percent(cell.cvBetween()),
          Words.forks(cell),
          batches == null ? Words.NONE : Words.nanos(batches.p50()),
          batches == null ? Words.NONE : Words.nanos(batches.p90()),
          batches == null ? Words.NONE : Words.nanos(batches.p99()),
          batches == null ? Words.NONE : Words.nanos(batches.max()),
          bytes == null ? Words.NONE : bytes(bytes),
          pooled == null ? Words.NONE : "±" + Words.THIN + Words.nanos(pooled));
    }
    return table.build();
  }

  /** A run's first allocations leave thousandths of a byte an operation: none. */
  private static String bytes(double bytes) {
    return bytes < 0.05 ? "0" : Words.decimals(bytes, 1);
  }
}
