package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all forks of one cell say together. All times are nanoseconds per operation; {@link
 * Double#NaN} where no fork is {@link ForkStatus#OK}. A net cost may be zero or below, and so may
 * what its interval holds.
 *
 * @param cell what was measured
 * @param forkMeans the mean of each OK fork, in round order
 * @param references what {@link Reference#CORRECTS} took beside each of them; empty where one has
 *     none, for net costs and for the floor
 * @param company cells that shared its processes, whose caches they are as well; 0 where it had
 *     them to itself
 * @param mean mean of the fork means
 * @param median median of the fork means
 * @param interval95 95 % t-interval over fork means, absent below five forks
 * @param cvWithin coefficient of variation of iterations within forks, pooled; NaN where unknown
 * @param cvBetween coefficient of variation between fork means; NaN below two forks, and where one
 *     is not above zero
 * @param batches medians over forks of the batch percentiles (max: the largest), where sampled
 * @param bytesPerOp largest over forks
 * @param pooledErrorNanos what JMH would call its ±: 99.9 %, all iterations of all forks in one
 *     pool
 * @param extras medians over forks of what the suite measured besides, by name; may be empty
 * @param notOk how many forks ended otherwise, by status
 * @param reason the most frequent reason among those, else empty
 */
public record CellSummary(
    Cell cell,
    List<Double> forkMeans,
    List<Double> references,
    int company,
    double mean,
    double median,
    @Nullable Interval interval95,
    double cvWithin,
    double cvBetween,
    Measurement.@Nullable Batches batches,
    @Nullable Double bytesPerOp,
    @Nullable Double pooledErrorNanos,
    SortedMap<String, Double> extras,
    SortedMap<ForkStatus, Integer> notOk,
    String reason) {

  public CellSummary {
    forkMeans = List.copyOf(forkMeans);
    references = List.copyOf(references);
    extras = Collections.unmodifiableSortedMap(new TreeMap<>(extras));
    notOk = Collections.unmodifiableSortedMap(new TreeMap<>(notOk));
  }

  /**
   * Sums up the forks of one cell.
   *
   * @param forks one for each plan position
   * @throws IllegalArgumentException where an OK fork has no usable mean
   */
  static CellSummary of(Cell cell, List<ForkRecord> forks, int company) {
    List<ForkRecord> ok =
        forks.stream()
            .filter(fork -> fork.status() == ForkStatus.OK)
            .sorted(Comparator.comparingInt(ForkRecord::round))
            .toList();
    List<Measurement> measured = ok.stream().map(RoundMeans::measurement).toList();
    double[] means = measured.stream().mapToDouble(Measurement::meanNanosPerOp).toArray();
    ForkStatistics statistics =
        means.length == 0
            ? new ForkStatistics(0, Double.NaN, Double.NaN, null, Double.NaN)
            : SuiteWords.isNetCost(cell) ? ForkStatistics.ofNet(means) : ForkStatistics.of(means);
    List<ForkRecord> notOk = forks.stream().filter(fork -> fork.status() != ForkStatus.OK).toList();
    SortedMap<ForkStatus, Integer> counts = new TreeMap<>();
    notOk.forEach(fork -> counts.merge(fork.status(), 1, Integer::sum));
    return new CellSummary(
        cell,
        measured.stream().map(Measurement::meanNanosPerOp).toList(),
        references(cell, measured),
        company,
        statistics.mean(),
        statistics.median(),
        statistics.interval95(),
        cvWithin(measured),
        statistics.cvBetween(),
        batches(measured),
        measured.stream()
            .map(Measurement::bytesPerOp)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null),
        pooledError(measured),
        extras(measured),
        counts,
        mostFrequentReason(notOk));
  }

  private static List<Double> references(Cell cell, List<Measurement> measured) {
    List<Double> references =
        measured.stream()
            .flatMap(fork -> Reference.CORRECTS.in(fork).stream())
            .filter(nanos -> nanos > 0 && Double.isFinite(nanos))
            .toList();
    // The floor says what the machine does.
    return references.size() < measured.size()
            || SuiteWords.isNetCost(cell)
            || cell.suite().equals(Cell.FLOOR)
        ? List.of()
        : references;
  }

  /** NaN too where a net time, the loop's subtracted, fell to zero or below: it has no CV. */
  private static double cvWithin(List<Measurement> measured) {
    List<double[]> iterations =
        measured.stream()
            .map(m -> m.iterationNanosPerOp().stream().mapToDouble(d -> d).toArray())
            .toList();
    boolean times = iterations.stream().flatMapToDouble(Arrays::stream).allMatch(t -> t > 0);
    return times ? ForkStatistics.cvWithin(iterations) : Double.NaN;
  }

  /** As JMH computes it for a cell of several forks; below three iterations it gives none. */
  private static @Nullable Double pooledError(List<Measurement> measured) {
    double[] iterations =
        measured.stream()
            .flatMap(measurement -> measurement.iterationNanosPerOp().stream())
            .mapToDouble(nanos -> nanos)
            .toArray();
    Interval pooled = ForkStatistics.tInterval(iterations, 0.999);
    return pooled == null || iterations.length < 3 ? null : pooled.halfWidth();
  }

  private static SortedMap<String, Double> extras(List<Measurement> measured) {
    Map<String, List<Double>> byName =
        measured.stream()
            .flatMap(measurement -> Stream.ofNullable(measurement.extras()))
            .flatMap(extras -> extras.entrySet().stream())
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    SortedMap<String, Double> medians = new TreeMap<>();
    byName.forEach((name, values) ->
        medians.put(
            name,
            ForkStatistics.median(values.stream().mapToDouble(Double::doubleValue).toArray())));
    return medians;
  }

  private static Measurement.@Nullable Batches batches(List<Measurement> measured) {
    List<Measurement.Batches> sampled = new ArrayList<>();
    for (Measurement measurement : measured) {
      Measurement.Batches batches = measurement.batches();
      if (batches != null) {
        sampled.add(batches);
      }
    }
    if (sampled.isEmpty()) {
      return null;
    }
    return new Measurement.Batches(
        sampled.getFirst().size(),
        sampled.stream().mapToLong(Measurement.Batches::count).sum(),
        medianOf(sampled, Measurement.Batches::p50),
        medianOf(sampled, Measurement.Batches::p90),
        medianOf(sampled, Measurement.Batches::p99),
        sampled.stream().mapToDouble(Measurement.Batches::max).max().orElseThrow());
  }

  private static double medianOf(
      List<Measurement.Batches> sampled, ToDoubleFunction<Measurement.Batches> percentile) {
    return ForkStatistics.median(sampled.stream().mapToDouble(percentile).toArray());
  }

  /**
   * The reason most of these forks give, the first one among equals; empty where none gives one.
   */
  static String mostFrequentReason(List<ForkRecord> forks) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    forks.stream()
        .map(ForkRecord::reason)
        .filter(reason -> !reason.isEmpty())
        .forEach(reason -> counts.merge(reason, 1, Integer::sum));
    String most = "";
    for (Map.Entry<String, Integer> reason : counts.entrySet()) {
      if (reason.getValue() > counts.getOrDefault(most, 0)) {
        most = reason.getKey();
      }
    }
    return most;
  }

  public int forks() {
    return forkMeans.size();
  }

  /** Fewer than five forks say only where the figure lies about. */
  public boolean indicative() {
    return forkMeans.size() < ForkStatistics.ENOUGH_FORKS;
  }

  /**
   * Whether the cost is told from zero, as every time is and not every net cost; only then it has a
   * ratio to others. False without a fork.
   */
  public boolean isResolved() {
    return !forkMeans.isEmpty()
        && (!SuiteWords.isNetCost(cell)
            || ForkStatistics.isResolved(
                forkMeans.stream().mapToDouble(Double::doubleValue).toArray()));
  }
}
