package dev.bpfgauge.suite.diagnose;

/**
 * Says once that a value rose to a limit, and again only after it had fallen well below: a value
 * that trembles at the limit is one event.
 */
final class Hysteresis {
  /** Below this part of the limit it is over. */
  private static final double OVER = 0.9;

  private final double limit;
  private boolean isArmed = true;

  Hysteresis(double limit) {
    this.limit = limit;
  }

  /**
   * Looks at the value.
   *
   * @param mayReport where not, what is reached stays to be reported later, if it lasts
   */
  boolean isReached(double value, boolean mayReport) {
    if (value < limit) {
      isArmed |= value < OVER * limit;
      return false;
    }
    boolean reported = isArmed && mayReport;
    isArmed &= !reported;
    return reported;
  }
}
