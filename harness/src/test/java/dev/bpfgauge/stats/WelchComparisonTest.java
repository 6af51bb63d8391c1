package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WelchComparisonTest {
  private static final double[] FIRST_DRUG = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
  private static final double[] SECOND_DRUG = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

  /**
   * The same hours of sleep as in {@link PairedComparisonTest}, now as two groups. R's t.test(extra
   * ~ group, data = sleep): t = −1.8608, 17.776 degrees of freedom, p = 0.07939, interval
   * −3.3654832 to 0.2054832.
   */
  @Test
  void theTestAgreesWithRsOfTwoGroups() {
    WelchComparison comparison =
        WelchComparison.of(
            PairedComparisonTest.exp(FIRST_DRUG), PairedComparisonTest.exp(SECOND_DRUG), 0.03);
    assertEquals(-1.58, Math.log(comparison.ratio()), 1e-12);
    assertEquals(0.07939, comparison.p(), 5e-6);
    assertEquals(17.776, Scatter.StandardError.of(comparison.scatters()).degreesOfFreedom(), 5e-4);
    Interval interval = comparison.interval95();
    assertNotNull(interval);
    assertEquals(-3.3654832, Math.log(interval.low()), 5e-8);
    assertEquals(0.2054832, Math.log(interval.high()), 5e-8);
  }

  /** The hours themselves: some are zero or below, and have no ratio. */
  @Test
  void costsWithoutALogarithmAreComparedByTheirDifference() {
    WelchComparison comparison = WelchComparison.ofNet(FIRST_DRUG, SECOND_DRUG, 0.03);
    assertEquals(Double.NaN, comparison.ratio());
    NetDifference difference = comparison.difference();
    assertNotNull(difference);
    assertEquals(-1.58, difference.mean(), 1e-12);
    assertEquals(0.07939, comparison.p(), 5e-6);
    Interval interval = difference.interval95();
    assertNotNull(interval);
    assertEquals(-3.3654832, interval.low(), 5e-8);
    assertEquals(0.2054832, interval.high(), 5e-8);
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict());
    double[] dear = {20, 21, 22, 20, 21};
    assertEquals(Verdict.SLOWER, WelchComparison.ofNet(dear, FIRST_DRUG, 0.03).verdict());
    assertEquals(Verdict.FASTER, WelchComparison.ofNet(FIRST_DRUG, dear, 0.03).verdict());
  }

  @Test
  void sidesNeedNotBeEquallyLong() {
    WelchComparison comparison =
        WelchComparison.of(new double[] {1200, 1210, 1190}, new double[] {1000, 1001}, 0.03);
    assertEquals(Verdict.SLOWER, comparison.verdict());
    assertTrue(comparison.indicative());
  }

  @Test
  void countsWithoutAnySpreadAreCertain() {
    double[] before = {2119, 2119};
    assertEquals(Verdict.EQUIVALENT, WelchComparison.of(before, before, 0.005).verdict());
    WelchComparison more = WelchComparison.of(new double[] {2205, 2205}, before, 0.005);
    assertEquals(0, more.p());
    assertEquals(Verdict.SLOWER, more.verdict());
    WelchComparison spreadOnOneSide =
        WelchComparison.of(new double[] {2204, 2205, 2206}, before, 0.005);
    assertEquals(2, Scatter.StandardError.of(spreadOnOneSide.scatters()).degreesOfFreedom(), 1e-12);
  }

  @Test
  void aSideOfOneForkOrNoneSaysNothing() {
    double[] many = {1000, 1001, 999};
    WelchComparison one = WelchComparison.of(new double[] {2000}, many, 0.03);
    assertEquals(2, one.ratio(), 1e-3);
    assertNull(one.interval95());
    assertTrue(Double.isNaN(one.p()));
    assertEquals(Verdict.INCONCLUSIVE, one.verdict());
    WelchComparison none = WelchComparison.of(many, new double[0], 0.03);
    assertTrue(Double.isNaN(none.ratio()));
    assertEquals(Verdict.INCONCLUSIVE, none.verdict());
    assertTrue(Double.isNaN(ComparisonFamily.adjustedP(List.of(one, none))[0]));
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    double[] good = {1, 2};
    assertThrows(
        IllegalArgumentException.class, () -> WelchComparison.of(new double[] {0, 1}, good, 0.03));
    assertThrows(IllegalArgumentException.class, () -> WelchComparison.of(good, good, -1));
  }

  /** Seeded. Forty cells of two runs in which nothing changed, and in which one cell did. */
  @Test
  void aFamilyOfUnchangedCellsHardlyEverRaisesAnAlarmAndAChangeIsFound() {
    Random random = new Random(20);
    int alarms = 0;
    int found = 0;
    int runs = 400;
    for (int run = 0; run < runs; run++) {
      alarms += verdicts(1, random).subList(1, 40).contains(Verdict.SLOWER) ? 1 : 0;
      found += verdicts(1.15, random).getFirst() == Verdict.SLOWER ? 1 : 0;
    }
    assertTrue(alarms <= runs / 100, alarms + " alarms");
    assertTrue(found > runs * 0.9, found + " found");
  }

  private static List<Verdict> verdicts(double ratioOfFirst, Random random) {
    List<WelchComparison> family = new ArrayList<>();
    for (int cell = 0; cell < 40; cell++) {
      family.add(
          WelchComparison.of(times(cell == 0 ? ratioOfFirst : 1, random), times(1, random), 0.03));
    }
    double[] adjusted = ComparisonFamily.adjustedP(family);
    return IntStream.range(0, family.size())
        .mapToObj(i -> family.get(i).verdict(adjusted[i]))
        .toList();
  }

  private static double[] times(double level, Random random) {
    return IntStream.range(0, 6)
        .mapToDouble(i -> level * Math.exp(0.02 * random.nextGaussian()))
        .toArray();
  }

  @Test
  void theSmallestSlowdownSeenIsOneThatIsCalledSlowerWithTheStatedPower() {
    double[] reference = {1000, 1060, 950, 1020, 970, 1040};
    WelchComparison equal = WelchComparison.of(reference, reference, 0.03);
    double seen = equal.smallestSeen(equal.scatters(), 14);
    // Where chance takes as much away as it does in one of twenty runs, it is just seen; below not.
    Scatter.StandardError error = Scatter.StandardError.of(equal.scatters());
    double chance = ForkStatistics.tQuantile(error.degreesOfFreedom(), 0.95) * error.value();
    assertEquals(Verdict.SLOWER, slowed(reference, (1 + seen) * Math.exp(-chance) * 1.0001));
    assertEquals(Verdict.INCONCLUSIVE, slowed(reference, (1 + seen) * Math.exp(-chance) * 0.9999));
    assertTrue(seen > equal.smallestSeen(equal.scatters(), 1), "one among many has to be surer");
    assertTrue(
        Double.isNaN(
            WelchComparison.of(reference, new double[] {1000}, 0.03)
                .smallestSeen(equal.scatters(), 14)));
  }

  private static Verdict slowed(double[] reference, double ratio) {
    double[] subject = Arrays.stream(reference).map(time -> time * ratio).toArray();
    WelchComparison compared = WelchComparison.of(subject, reference, 0.03);
    return compared.verdict(Math.min(1, 14 * compared.p()));
  }
}
