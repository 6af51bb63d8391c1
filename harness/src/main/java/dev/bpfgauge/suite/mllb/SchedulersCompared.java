package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Suite {@code schedulers}: a learned balancing rule against the native one, scenario by scenario.
 */
public final class SchedulersCompared {

  private static final String LEARNED = "scx-ml";
  private static final String NEVER = "scx-never";
  private static final String ALWAYS = "scx-always";
  private static final double NANOS_A_SECOND = 1e9;
  private static final double NANOS_A_MILLI = 1e6;
  private static final double MEBI = 1024 * 1024;
  private static final double THOUSAND = 1000;
  private static final String ENERGY = "energy_joules";

  /** Below this a scenario asks too little of a balancer to tell rules apart. */
  private static final double FEW_DECISIONS_A_MINUTE = 1000;

  private final Evidence evidence;
  private final SchedulerRounds rounds;
  private final List<CellSummary> cells;
  private final List<Compared> compared;

  /** What is compared, all of it times: less is better. */
  private record Metric(String title, ToDoubleFunction<Measurement> value) {}

  private static final List<Metric> METRICS =
      List.of(
          new Metric("time per operation", Measurement::meanNanosPerOp),
          new Metric("wake-up latency, mean", m -> SchedulerRounds.extra(m, "wakeup_mean_ns")),
          new Metric("wake-up latency, p99", m -> SchedulerRounds.extra(m, "wakeup_p99_ns")),
          new Metric("the load's own p95", m -> SchedulerRounds.extra(m, "load_p95_ns")),
          new Metric("the load's own p99", m -> SchedulerRounds.extra(m, "load_p99_ns")));

  /** One metric of one cell against the same scenario on the reference. */
  private record Compared(Cell cell, Metric metric, PairedComparison comparison, Verdict verdict) {}

  public SchedulersCompared(Evidence evidence) {
    this.evidence = evidence;
    this.rounds = new SchedulerRounds(evidence);
    this.cells = rounds.cells();
    this.compared = compared();
  }

  public boolean isThere() {
    return !cells.isEmpty();
  }

  /** All of them are one family: the more questions, the stricter each answer. */
  private List<Compared> compared() {
    List<Compared> all = new ArrayList<>();
    for (CellSummary summary : cells) {
      Cell cell = summary.cell();
      Cell reference = cell.on(evidence.reference());
      for (Metric metric : cell.equals(reference) ? List.<Metric>of() : METRICS) {
        PairedComparison pairs = compare(cell, reference, metric);
        if (pairs.pairs() > 0) {
          all.add(new Compared(cell, metric, pairs, Verdict.INCONCLUSIVE));
        }
      }
    }
    double[] adjusted = ComparisonFamily.adjustedP(all.stream().map(Compared::comparison).toList());
    List<Compared> judged = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      Compared one = all.get(i);
      judged.add(
          new Compared(one.cell, one.metric, one.comparison, one.comparison.verdict(adjusted[i])));
    }
    return judged;
  }

  private PairedComparison compare(Cell subject, Cell reference, Metric metric) {
    List<double[]> pairs = new ArrayList<>();
    rounds
        .of(subject)
        .forEach((round, measured) -> {
          SchedulerRounds.Measured other = rounds.of(reference).get(round);
          double left = metric.value.applyAsDouble(measured.measurement());
          double right =
              other == null ? Double.NaN : metric.value.applyAsDouble(other.measurement());
          if (left > 0 && right > 0) {
            pairs.add(new double[] {left, right});
          }
        });
    return PairedComparison.of(
        pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
        pairs.stream().mapToDouble(pair -> pair[1]).toArray(),
        evidence.info().plan().margin());
  }

  /** In plain words what the run says of the network; nothing without the suite. */
  public List<String> sentences() {
    return isThere()
        ? Stream.of(worth(), matters(), enough()).filter(text -> !text.isEmpty()).toList()
        : List.of();
  }

  private String worth() {
    List<Compared> learned = on(LEARNED);
    if (learned.isEmpty()) {
      return "";
    }
    long better = count(learned, Verdict.FASTER);
    long worse = count(learned, Verdict.SLOWER);
    long same = count(learned, Verdict.EQUIVALENT);
    String figures =
        "Of %d comparisons with the native rule (%s), the network is better in %d, worse in %d, equivalent in %d; the other %d are inconclusive."
            .formatted(
                learned.size(),
                evidence.reference(),
                better,
                worse,
                same,
                learned.size() - better - worse - same);
    String verdict =
        better > 0 && worse == 0
            ? "In this run the network is worth it where it is better: "
            : worse > better
                ? "In this run the network is not worth it: "
                : better > 0
                    ? "In this run the network gains and loses: "
                    : "In this run nothing speaks for the network, which costs more than the rule:"
                        + " ";
    return verdict + figures;
  }

  private String matters() {
    List<Compared> extremes = Stream.concat(on(NEVER).stream(), on(ALWAYS).stream()).toList();
    if (extremes.isEmpty()) {
      return "";
    }
    long differ = count(extremes, Verdict.FASTER) + count(extremes, Verdict.SLOWER);
    return differ == 0
        ? "The balancing decision was not seen to matter: neither moving no task nor moving every task differs from the native rule in any of %d comparisons."
            .formatted(extremes.size())
        : "The decision matters here: moving no task, or every task, differs from the native rule in %d of %d comparisons."
            .formatted(differ, extremes.size());
  }

  private String enough() {
    List<String> few =
        cells.stream()
            .map(CellSummary::cell)
            .filter(cell -> cell.profile().equals(evidence.reference()))
            .filter(cell -> median(cell, "decisions_per_s") * 60 < FEW_DECISIONS_A_MINUTE)
            .map(SchedulerRounds::scenario)
            .toList();
    return few.isEmpty()
        ? ""
        : "Fewer than %s decisions per minute: %s; such a scenario cannot tell rules apart."
            .formatted(Words.count(Math.round(FEW_DECISIONS_A_MINUTE)), Words.list(few));
  }

  private List<Compared> on(String label) {
    return compared.stream().filter(one -> one.cell.profile().equals(label)).toList();
  }

  private static long count(List<Compared> comparisons, Verdict verdict) {
    return comparisons.stream().filter(one -> one.verdict == verdict).count();
  }

  /** Verdicts, decisions and the machine's state; nothing without the suite. */
  public List<Table> tables() {
    return isThere()
        ? Stream.of(verdicts(), decisions(), latencies(), machine(), energy())
            .filter(table -> !table.rows().isEmpty())
            .toList()
        : List.of();
  }

  private Table verdicts() {
    Table.Builder table =
        Table.of(
            "schedulers-verdicts",
            "Against " + evidence.reference() + ", less is better in each metric",
            "~Scenario",
            "~Scheduler",
            "~Metric",
            "Improvement, %",
            "Ratio",
            "95 % interval",
            "~Verdict",
            "Rounds");
    for (Compared one : compared) {
      PairedComparison pairs = one.comparison;
      table.row(
          SchedulerRounds.scenario(one.cell),
          one.cell.profile(),
          one.metric.title,
          Words.decimals(100 * (1 - pairs.ratio()), 1),
          Words.ratio(pairs.ratio()),
          Words.ratio(pairs.ratio(), pairs.shown95(one.verdict)),
          Table.verdict(one.verdict, evidence.unit()),
          Words.count(pairs.pairs()));
    }
    return table.build();
  }

  private Table decisions() {
    Table.Builder table =
        Table.of(
            "schedulers-decisions",
            "Decisions of the sched_ext schedulers, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Decisions per second",
            "Moved per second",
            "The native rule says yes, %",
            "Agreement with it, %",
            "One decision, " + evidence.unit());
    for (CellSummary summary : cells) {
      Cell cell = summary.cell();
      if (Double.isNaN(median(cell, "decisions_per_s"))) {
        continue;
      }
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          Words.decimals(median(cell, "decisions_per_s"), 0),
          Words.decimals(median(cell, "decided_migrations_per_s"), 0),
          Words.decimals(median(cell, "native_yes_percent"), 1),
          Words.decimals(median(cell, "agreement_percent"), 1),
          Words.decimals(median(cell, "decision_ns"), 0));
    }
    return table.build();
  }

  private Table latencies() {
    Table.Builder table =
        Table.of(
            "schedulers-latencies",
            "Latencies in ms, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Wake-up latency, mean",
            "p95",
            "p99",
            "max",
            "An operation of the load takes, mean",
            "p95",
            "p99",
            "max");
    for (CellSummary summary : cells) {
      Cell cell = summary.cell();
      if (summary.forks() == 0) {
        continue;
      }
      boolean timed = PerformanceMetrics.hasLatency(summary.extras());
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          millis(cell, "wakeup_mean_ns"),
          millis(cell, "wakeup_p95_ns"),
          millis(cell, "wakeup_p99_ns"),
          millis(cell, "wakeup_max_ns"),
          timed ? millis(cell, "load_mean_ns") : PerformanceMetrics.NO_LATENCY,
          timed ? millis(cell, "load_p95_ns") : Words.NONE,
          timed ? millis(cell, "load_p99_ns") : Words.NONE,
          timed ? millis(cell, "load_max_ns") : Words.NONE);
    }
    return table.build();
  }

  private Table machine() {
    Table.Builder table =
        Table.of(
            "schedulers-machine",
            "The machine meanwhile, medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "Operations per second",
            "MB/s",
            "CPU, %",
            "Idle, %",
            "Context switches per second",
            "Migrations per second",
            "Longest less shortest queue",
            "A CPU idle while tasks wait, % of samples",
            "Memory, MiB");
    for (CellSummary summary : cells) {
      Cell cell = summary.cell();
      if (summary.forks() == 0) {
        continue;
      }
      table.row(
          SchedulerRounds.scenario(cell),
          cell.profile(),
          Words.decimals(median(cell, "throughput_per_s"), 1),
          Words.decimals(median(cell, "megabytes_per_s"), 1),
          Words.decimals(median(cell, "cpu_percent"), 1),
          Words.decimals(median(cell, "idle_percent"), 1),
          Words.decimals(median(cell, "context_switches_per_s"), 0),
          Words.decimals(median(cell, "migrations_per_s"), 0),
          Words.decimals(median(cell, "queue_spread"), 2),
          Words.decimals(median(cell, "idle_while_waiting_percent"), 1),
          Words.decimals(median(cell, "memory_used_bytes") / MEBI, 0));
    }
    return table.build();
  }

  private String millis(Cell cell, String name) {
    return Words.decimals(median(cell, name) / NANOS_A_MILLI, 2);
  }

  private double median(Cell cell, String name) {
    return rounds.median(cell, name);
  }

  /** One row where nothing of it is known. */
  private Table energy() {
    Table.Builder table =
        Table.of(
            "schedulers-energy",
            "Energy of the processor packages (RAPL), medians over the rounds",
            "~Scenario",
            "~Scheduler",
            "One fork, J",
            "A thousand operations, J");
    List<CellSummary> known =
        cells.stream().filter(summary -> !Double.isNaN(median(summary.cell(), ENERGY))).toList();
    for (CellSummary summary : known) {
      double joules = median(summary.cell(), ENERGY);
      double operations = rounds.operations(summary.cell());
      table.row(
          SchedulerRounds.scenario(summary.cell()),
          summary.cell().profile(),
          Words.decimals(joules, 2),
          Words.decimals(THOUSAND * joules / operations, 3));
    }
    if (known.isEmpty()) {
      table.row(
          "all",
          "all",
          PerformanceMetrics.noEnergy(evidence.analysis().run().samples()),
          Words.NONE);
    }
    return table.build();
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
                    m -> SchedulerRounds.extra(m, "wakeup_mean_ns"),
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
        double[] ratios = ratios(cell, value);
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

  private double[] ratios(Cell cell, ToDoubleFunction<Measurement> value) {
    NavigableMap<Integer, SchedulerRounds.Measured> reference =
        rounds.of(cell.on(evidence.reference()));
    return rounds.of(cell).entrySet().stream()
        .filter(round -> reference.containsKey(round.getKey()))
        .mapToDouble(round ->
            value.applyAsDouble(round.getValue().measurement())
                / value.applyAsDouble(
                    Objects.requireNonNull(reference.get(round.getKey())).measurement()))
        .filter(Double::isFinite)
        .toArray();
  }
}
