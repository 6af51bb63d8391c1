package dev.bpfgauge.suite.mllb;

import java.util.HashMap;
import java.util.Map;

/**
 * Whether a decision proved good, judged by when the task ran next. A task that was moved should
 * have run sooner than tasks that stayed behind as many others; one that stayed should have run no
 * later than tasks that were moved to a queue as long. Leaving a cache that was still hot costs the
 * kernel's own estimate of a migration besides.
 *
 * <p>The waits that others had are those seen so far.
 */
final class Outcomes {
  /** The kernel's sysctl_sched_migration_cost, nanoseconds. */
  static final long MIGRATION_COST_NANOS = 500_000;

  /** Waits of the other kind before one is judged by their mean. */
  private static final int ENOUGH = 16;

  private static final long UNKNOWN = -1;

  private final Map<Long, Mean> stayed = new HashMap<>();
  private final Map<Long, Mean> moved = new HashMap<>();

  private static final class Mean {
    private long count;
    private double sum;

    void add(long value) {
      count++;
      sum += value;
    }

    boolean isKnown() {
      return count >= ENOUGH;
    }

    double value() {
      return sum / count;
    }
  }

  /**
   * 1 where it was good, 0 where not, −1 where that cannot be said.
   *
   * @param row all but the outcome, by {@link Column#index()}
   */
  long of(long[] row) {
    long waited = row[Column.WAITED.index()];
    if (waited < 0 || row[Column.TEST_AGGRESSIVE.index()] == 0) {
      return UNKNOWN;
    }
    long price = row[Column.DELTA.index()] < MIGRATION_COST_NANOS ? MIGRATION_COST_NANOS : 0;
    Mean ifStayed = stayed.computeIfAbsent(row[Column.SRC_LEN.index()], _ -> new Mean());
    Mean ifMoved = moved.computeIfAbsent(row[Column.DST_LEN.index()], _ -> new Mean());
    if (row[Column.CAN_MIGRATE.index()] == 1) {
      ifMoved.add(waited);
      return ifStayed.isKnown() ? (waited + price < ifStayed.value() ? 1 : 0) : UNKNOWN;
    }
    ifStayed.add(waited);
    return ifMoved.isKnown() ? (waited <= ifMoved.value() + price ? 1 : 0) : UNKNOWN;
  }
}
