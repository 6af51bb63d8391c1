package dev.bpfgauge.machine.stress;

/**
 * How far a proof of a load or of a fork's own CPU time may be from what is wanted, in points of
 * CPU use.
 *
 * <p>Tests that need forks, not figures, run beside other work. They set the system property {@code
 * bpfgauge.load-tolerance} to the points that are allowed instead of the usual five; every proof is
 * then wider by the difference. Below zero, no use of the CPUs before a fork counts as reached. It
 * is meant for nothing else. Every check says what it allowed, so such a run is not taken for a
 * measurement.
 */
public final class Tolerance {
  /** Points around the target of the system's CPU use (DESIGN §7). */
  static final double USUAL_POINTS = 5;

  private static final double WIDER_BY =
      Double.parseDouble(System.getProperty("bpfgauge.load-tolerance", "" + USUAL_POINTS))
          - USUAL_POINTS;

  private Tolerance() {}

  /** What is allowed where a machine without other work allows so many points. */
  public static double points(double usual) {
    return usual + WIDER_BY;
  }
}
