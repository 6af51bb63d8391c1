package dev.bpfgauge.stats;

/** The times of one cell in the forks of one run, and what a reference took beside each. */
public final class ReferencedTimes {
  private final double[] times;
  private final double[] corrected;

  /**
   * @param times one a fork, positive and finite
   * @param references one beside each, positive and finite
   * @throws IllegalArgumentException where a time is not positive and finite
   */
  public ReferencedTimes(double[] times, double[] references) {
    ForkStatistics.requireTimes("times", times);
    this.times = times.clone();
    this.corrected = times.clone();
    ForkStatistics.requireTimes("references", references);
    for (int fork = 0; fork < times.length; fork++) {
      corrected[fork] /= references[fork];
    }
  }

  /** As they were measured. */
  public double[] raw() {
    return times.clone();
  }

  /** In units of the reference. */
  public double[] corrected() {
    return corrected.clone();
  }
}
