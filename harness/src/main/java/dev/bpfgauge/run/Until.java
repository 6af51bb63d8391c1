package dev.bpfgauge.run;

import dev.bpfgauge.stats.Looks;
import java.util.List;

/**
 * How long a run goes on beyond the rounds that it measures in any case.
 *
 * @param millis so long after its beginning no further round begins; 0 for no limit
 * @param share until each interval reaches no further than this share to each side; 0 for until
 *     each verdict is decided
 * @param looks the rounds after which that is looked at, see {@link Looks}; the last are the most
 */
public record Until(long millis, double share, List<Integer> looks) {
  public Until {
    looks = List.copyOf(looks);
  }

  /** {@code 8 min}, {@code 90 s}. */
  static String words(long millis) {
    return millis % 60_000 == 0 ? millis / 60_000 + " min" : millis / 1000.0 + " s";
  }

  /** The most rounds. */
  int rounds() {
    return looks.getLast();
  }
}
