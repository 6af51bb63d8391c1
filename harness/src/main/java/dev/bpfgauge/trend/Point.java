package dev.bpfgauge.trend;

import dev.bpfgauge.stats.Night;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one run says of one cell.
 *
 * @param run the run's key
 * @param startedAt the run's start
 * @param night the figure that is judged: as measured, or corrected by its reference; absent where
 *     the run has none
 * @param measured the figure as measured
 * @param company cells that shared its processes; NaN where an older program stored it
 * @param lack why there is no figure to compare, where that is no change of the cell; else absent
 * @param p99 99th percentile of batches, nanoseconds per operation; NaN where not sampled
 * @param reason why there is no figure, or some forks are missing; else empty
 */
public record Point(
    long run,
    Instant startedAt,
    @Nullable Night night,
    @Nullable Night measured,
    double company,
    @Nullable Lack lack,
    double p99,
    String reason) {

  /** What a run lacks of a cell that is as it was. */
  public enum Lack {
    /** The profile's load was not there. */
    LOAD,
    /** A net cost was measured and not told from zero. */
    RESOLUTION
  }

  /** As measured. */
  Point(
      long run,
      Instant startedAt,
      @Nullable Night measured,
      double company,
      @Nullable Lack lack,
      double p99,
      String reason) {
    this(run, startedAt, measured, measured, company, lack, p99, reason);
  }

  /** Whether caches were shared alike, as far as is known. */
  boolean isLike(Point other) {
    return company == other.company || Double.isNaN(company) || Double.isNaN(other.company);
  }

  /**
   * What it would be had the reference taken {@code typical}; without a figure that could be judged
   * where it has no reference.
   */
  Point corrected(double typical) {
    return new Point(
        run,
        startedAt,
        measured == null ? null : measured.corrected(typical),
        measured,
        company,
        lack,
        p99,
        reason);
  }
}
