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
  /** Earlier nights have a figure, the newest has not. */
  GONE,
  /** No night ever had a figure: the kernel refuses it, or cannot do it. */
  NO_FIGURE;

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
