package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.Demand;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Looks;
import dev.bpfgauge.stats.PairedComparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The journal by cell and round: which forks count, and what a round's value of a cell is. All
 * comparisons pair on this.
 */
public final class RoundMeans {
  private final Map<Cell, List<ForkRecord>> forks = new LinkedHashMap<>();
  private final Map<Cell, NavigableMap<Integer, Double>> means = new HashMap<>();

  private final PlanInfo plan;

  /** Found when it is first asked for: that takes a tenth of a second where there are looks. */
  private @Nullable Demand demand;

  private @Nullable Map<Long, Integer> inProcess;

  private RoundMeans(PlanInfo plan) {
    this.plan = plan;
  }

  /**
   * Reads the journal: where a plan position occurs twice, the later line counts. Cells are in plan
   * order: by key as they first appear in the plan, within a key by arm, whatever order chance gave
   * the arms.
   *
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static RoundMeans of(RunData run) {
    RoundMeans result = new RoundMeans(run.info().plan());
    NavigableMap<Integer, ForkRecord> bySeq = new TreeMap<>();
    run.forks().forEach(fork -> bySeq.put(fork.seq(), fork));
    for (Cell cell : planOrder(run, bySeq.values())) {
      result.forks.put(cell, new ArrayList<>());
    }
    bySeq.values().forEach(fork -> result.add(fork));
    return result;
  }

  private static List<Cell> planOrder(RunData run, Collection<ForkRecord> forks) {
    List<String> arms = run.info().plan().arms().stream().map(RunInfo.ArmInfo::label).toList();
    Map<String, Integer> keyOrder = new HashMap<>();
    forks.forEach(fork -> keyOrder.putIfAbsent(fork.cell().key(), keyOrder.size()));
    return forks.stream()
        .map(ForkRecord::cell)
        .distinct()
        .sorted(
            Comparator.<Cell>comparingInt(cell -> keyOrder.getOrDefault(cell.key(), 0))
                .thenComparingInt(cell -> arms.indexOf(cell.profile())))
        .toList();
  }

  private void add(ForkRecord fork) {
    forks.computeIfAbsent(fork.cell(), c -> new ArrayList<>()).add(fork);
    if (fork.status() == ForkStatus.OK) {
      // A second OK fork of a cell in one round joins the first on the scale of the comparison.
      means
          .computeIfAbsent(fork.cell(), c -> new TreeMap<>())
          .merge(
              fork.round(),
              measurement(fork).meanNanosPerOp(),
              SuiteWords.isNetCost(fork.cell())
                  ? (a, b) -> (a + b) / 2
                  : (a, b) -> Math.sqrt(a * b));
    }
  }

  /**
   * What an OK fork measured. A time is above zero, a net cost may be anything finite.
   *
   * @throws IllegalArgumentException where the journal line has no usable mean
   */
  static Measurement measurement(ForkRecord fork) {
    Measurement measurement = fork.measurement();
    if (measurement == null || !SuiteWords.isUsable(fork.cell(), measurement.meanNanosPerOp())) {
      throw new IllegalArgumentException(
          "journal line of fork "
              + fork.seq()
              + " ("
              + fork.cell().id()
              + ") says ok, but "
              + (measurement == null
                  ? "has no measurement"
                  : "its mean is " + measurement.meanNanosPerOp() + " ns per operation")
              + "; take the line out to leave this fork out of the analysis");
    }
    return measurement;
  }

  /** What the last round took that has the cell; 0 where there is none. */
  public double roundMillis(Cell cell) {
    int last = forks(cell).stream().mapToInt(ForkRecord::round).max().orElse(-1);
    LongSummaryStatistics times =
        forks.values().stream()
            .flatMap(List::stream)
            .filter(fork -> fork.round() == last)
            .flatMapToLong(fork -> LongStream.of(fork.startMillis(), fork.endMillis()))
            .summaryStatistics();
    return times.getCount() == 0 ? 0 : times.getMax() - times.getMin();
  }

  /** What all forks of a cell say together. */
  CellSummary summary(Cell cell) {
    return CellSummary.of(cell, forks(cell), company(cell));
  }

  /** The median over its forks of how many others shared their process, which began at once. */
  private int company(Cell cell) {
    double[] others =
        forks(cell).stream()
            .filter(fork -> fork.status() == ForkStatus.OK && measurement(fork).isOfTurns())
            .mapToDouble(fork -> inProcess().getOrDefault(fork.startMillis(), 1) - 1)
            .toArray();
    return others.length == 0 ? 0 : (int) ForkStatistics.median(others);
  }

  /** When a process began → forks in it. */
  private Map<Long, Integer> inProcess() {
    if (inProcess == null) {
      Map<Long, Integer> counts = new HashMap<>();
      forks.values().stream()
          .flatMap(List::stream)
          .filter(fork -> fork.status() != ForkStatus.REFUSED)
          .forEach(fork -> counts.merge(fork.startMillis(), 1, Integer::sum));
      inProcess = counts;
    }
    return inProcess;
  }

  /** All cells of the journal, in plan order. */
  List<Cell> cells() {
    return List.copyOf(forks.keySet());
  }

  /** The forks of a cell in plan order, one for each plan position; empty for an unknown cell. */
  List<ForkRecord> forks(Cell cell) {
    return forks.getOrDefault(cell, List.of());
  }

  /** round → mean of the cell, rounds with an OK fork only. */
  NavigableMap<Integer, Double> of(Cell cell) {
    return means.getOrDefault(cell, new TreeMap<>());
  }

  /** One pair of cells, judged alone and not as one of a family. */
  public PairedComparison compare(Cell subject, Cell reference) {
    Demand demand = demand();
    return paired(
        subject,
        reference,
        (left, right) ->
            isNet(subject, reference)
                ? PairedComparison.ofNet(left, right, demand)
                : PairedComparison.of(left, right, demand));
  }

  private Demand demand() {
    Demand found = demand;
    if (found == null) {
      found = Demand.of(plan.margin(), new Looks(plan.looksTaken()));
      demand = found;
    }
    return found;
  }

  private static boolean isNet(Cell subject, Cell reference) {
    return SuiteWords.isNetCost(subject) || SuiteWords.isNetCost(reference);
  }

  /** 95 % interval of subject less reference, ns; absent below five rounds that have both. */
  public @Nullable Interval difference95(Cell subject, Cell reference) {
    return ForkStatistics.interval95(
        paired(
            subject,
            reference,
            (left, right) -> {
              double[] differences = new double[left.length];
              Arrays.setAll(differences, i -> left[i] - right[i]);
              return differences;
            }));
  }

  /**
   * The median of subject / reference over the rounds that have both; NaN without one, and where a
   * net cost is not told from zero.
   */
  public double medianRatio(Cell subject, Cell reference) {
    return paired(
        subject,
        reference,
        (left, right) ->
            isNet(subject, reference)
                    && !(ForkStatistics.isResolved(left) && ForkStatistics.isResolved(right))
                ? Double.NaN
                : ForkStatistics.median(
                    IntStream.range(0, left.length)
                        .mapToDouble(i -> left[i] / right[i])
                        .toArray()));
  }

  /** Hands over the times of two cells in the rounds that have both: equally long, in order. */
  <T> T paired(Cell subject, Cell reference, BiFunction<double[], double[], T> statistic) {
    NavigableMap<Integer, Double> left = of(subject);
    NavigableMap<Integer, Double> right = of(reference);
    List<Integer> common = left.keySet().stream().filter(right::containsKey).toList();
    return statistic.apply(
        common.stream().mapToDouble(left::get).toArray(),
        common.stream().mapToDouble(right::get).toArray());
  }
}
