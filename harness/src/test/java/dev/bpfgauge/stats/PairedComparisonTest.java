package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
  private static final Demand RULE = Demand.of(0.03);

  private static final double[] FIRST_DRUG = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
  private static final double[] SECOND_DRUG = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

  /**
   * Student, "The probable error of a mean", Biometrika 6, 1908: the hours as logarithms of times.
   * R's t.test(first, second, paired = TRUE): t = −4.0621, 9 degrees of freedom, p = 0.002833, mean
   * −1.58, interval −2.4598858 to −0.7001142.
   */
  @Test
  void thePairedTestAgreesWithStudentsSleepData() {
    PairedComparison comparison = PairedComparison.of(exp(FIRST_DRUG), exp(SECOND_DRUG), 0.03);
    assertEquals(10, comparison.pairs());
    assertEquals(-1.58, Math.log(comparison.ratio()), 1e-12);
    assertEquals(0.002833, comparison.p(), 5e-7);
    Interval interval = comparison.interval95();
    assertNotNull(interval);
    assertEquals(-2.4598858, Math.log(interval.low()), 5e-8);
    assertEquals(-0.7001142, Math.log(interval.high()), 5e-8);
  }

  @Test
  void differencesAgreeWithTheSameData() {
    double[] first = Arrays.stream(FIRST_DRUG).map(hours -> hours + 8).toArray();
    double[] second = Arrays.stream(SECOND_DRUG).map(hours -> hours + 8).toArray();
    PairedDifference difference = PairedDifference.of(second, first);
    assertEquals(1.58, difference.mean(), 1e-12);
    Interval interval = difference.interval95();
    assertNotNull(interval);
    assertEquals(0.7001142, interval.low(), 5e-8);
    assertEquals(2.4598858, interval.high(), 5e-8);
  }

  /** The hours themselves: some are zero or below, and have no ratio. */
  @Test
  void costsWithoutALogarithmAreComparedByTheirDifference() {
    PairedComparison comparison = PairedComparison.ofNet(SECOND_DRUG, FIRST_DRUG, RULE);
    NetDifference difference = comparison.difference();
    assertNotNull(difference);
    assertEquals(Double.NaN, comparison.ratio());
    assertNull(comparison.interval95());
    assertEquals(1.58, difference.mean(), 1e-12);
    Interval interval = difference.interval95();
    assertNotNull(interval);
    assertEquals(0.7001142, interval.low(), 5e-8);
    assertEquals(2.4598858, interval.high(), 5e-8);
    assertEquals(0.002833, comparison.p(), 5e-7);
    assertEquals(Verdict.SLOWER, comparison.verdict());
    assertEquals(Verdict.FASTER, PairedComparison.ofNet(FIRST_DRUG, SECOND_DRUG, RULE).verdict());
    assertEquals(
        Verdict.INCONCLUSIVE,
        PairedComparison.ofNet(SECOND_DRUG, FIRST_DRUG, RULE).verdict(0.02),
        "not sure enough among many");
  }

  @Test
  void netCostsToldFromZeroAreComparedAsTimesAre() {
    double[] one = {100, 101, 99, 100, 100};
    double[] other = {120, 121, 119, 121, 119};
    assertEquals(PairedComparison.of(other, one, 0.03), PairedComparison.ofNet(other, one, RULE));
    double[] wide = {0.1, 9, 0.2, 11, 0.1};
    assertNotNull(PairedComparison.ofNet(one, wide, RULE).difference(), "the interval holds zero");
  }

  /** Asked of differences, the rule says of times what it says of ratios. */
  @Test
  void theRuleOfDifferencesIsTheRuleOfRatios() {
    double[] one = {100, 101, 99, 100, 100};
    for (double factor : new double[] {0.8, 0.96, 0.98, 1, 1.02, 1.04, 1.2}) {
      double[] other = Arrays.stream(one).map(time -> factor * time).toArray();
      other[0] += 0.5;
      PairedComparison ratio = PairedComparison.of(other, one, 0.03);
      assertEquals(
          ratio.verdict(),
          NetDifference.paired(other, one, RULE).verdict(ratio.p() < RULE.familyError()),
          "" + factor);
    }
  }

  @Test
  void twoCostsOfNothingAreNeverEquivalent() {
    double[] one = {0.5, -0.4, 0.2, -0.6, 0.3};
    double[] other = {-0.2, 0.6, 0.1, 0.4, -0.5};
    assertEquals(Verdict.INCONCLUSIVE, PairedComparison.ofNet(one, other, RULE).verdict());
  }

  @Test
  void swappingTheSidesMirrorsTheVerdict() {
    double[] one = {100, 101, 99, 100, 100};
    double[] other = {120, 121, 119, 121, 119};
    PairedComparison up = PairedComparison.of(other, one, 0.03);
    PairedComparison down = PairedComparison.of(one, other, 0.03);
    assertEquals(Verdict.SLOWER, up.verdict());
    assertEquals(Verdict.FASTER, down.verdict());
    assertEquals(1, up.ratio() * down.ratio(), 1e-12);
    assertEquals(up.p(), down.p(), 1e-15);
  }

  @Test
  void aCertainDifferenceWithinTheMarginIsEquivalent() {
    PairedComparison comparison =
        PairedComparison.of(new double[] {1020, 1021, 1019}, new double[] {1000, 1000, 1000}, 0.03);
    assertTrue(comparison.p() < 0.01);
    assertEquals(Verdict.EQUIVALENT, comparison.verdict());
  }

  @Test
  void anIntervalAcrossTheMarginsEdgeIsInconclusive() {
    PairedComparison comparison =
        PairedComparison.of(new double[] {1030, 1025, 1035}, new double[] {1000, 1000, 1000}, 0.03);
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict());
  }

  @Test
  void anUnsureFamilyHoldsAnAlarmBack() {
    PairedComparison comparison =
        PairedComparison.of(new double[] {1100, 1090, 1110}, new double[] {1000, 1000, 1000}, 0.03);
    assertTrue(comparison.beyondMargin());
    assertEquals(Verdict.SLOWER, comparison.verdict(0.009));
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict(0.011));
  }

  @Test
  void pairsWithoutSpreadAreCertain() {
    double[] ones = {1000, 1000, 1000};
    PairedComparison same = PairedComparison.of(ones, ones, 0.03);
    assertEquals(1, same.p());
    assertEquals(Verdict.EQUIVALENT, same.verdict());
    PairedComparison doubled = PairedComparison.of(new double[] {2000, 2000, 2000}, ones, 0.03);
    assertEquals(0, doubled.p());
    assertEquals(Verdict.SLOWER, doubled.verdict());
  }

  @Test
  void belowTwoPairsThereIsARatioButNoVerdict() {
    PairedComparison one = PairedComparison.of(new double[] {2000}, new double[] {1000}, 0.03);
    assertEquals(2, one.ratio(), 1e-12);
    assertNull(one.interval95());
    assertEquals(Verdict.INCONCLUSIVE, one.verdict());
    PairedComparison none = PairedComparison.of(new double[0], new double[0], 0.03);
    assertTrue(Double.isNaN(none.ratio()));
    assertEquals(Verdict.INCONCLUSIVE, none.verdict());
  }

  @Test
  void fewerThanFivePairsAreIndicative() {
    double[] four = {1, 1, 1, 1};
    double[] five = {1, 1, 1, 1, 1};
    assertTrue(PairedComparison.of(four, four, 0.03).indicative());
    assertTrue(!PairedComparison.of(five, five, 0.03).indicative());
  }

  @Test
  void anIntervalOfFewPairsIsShownOnlyWhereItDecides() {
    PairedComparison wild =
        PairedComparison.of(new double[] {9000, 700}, new double[] {1000, 1000}, 0.03);
    assertNotNull(wild.interval95(), "the rule has it");
    assertNull(wild.shown95());
    PairedComparison close =
        PairedComparison.of(new double[] {1000, 1000.1}, new double[] {1000, 1000}, 0.03);
    assertEquals(Verdict.EQUIVALENT, close.verdict());
    assertNotNull(close.shown95());
  }

  @Test
  void thePairsThatWouldDecideFollowFromScatterAndDistanceToTheMargin() {
    double[] ones = {1000, 1000, 1000, 1000, 1000, 1000};
    PairedComparison wide =
        PairedComparison.of(new double[] {1010, 960, 1050, 990, 1030, 965}, ones, 0.03);
    int enough = wide.pairsToDecide(100).orElseThrow();
    // Half an interval of t·s/√n must fit between the ratio and the margin.
    assertTrue(half(wide, enough) <= Math.log(1.03) - Math.abs(Math.log(wide.ratio())));
    assertTrue(half(wide, enough - 1) > Math.log(1.03) - Math.abs(Math.log(wide.ratio())));
    PairedComparison wider =
        PairedComparison.of(new double[] {1020, 930, 1090, 980, 1060, 935}, ones, 0.03);
    assertTrue(wider.pairsToDecide(1000).orElseThrow() > enough);
    PairedComparison slow =
        PairedComparison.of(new double[] {1090, 1010, 1150, 1060, 1120, 1000}, ones, 0.03);
    assertEquals(Verdict.INCONCLUSIVE, slow.verdict());
    assertTrue(half(slow, slow.pairsToDecide(1000).orElseThrow()) < Math.log(slow.ratio() / 1.03));
  }

  @Test
  void nothingIsDerivedFromTooFewPairsOrAtTheMarginItself() {
    double[] ones = {1000, 1000, 1000, 1000, 1000, 1000};
    PairedComparison few =
        PairedComparison.of(new double[] {1010, 960}, new double[] {1000, 1000}, 0.03);
    assertTrue(few.pairsToDecide(1000).isEmpty());
    PairedComparison atTheMargin =
        PairedComparison.of(new double[] {1080, 980, 1030, 1031, 1029, 1030}, ones, 0.03);
    assertTrue(atTheMargin.pairsToDecide(100).isEmpty());
    assertTrue(PairedComparison.of(ones, ones, 0.03).pairsToDecide(100).isEmpty(), "decided");
  }

  private static double half(PairedComparison compared, int pairs) {
    return ForkStatistics.tQuantile(pairs - 1, 0.975) * compared.deviation() / Math.sqrt(pairs);
  }

  @Test
  void badInputIsRefusedInASentence() {
    double[] good = {1000, 1000};
    for (double wrong : new double[] {0, -5, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class,
                  () -> PairedComparison.of(good, new double[] {1, wrong}, 0.03))
              .toString()
              .contains("reference: value 2 is " + wrong));
    }
    assertThrows(
        IllegalArgumentException.class, () -> PairedComparison.of(good, new double[] {1}, 0.03));
    assertThrows(IllegalArgumentException.class, () -> PairedComparison.of(good, good, -0.01));
    assertThrows(IllegalArgumentException.class, () -> PairedComparison.of(good, good, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> PairedDifference.of(good, new double[] {1}));
  }

  static double[] exp(double... logs) {
    return Arrays.stream(logs).map(Math::exp).toArray();
  }
}
