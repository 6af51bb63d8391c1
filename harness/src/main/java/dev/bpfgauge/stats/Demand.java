package dev.bpfgauge.stats;

/**
 * What a verdict demands.
 *
 * @param margin margin of equivalence as a share, e.g. 0.03
 * @param confidence of the interval that is held against the margin
 * @param familyError what p has to stay below, all comparisons made together taken together
 */
public record Demand(double margin, double confidence, double familyError) {

  /**
   * Of verdicts that are looked at once, when all is measured.
   *
   * @throws IllegalArgumentException where the margin is negative or not finite
   */
  public static Demand of(double margin) {
    RatioComparison.requireMargin(margin);
    return new Demand(margin, Interval.CONFIDENCE, RatioComparison.FAMILY_ERROR);
  }

  /**
   * Of verdicts that measuring may stop at: each look is stricter, so that over all of them an
   * interval still misses the truth in at most 5 % of runs.
   *
   * @throws IllegalArgumentException where the margin is negative or not finite
   */
  public static Demand of(double margin, Looks looks) {
    Demand once = of(margin);
    return new Demand(
        once.margin,
        1 - looks.errorOfEach(1 - once.confidence),
        looks.errorOfEach(once.familyError));
  }

  /** How many standard errors the interval reaches to each side. */
  double reach(double degreesOfFreedom) {
    return ForkStatistics.tQuantile(degreesOfFreedom, (1 + confidence) / 2);
  }
}
