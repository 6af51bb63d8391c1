package dev.bpfgauge.trend;

import java.util.Locale;

/** What a night may say of a cell. */
public enum NightVerdict {
  /** Slower beyond the margin, and a repetition says the same. */
  REGRESSED,
  /** Faster beyond the margin, and a repetition says the same. */
  IMPROVED,
  /** Within the margin. */
  EQUIVALENT,
  /** Anything else. */
  INCONCLUSIVE,
  /** Earlier nights have it, the newest has not. */
  GONE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
