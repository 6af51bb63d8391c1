package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Suite {@code tools}: the host over time, without tools and with them. */
public final class ToolsOverTime {
  private static final double MEBI = 1024 * 1024;
  private static final double NO_END = Double.POSITIVE_INFINITY;

  private final Evidence evidence;
  private final List<CellSummary> cells;

  /**
   * One of the four charts of the 2024 comparison: a column of samples.csv, its title and unit, and
   * the most that it can be.
   */
  private record Quantity(
      String id, List<String> columns, String title, double factor, double most) {}

  private static final List<Quantity> QUANTITIES =
      List.of(
          new Quantity("cpu", List.of("cpu_usage"), "CPU in use, %", 1, 100),
          new Quantity("memory", List.of("memory_used"), "memory in use, MiB", 1 / MEBI, NO_END),
          new Quantity(
              "network",
              List.of("net_rx", "loopback_rx"),
              "network receive, MiB/s",
              1 / MEBI,
              NO_END),
          new Quantity("disk", List.of("disk_write"), "disk write, MiB/s", 1 / MEBI, NO_END));

  private static final Quantity SWITCHES =
      new Quantity(
          "switches", List.of("context_switches"), "context switches per second", 1, NO_END);

  public ToolsOverTime(Evidence evidence) {
    this.evidence = evidence;
    this.cells = evidence.cells(cell -> cell.suite().equals(ToolsSuite.NAME));
  }

  /** The four charts of the 2024 comparison: the host without a tool and with all of them. */
  public List<Exhibit> beforeAndAfter() {
    List<String> labels =
        evidence.armLabels().stream()
            .filter(label ->
                label.replaceAll("#.*", "").equals(evidence.reference())
                    || label.equals(lastOfOurs()))
            .toList();
    List<String> loads =
        cells.stream()
            .filter(cell -> cell.cell().profile().equals(evidence.reference()))
            .map(cell -> CellNames.operation(cell.cell()))
            .distinct()
            .toList();
    boolean sampled = evidence.analysis().run().samples().column("elapsed_ms").length > 0;
    return !cells.isEmpty() && !loads.isEmpty() && sampled
        ? QUANTITIES.stream().map(quantity -> exhibit(quantity, labels, loads)).toList()
        : List.of();
  }

  /** All of ours; where one tool is measured, that. */
  private String lastOfOurs() {
    List<String> ours =
        evidence.armLabels().stream()
            .filter(label -> !label.contains("#") && !label.contains("+"))
            .filter(
                label -> !label.startsWith(ToolsSuite.PEER) && !label.equals(evidence.reference()))
            .toList();
    return ours.contains(ToolsSuite.ALL) || ours.isEmpty() ? ToolsSuite.ALL : ours.getLast();
  }

  private Exhibit exhibit(Quantity quantity, List<String> labels, List<String> loads) {
    List<Charts.Bars> series = new ArrayList<>();
    Table.Builder table =
        Table.of(
            "tools-" + quantity.id + "-table",
            quantity.title,
            "~Load",
            "~Tools",
            "Mean",
            "95 % interval",
            "Forks");
    for (String label : labels) {
      List<Double> means = new ArrayList<>();
      List<Double> halves = new ArrayList<>();
      for (String load : loads) {
        double[] values =
            sampled(
                quantity, new Cell(ToolsSuite.NAME, ToolsSuite.NAME + "." + load, Map.of(), label));
        double mean = values.length == 0 ? Double.NaN : ForkStatistics.mean(values);
        Interval interval = ForkStatistics.interval95(values, 0, quantity.most);
        means.add(mean);
        halves.add(Words.whisker(mean, interval));
        table.row(
            load,
            label,
            decimals(mean, 1),
            interval == null
                ? Words.NONE
                : decimals(interval.low(), 1) + " to " + decimals(interval.high(), 1),
            Words.count(values.length));
      }
      series.add(new Charts.Bars(label, means, halves));
    }
    return new Exhibit(
        Charts.grouped(
            new Charts.Name(
                "tools-" + quantity.id,
                quantity.title + ", without tools and with them",
                "Bars with 95 % intervals for each load; the table has the figures."),
            loads,
            series,
            quantity.title,
            quantity.most),
        table.build(),
        "");
  }

  /** CPU in use, %, while each OK fork of a cell ran. */
  double[] cpu(Cell cell) {
    return sampled(QUANTITIES.getFirst(), cell);
  }

  /** Context switches per second while each OK fork of a cell ran. */
  double[] switches(Cell cell) {
    return sampled(SWITCHES, cell);
  }

  /** One mean for each OK fork of a cell, of the samples taken while it ran. */
  private double[] sampled(Quantity quantity, Cell cell) {
    Samples samples = evidence.analysis().run().samples();
    double[] elapsed = samples.column("elapsed_ms");
    List<Double> means = new ArrayList<>();
    for (ForkRecord fork : evidence.analysis().run().forks()) {
      if (fork.status() == ForkStatus.OK && fork.cell().equals(cell)) {
        mean(quantity, samples, elapsed, fork).ifPresent(means::add);
      }
    }
    return means.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Optional<Double> mean(
      Quantity quantity, Samples samples, double[] elapsed, ForkRecord fork) {
    double[] sum = new double[elapsed.length];
    for (String column : quantity.columns) {
      double[] values = samples.column(column);
      for (int i = 0; i < values.length; i++) {
        sum[i] += Double.isFinite(values[i]) ? values[i] : 0;
      }
    }
    // A sample is of the second before it.
    double[] inside =
        IntStream.range(0, elapsed.length)
            .filter(
                i -> elapsed[i] > fork.startMillis() + 500 && elapsed[i] < fork.endMillis() + 200)
            .mapToDouble(i -> sum[i] * quantity.factor)
            .toArray();
    return inside.length == 0 ? Optional.empty() : Optional.of(ForkStatistics.mean(inside));
  }

  private static String decimals(double value, int decimals) {
    return Double.isFinite(value) ? Words.decimals(value, decimals) : Words.NONE;
  }
}
