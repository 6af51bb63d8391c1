package dev.bpfgauge.trend;

import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.stats.Night;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one run says of one cell.
 *
 * @param run the run's key
 * @param startedAt the run's start
 * @param night the figure; absent where the run has none
 * @param p99 99th percentile of batches, nanoseconds per operation; NaN where not sampled
 * @param reason why there is no figure, or some forks are missing; else empty
 * @see #loadNotReached()
 * @see #belowResolution()
 */
public record Point(long run, Instant startedAt, @Nullable Night night, double p99, String reason) {

  /** How the reason of a point begins that has no figure for want of its profile's load. */
  static final String LOAD_NOT_REACHED = "load not reached: ";

  /** Whether there is no figure because the load was not there: nothing changed about the cell. */
  public boolean loadNotReached() {
    return night == null && reason.startsWith(LOAD_NOT_REACHED);
  }

  /** Whether there is no figure because a net cost was measured and not told from zero. */
  public boolean belowResolution() {
    return night == null && reason.startsWith(VerdictRule.BELOW_RESOLUTION);
  }
}
