package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Difference;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which hook, and in the lab on which kernel: what each combination adds, and which is best for
 * what, from this run's figures alone. Hooks compete only where they can watch the same thing.
 */
public final class HookChoice {

  /** Hooks that can stand in for each other. */
  private record Purpose(String what, List<String> hooks) {}

  private static final List<Purpose> PURPOSES =
      List.of(
          new Purpose(
              "a system call begin",
              List.of("raw_tp", "tp_btf", "tracepoint", "kprobe", "kprobe.multi", "fentry")),
          new Purpose("a system call return", List.of("kretprobe", "fexit")),
          new Purpose("a program’s function begin", List.of("uprobe", "usdt")),
          new Purpose("a program’s function return", List.of("uretprobe")),
          new Purpose("page faults", List.of("perf_event")),
          new Purpose(
              "packets reach a device",
              List.of("xdp.generic", "xdp.native", "tc.clsact", "tc.tcx")),
          new Purpose("a control group send", List.of("cgroup_skb")),
          new Purpose("sockets open", List.of("sock_ops")));

  private static final double NANOS_A_SECOND = 1e9;

  private final Evidence evidence;
  private final String body;
  private final List<Combination> combinations;

  public HookChoice(Evidence evidence) {
    this.evidence = evidence;
    List<CellSummary> measured =
        evidence.cells(c -> c.suite().equals(HooksSuite.NAME)).stream()
            .filter(c -> c.forks() > 0)
            .filter(c -> evidence.info().inLab() || c.cell().profile().equals(evidence.reference()))
            .toList();
    this.body = measured.stream().anyMatch(c -> body(c).equals("counter")) ? "counter" : "empty";
    this.combinations =
        measured.stream().filter(c -> body(c).equals(body)).map(Combination::new).toList();
  }

  private static String body(CellSummary cell) {
    return cell.cell().param("body");
  }

  /** One hook on one kernel. */
  private final class Combination {
    private final CellSummary cell;
    private final List<Measurement> forks;

    Combination(CellSummary cell) {
      this.cell = cell;
      this.forks =
          evidence.analysis().run().forks().stream()
              .filter(fork -> fork.status() == ForkStatus.OK && fork.cell().equals(cell.cell()))
              .map(ForkRecord::measurement)
              .filter(Objects::nonNull)
              .map(Objects::requireNonNull)
              .toList();
    }

    String hook() {
      return CellNames.operation(cell.cell());
    }

    String name() {
      return evidence.info().inLab() ? hook() + " on " + cell.cell().profile() : hook();
    }

    double added() {
      return cell.mean();
    }

    /** Kernel memory of program and maps, in bytes. */
    double memory() {
      return cell.extras().getOrDefault("program_bytes", Double.NaN)
          + cell.extras().getOrDefault("maps_bytes", Double.NaN);
    }

    /** What the program adds, over what the operation takes without it, a fork each. */
    double[] shares() {
      return each(m -> m.meanNanosPerOp() / extra(m, "base_ns"));
    }

    /** Operations a second of one CPU with the program there, a fork each; only of times. */
    double[] rates() {
      return each(m -> NANOS_A_SECOND / extra(m, "attached_ns"));
    }

    private double[] each(ToDoubleFunction<Measurement> figure) {
      return forks.stream().mapToDouble(figure).filter(Double::isFinite).toArray();
    }
  }

  private static double extra(Measurement measurement, String name) {
    Map<String, Double> extras = measurement.extras();
    return extras == null ? Double.NaN : extras.getOrDefault(name, Double.NaN);
  }

  /** The recommendation, then every combination; none where there is nothing to choose. */
  public List<Table> tables() {
    Table advice = advice();
    return advice.rows().isEmpty() ? List.of() : List.of(advice, all());
  }

  private List<Combination> of(Purpose purpose) {
    return combinations.stream()
        .filter(c -> purpose.hooks().contains(c.hook()))
        .sorted(Comparator.comparingDouble(Combination::added))
        .toList();
  }

  private Table advice() {
    List<String> heads =
        new ArrayList<>(
            List.of("~To watch", "~Recommended", "~Argued from", "~Least added per operation"));
    if (evidence.isTime()) {
      heads.add("~Most operations per second");
    }
    heads.addAll(List.of("~Least CPU", "~Least kernel memory"));
    Table.Builder table =
        Table.of(
            "hook-choice",
            (evidence.info().inLab() ? "Recommended hook and kernel" : "Recommended hook")
                + ", body "
                + body,
            heads.toArray(String[]::new));
    for (Purpose purpose : PURPOSES) {
      List<Combination> rivals = of(purpose);
      if (rivals.size() > 1) {
        table.row(row(purpose, rivals).toArray());
      }
    }
    return table.build();
  }

  private List<String> row(Purpose purpose, List<Combination> rivals) {
    Combination least = rivals.getFirst();
    List<Combination> alike = alike(least, rivals);
    Combination best =
        Stream.concat(Stream.of(least), alike.stream())
            .min(Comparator.comparingDouble(Combination::memory))
            .orElse(least);
    boolean decided = rivals.stream().allMatch(c -> c.forks.size() > 1);
    List<String> row = new ArrayList<>();
    row.add(purpose.what());
    row.add(decided ? best.name() : "undecided");
    row.add(decided ? why(best, least, alike, rivals) : once());
    row.add(least.name() + ": " + Words.cost(least.cell, evidence.unit()));
    if (evidence.isTime()) {
      row.add(most(rivals).map(c -> c.name() + ": " + rate(c)).orElse(Words.NONE));
    }
    row.add(leastBy(rivals, c -> mean(c.shares())).map(c -> c.name() + ": " + share(c)).orElse(""));
    row.add(
        leastBy(rivals, Combination::memory)
            .map(c -> c.name() + ": " + bytes(c))
            .orElse(Words.NONE));
    return row;
  }

  private String once() {
    return "Measured once, a figure has no error: measure again with --rounds 3 or more.";
  }

  /** Those that the run cannot call dearer than the least. */
  private List<Combination> alike(Combination least, List<Combination> rivals) {
    return rivals.stream()
        .filter(c -> c != least && against(c, least).verdict() != Verdict.SLOWER)
        .toList();
  }

  private PairedComparison against(Combination one, Combination other) {
    return evidence.compare(one.cell.cell(), other.cell.cell());
  }

  private String why(
      Combination best, Combination least, List<Combination> alike, List<Combination> rivals) {
    List<Combination> dearer =
        rivals.stream().filter(c -> c != least && !alike.contains(c)).toList();
    String first = "%s adds %s".formatted(best.name(), Words.cost(best.cell, evidence.unit()));
    String told =
        alike.isEmpty()
            ? ""
            : "; not told apart from %s, of which it takes the least memory"
                .formatted(
                    Words.list(
                        Stream.concat(Stream.of(least), alike.stream())
                            .filter(c -> c != best)
                            .map(Combination::name)
                            .toList()));
    return first
        + told
        + dearer.stream()
            .findFirst()
            .map(c ->
                "; next is %s with %s, %s"
                    .formatted(
                        c.name(),
                        Words.cost(c.cell, evidence.unit()),
                        Words.against(against(c, least), evidence.unit())))
            .orElse("")
        + ".";
  }

  private static Optional<Combination> leastBy(
      List<Combination> rivals, ToDoubleFunction<Combination> figure) {
    return rivals.stream()
        .filter(c -> Double.isFinite(figure.applyAsDouble(c)))
        .min(Comparator.comparingDouble(figure));
  }

  private static Optional<Combination> most(List<Combination> rivals) {
    return leastBy(rivals, c -> -mean(c.rates()));
  }

  private static double mean(double[] values) {
    return values.length == 0 ? Double.NaN : ForkStatistics.mean(values);
  }

  private static String rate(Combination combination) {
    double[] rates = combination.rates();
    return spread(
        rates,
        ForkStatistics.interval95(rates, 0, Double.POSITIVE_INFINITY),
        rate -> Words.count(Math.round(rate)));
  }

  /** {@code +45 % ± 1 %} of what the operation takes; as a difference it may be below zero. */
  private static String share(Combination combination) {
    double[] shares = combination.shares();
    return (mean(shares) > 0 ? "+" : "")
        + spread(shares, ForkStatistics.interval95(shares), Words::percent);
  }

  private static String spread(
      double[] values, @Nullable Interval interval, DoubleFunction<String> words) {
    double mean = mean(values);
    if (interval == null) {
      return words.apply(mean);
    }
    return words.apply(mean)
        + (interval.isAround(mean)
            ? " ±" + Words.THIN + words.apply(interval.halfWidth())
            : " [" + words.apply(interval.low()) + ", " + words.apply(interval.high()) + "]");
  }

  private static String bytes(Combination combination) {
    return Words.count(Math.round(combination.memory())) + Words.THIN + "B";
  }

  private Table all() {
    List<String> heads =
        new ArrayList<>(
            List.of(
                "~To watch",
                "~Hook",
                evidence.armHead(),
                "Added, " + evidence.unit(),
                "95 % interval",
                "~Against the least"));
    if (evidence.isTime()) {
      heads.add("Operations per second");
    }
    heads.addAll(List.of("Of the operation alone", "Kernel memory, B", "Forks"));
    Table.Builder table =
        Table.of(
            "hook-combinations", "Every combination, body " + body, heads.toArray(String[]::new));
    for (Purpose purpose : PURPOSES) {
      List<Combination> rivals = of(purpose);
      for (Combination c : rivals) {
        List<Object> row =
            new ArrayList<>(
                List.of(
                    purpose.what(),
                    c.hook(),
                    c.cell.cell().profile(),
                    Words.nanos(c.added()),
                    Words.interval(c.cell),
                    verdict(c, rivals.getFirst())));
        if (evidence.isTime()) {
          row.add(rate(c));
        }
        row.add(share(c));
        row.add(Words.count(Math.round(c.memory())));
        row.add(Words.count(c.cell.forks()) + (c.cell.indicative() ? "*" : ""));
        table.row(row.toArray());
      }
    }
    return table.build();
  }

  private Table.Datum verdict(Combination combination, Combination least) {
    if (combination == least) {
      return new Table.Datum("the least", "t");
    }
    PairedComparison compared = against(combination, least);
    Table.Datum verdict = Table.verdict(compared.verdict(), evidence.unit());
    String difference = Words.against(compared.ratio(), Difference.of(compared), evidence.unit());
    return new Table.Datum(difference + " " + verdict.text(), verdict.css());
  }
}
