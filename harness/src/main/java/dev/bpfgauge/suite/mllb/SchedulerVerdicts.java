package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Each scheduler against the reference, scenario by scenario, judged as one family. */
final class SchedulerVerdicts {
  private static final String LEARNED = "scx-ml";
  private static final String NEVER = "scx-never";
  private static final String ALWAYS = "scx-always";

  /** Below this a scenario asks too little of a balancer to tell rules apart. */
  private static final double FEW_DECISIONS_A_MINUTE = 1000;

  private final Evidence evidence;
  private final SchedulerRounds rounds;
  private final List<Compared> compared;

  /** What is compared, all of it times: less is better. */
  private record Metric(String title, ToDoubleFunction<Measurement> value) {}

  private static final List<Metric> METRICS =
      List.of(
          new Metric("time per operation", Measurement::meanNanosPerOp),
          new Metric("wake-up latency, mean", ForkFigures.extra("wakeup_mean_ns")),
          new Metric("wake-up latency, p99", ForkFigures.extra("wakeup_p99_ns")),
          new Metric("the load's own p95", ForkFigures.extra("load_p95_ns")),
          new Metric("the load's own p99", ForkFigures.extra("load_p99_ns")));

  /** One metric of one cell against the same scenario on the reference. */
  private record Compared(Cell cell, Metric metric, PairedComparison comparison, Verdict verdict) {}

  SchedulerVerdicts(Evidence evidence, SchedulerRounds rounds) {
    this.evidence = evidence;
    this.rounds = rounds;
    this.compared = compared();
  }

  /** All of them are one family: the more questions, the stricter each answer. */
  private List<Compared> compared() {
    List<Compared> all = new ArrayList<>();
    for (CellSummary summary : rounds.cells()) {
      Cell cell = summary.cell();
      Cell reference = cell.on(evidence.reference());
      for (Metric metric : cell.equals(reference) ? List.<Metric>of() : METRICS) {
        PairedComparison pairs = rounds.figures().compare(cell, reference, metric.value);
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

  /** In plain words what the run says of the network. */
  List<String> sentences() {
    return Stream.of(worth(), matters(), enough()).filter(text -> !text.isEmpty()).toList();
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
        rounds.cells().stream()
            .map(CellSummary::cell)
            .filter(cell -> cell.profile().equals(evidence.reference()))
            .filter(cell -> rounds.median(cell, "decisions_per_s") * 60 < FEW_DECISIONS_A_MINUTE)
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

  Table table() {
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
}
