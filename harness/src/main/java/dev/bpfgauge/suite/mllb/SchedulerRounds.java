package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What suite {@code schedulers} measured, by cell and round. */
final class SchedulerRounds {
  private final List<CellSummary> cells;
  private final Map<Cell, NavigableMap<Integer, Measured>> rounds = new HashMap<>();

  /** One fork: when it began, in minutes since the run's start, and what it measured. */
  record Measured(double minutes, Measurement measurement) {}

  SchedulerRounds(Evidence evidence) {
    cells = evidence.cells(cell -> cell.suite().equals(SchedulersSuite.NAME));
    for (ForkRecord fork : evidence.analysis().run().forks()) {
      Measurement measurement = fork.measurement();
      if (fork.status() == ForkStatus.OK && measurement != null) {
        rounds
            .computeIfAbsent(fork.cell(), _ -> new TreeMap<>())
            .put(fork.round(), new Measured(fork.startMillis() / 60_000.0, measurement));
      }
    }
  }

  /** In reading order. */
  List<CellSummary> cells() {
    return cells;
  }

  /** In reading order. */
  List<String> scenarios() {
    return cells.stream().map(summary -> scenario(summary.cell())).distinct().toList();
  }

  /** By round; empty where nothing was measured. */
  NavigableMap<Integer, Measured> of(Cell cell) {
    return rounds.getOrDefault(cell, new TreeMap<>());
  }

  /** The cell of a scenario on an arm. */
  static Cell cell(String scenario, String arm) {
    return new Cell(SchedulersSuite.NAME, SchedulersSuite.NAME + "." + scenario, Map.of(), arm);
  }

  static String scenario(Cell cell) {
    return cell.benchmark().substring(SchedulersSuite.NAME.length() + 1);
  }

  /** A figure of one fork; NaN where it has none of that name. */
  static double extra(Measurement measurement, String name) {
    Map<String, Double> extras = measurement.extras();
    return extras == null ? Double.NaN : extras.getOrDefault(name, Double.NaN);
  }

  /** The figure's median over the rounds; NaN without one. */
  double median(Cell cell, String name) {
    double[] values = values(cell, measurement -> extra(measurement, name));
    return values.length == 0 ? Double.NaN : ForkStatistics.median(values);
  }

  /** Median over the rounds of the operations that one fork did; NaN without one. */
  double operations(Cell cell) {
    double[] values = values(cell, Measurement::operations);
    return values.length == 0 ? Double.NaN : ForkStatistics.median(values);
  }

  private double[] values(Cell cell, ToDoubleFunction<Measurement> value) {
    return of(cell).values().stream()
        .mapToDouble(measured -> value.applyAsDouble(measured.measurement()))
        .filter(figure -> !Double.isNaN(figure))
        .toArray();
  }
}
