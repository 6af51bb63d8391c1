package dev.bpfgauge.analysis;

import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.NetDifference;
import dev.bpfgauge.stats.RatioComparison;
import dev.bpfgauge.stats.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * How two costs are compared where a net cost is not told from zero: there is no ratio then.
 *
 * @param mean mean of subject − reference, in the run's unit per operation
 * @param interval95 its 95 % interval, absent below two observations, and below five where they do
 *     not decide
 */
public record Difference(double mean, @Nullable Interval interval95) {

  static @Nullable Difference of(RatioComparison compared, Verdict verdict) {
    NetDifference difference = compared.difference();
    return difference == null
        ? null
        : new Difference(difference.mean(), compared.shownDifference95(verdict));
  }

  /** Of a comparison that stands alone; absent where that has a ratio. */
  public static @Nullable Difference of(RatioComparison compared) {
    return of(compared, compared.verdict());
  }
}
