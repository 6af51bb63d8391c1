package dev.bpfgauge.stats;

import java.util.Locale;

/** What a comparison may say. There is no "no change". */
public enum Verdict {
  SLOWER,
  FASTER,
  /** The whole interval lies within the margin. */
  EQUIVALENT,
  /** The interval reaches from within the margin to beyond it, or there are too few pairs. */
  INCONCLUSIVE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
