package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Suite {@code schedulers}: a learned balancing rule against the native one, scenario by scenario.
 */
public final class SchedulersCompared {
  private static final double NANOS_A_SECOND = 1e9;

  private final Evidence evidence;
  private final SchedulerRounds rounds;
  private final SchedulerVerdicts verdicts;

  public SchedulersCompared(Evidence evidence) {
    this.evidence = evidence;
    this.rounds = new SchedulerRounds(evidence);
    this.verdicts = new SchedulerVerdicts(evidence, rounds);
  }

  public boolean isThere() {
    return !rounds.cells().isEmpty();
  }

  /** In plain words what the run says of the network; nothing without the suite. */
  public List<String> sentences() {
    return isThere() ? verdicts.sentences() : List.of();
  }

  /** Verdicts, decisions and the machine's state; nothing without the suite. */
  public List<Table> tables() {
    return isThere()
        ? Stream.concat(
                Stream.of(verdicts.table()), new SchedulerTables(evidence, rounds).all().stream())
            .filter(table -> !table.rows().isEmpty())
            .toList()
        : List.of();
  }

  /** Over the run, scenario by scenario. */
  public List<Exhibit> overTime() {
    return new SchedulersOverTime(evidence, rounds).exhibits();
  }

  /** Grouped bars: work and lateness, scenario by scenario. */
  public List<Exhibit> exhibits() {
    return isThere()
        ? Stream.of(
                bars(
                    "throughput",
                    "Work done, relative to " + evidence.reference(),
                    m -> NANOS_A_SECOND / m.meanNanosPerOp(),
                    "relative"),
                bars(
                    "lateness",
                    "Wake-up latency, mean, relative to " + evidence.reference(),
                    ForkFigures.extra("wakeup_mean_ns"),
                    "relative"))
            .toList()
        : List.of();
  }

  private Exhibit bars(String id, String title, ToDoubleFunction<Measurement> value, String unit) {
    List<String> scenarios = rounds.scenarios();
    List<Charts.Bars> series = new ArrayList<>();
    Table.Builder table =
        Table.of(
            "schedulers-" + id + "-table",
            title,
            "~Scenario",
            "~Scheduler",
            "Mean of the rounds' ratios",
            "95 % interval",
            "Rounds");
    for (String label : evidence.armLabels()) {
      List<Double> means = new ArrayList<>();
      List<Double> halves = new ArrayList<>();
      for (String scenario : scenarios) {
        Cell cell = SchedulerRounds.cell(scenario, label);
        double[] ratios = rounds.figures().ratios(cell, cell.on(evidence.reference()), value);
        double mean = ratios.length == 0 ? Double.NaN : ForkStatistics.mean(ratios);
        Interval interval = ForkStatistics.interval95(ratios, 0, Double.POSITIVE_INFINITY);
        means.add(mean);
        halves.add(Words.whisker(mean, interval));
        table.row(
            scenario,
            label,
            Words.ratio(mean),
            Words.ratio(mean, interval),
            Words.count(ratios.length));
      }
      series.add(new Charts.Bars(label, means, halves));
    }
    return new Exhibit(
        Charts.grouped(
            new Charts.Name(
                "schedulers-" + id,
                title,
                "Bars with 95 % intervals for each scenario; the table has the figures."),
            scenarios,
            series,
            unit),
        table.build(),
        "");
  }
}
