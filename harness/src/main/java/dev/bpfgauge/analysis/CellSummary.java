package dev.bpfgauge.analysis;

import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.ForkStatus;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.stats.Interval;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What all forks of one cell say together. All times are nanoseconds per operation; {@link
 * Double#NaN} where no fork is {@link ForkStatus#OK}.
 *
 * @param forkMeans the mean of each OK fork, in round order
 * @param mean mean of the fork means
 * @param median median of the fork means
 * @param interval95 95 % t-interval over fork means, absent below two forks
 * @param cvWithin coefficient of variation of iterations within forks, pooled; NaN where unknown
 * @param cvBetween coefficient of variation between fork means; NaN below two forks
 * @param batches medians over forks of the batch percentiles (max: the largest), where sampled
 * @param bytesPerOp largest over forks
 * @param pooledErrorNanos JMH's pooled ±, median over forks
 * @param notOk how many forks ended otherwise, by status
 * @param reason the most frequent reason among those, else empty
 */
public record CellSummary(
    Cell cell,
    List<Double> forkMeans,
    double mean,
    double median,
    @Nullable Interval interval95,
    double cvWithin,
    double cvBetween,
    Measurement.@Nullable Batches batches,
    @Nullable Double bytesPerOp,
    @Nullable Double pooledErrorNanos,
    SortedMap<ForkStatus, Integer> notOk,
    String reason) {

  public CellSummary {
    forkMeans = List.copyOf(forkMeans);
  }

  public int forks() {
    return forkMeans.size();
  }

  /** Fewer than five forks say only where the figure lies about. */
  public boolean indicative() {
    return forkMeans.size() < 5;
  }
}
