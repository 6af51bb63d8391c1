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
  /** A net cost was measured and not told from zero, so that it has no ratio. */
  BELOW_RESOLUTION,
  /** The newest night has no figure, because its profile's load was not there. */
  LOAD_NOT_REACHED,
  /** Earlier nights have a figure, the newest has not. */
  GONE,
  /** No night ever had a figure: the kernel refuses it, or cannot do it. */
  NO_FIGURE;

  /** Whether the newest night has no figure of it that could be compared. */
  public boolean isWithoutFigure() {
    return this == BELOW_RESOLUTION
        || this == LOAD_NOT_REACHED
        || this == GONE
        || this == NO_FIGURE;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
