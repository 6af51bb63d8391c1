package dev.bpfgauge.suite.diagnose;

import java.util.function.Supplier;

/**
 * Holds what a module counted against the kernel's own counters.
 *
 * <p>The two count an event one after the other: the pages of a batch, for example, are traced one
 * by one and counted together at its end. Where a task stands between the two while counters are
 * read (its virtual CPU may be away just then), the two do not agree, and neither is wrong. So they
 * are compared again. A module that misses events, or counts some twice, never agrees.
 */
final class KernelCounts {
  private static final int COMPARISONS = 3;

  private KernelCounts() {}

  /**
   * Compares until they agree, three times at most.
   *
   * @param comparison throws IllegalStateException where they do not
   * @return what it returned
   * @throws IllegalStateException the last comparison's
   */
  static <T> T agree(Supplier<T> comparison) {
    for (int i = 1; i < COMPARISONS; i++) {
      try {
        return comparison.get();
      } catch (IllegalStateException e) {
        // Compared again.
      }
    }
    return comparison.get();
  }
}
