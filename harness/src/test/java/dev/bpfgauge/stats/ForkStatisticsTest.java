package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Against certified values: NIST Statistical Reference Datasets, univariate summary statistics
 * (itl.nist.gov/div898/strd/univ), and the t table of the NIST/SEMATECH e-Handbook, 1.3.6.7.2.
 */
class ForkStatisticsTest {

  @Test
  void meanAndDeviationAgreeWithNistLew() throws IOException {
    double[] lew = dataSet("lew");
    assertEquals(200, lew.length);
    assertEquals(-177.435000000000, ForkStatistics.mean(lew), 1e-12);
    assertEquals(277.332168044316, ForkStatistics.standardDeviation(lew), 1e-11);
  }

  @Test
  void meanAndDeviationAgreeWithNistMichelso() throws IOException {
    double[] michelso = dataSet("michelso");
    assertEquals(100, michelso.length);
    ForkStatistics statistics = ForkStatistics.of(michelso);
    assertEquals(299.852400000000, statistics.mean(), 1e-12);
    assertEquals(0.0790105478190518, ForkStatistics.standardDeviation(michelso), 1e-12);
    assertEquals(0.0790105478190518 / 299.8524, statistics.cvBetween(), 1e-15);
  }

  /** NIST's Lew: a mean below zero with its interval, t(199, 0.975) = 1.971957. */
  @Test
  void aNetCostMayBeBelowZero() throws IOException {
    double[] lew = dataSet("lew");
    ForkStatistics statistics = ForkStatistics.ofNet(lew);
    assertEquals(-177.435, statistics.mean(), 1e-12);
    Interval interval = statistics.interval95();
    assertNotNull(interval);
    double half = 1.971957 * 277.332168044316 / Math.sqrt(200);
    assertEquals(-177.435 - half, interval.low(), 1e-4);
    assertEquals(-177.435 + half, interval.high(), 1e-4);
    assertEquals(Double.NaN, statistics.cvBetween());
    assertThrows(IllegalArgumentException.class, () -> ForkStatistics.of(lew));
    assertThrows(
        IllegalArgumentException.class, () -> ForkStatistics.ofNet(new double[] {1, Double.NaN}));
  }

  @Test
  void aNetCostIsResolvedWhereForksAndIntervalLieAboveZero() {
    assertTrue(ForkStatistics.isResolved(new double[] {5, 6, 5, 6, 5}));
    assertTrue(ForkStatistics.isResolved(new double[] {0.1, 9}), "two forks have no interval");
    assertFalse(ForkStatistics.isResolved(new double[] {0.1, 9, 0.2, 11, 0.1}), "interval");
    assertFalse(ForkStatistics.isResolved(new double[] {60, 61, 59, 60, 60, 60, -0.1}), "a fork");
  }

  /**
   * NumAcc2 to NumAcc4: one value c + 0.2, then 500 times c + 0.1 and c + 0.3; certified mean c +
   * 0.2, standard deviation 0.1. NumAcc4 (c = 10⁷) is NIST's hardest; its inputs, as doubles, carry
   * about nine digits of that deviation.
   */
  @Test
  void aLargeCommonOffsetCostsNoDigits() {
    double[] offsets = {1, 1_000_000, 10_000_000};
    for (double offset : offsets) {
      double[] values =
          IntStream.range(0, 1001)
              .mapToDouble(i -> offset + (i == 0 ? 0.2 : i % 2 == 1 ? 0.1 : 0.3))
              .toArray();
      assertEquals(offset + 0.2, ForkStatistics.mean(values), offset * 1e-15);
      assertEquals(0.1, ForkStatistics.standardDeviation(values), 1e-8);
    }
  }

  @Test
  void tQuantilesAgreeWithTheNistTable() {
    int[] degrees = {1, 2, 4, 9, 29, 100};
    double[] at975 = {12.706, 4.303, 2.776, 2.262, 2.045, 1.984};
    double[] at999 = {318.313, 22.327, 7.173, 4.297, 3.396, 3.174};
    for (int i = 0; i < degrees.length; i++) {
      assertEquals(at975[i], ForkStatistics.tQuantile(degrees[i], 0.975), 0.0006);
      // The table's 318.313 is off in its last digits: the quantile is tan(0.499 π) = 318.3088.
      double tolerance = degrees[i] == 1 ? 0.005 : 0.0006;
      assertEquals(at999[i], ForkStatistics.tQuantile(degrees[i], 0.999), tolerance);
    }
  }

  /**
   * Extra hours of sleep under the second drug of Student, "The probable error of a mean",
   * Biometrika 6, 1908; R's t.test(sleep$extra[11:20]) gives 0.8976775 and 3.7623225.
   */
  @Test
  void theIntervalAgreesWithStudentsSleepData() {
    double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    Interval interval = ForkStatistics.tInterval(second, 0.95);
    assertNotNull(interval);
    assertEquals(0.8976775, interval.low(), 5e-8);
    assertEquals(3.7623225, interval.high(), 5e-8);
  }

  @Test
  void oneForkHasAMeanAndNoError() {
    ForkStatistics statistics = ForkStatistics.of(new double[] {1000});
    assertEquals(1000, statistics.mean());
    assertEquals(1000, statistics.median());
    assertNull(statistics.interval95());
    assertTrue(Double.isNaN(statistics.cvBetween()));
  }

  @Test
  void equalForksHaveAnIntervalWithoutWidth() {
    ForkStatistics statistics = ForkStatistics.of(new double[] {7, 7, 7, 7, 7});
    assertEquals(new Interval(7, 7), statistics.interval95());
    assertEquals(0, statistics.cvBetween());
  }

  @Test
  void theMedianOfAnEvenCountLiesBetweenTheMiddleTwo() {
    assertEquals(2.5, ForkStatistics.median(new double[] {4, 1, 3, 2}));
    assertTrue(Double.isNaN(ForkStatistics.median(new double[0])));
  }

  @Test
  void cvWithinIgnoresWhatLiesBetweenForks() {
    double[] slow = {990, 1000, 1010};
    double[] fast = {495, 500, 505};
    assertEquals(0.01, ForkStatistics.cvWithin(List.of(slow, fast)), 1e-12);
    assertTrue(Double.isNaN(ForkStatistics.cvWithin(List.of(new double[] {5}, new double[] {6}))));
  }

  @Test
  void aTimeThatIsNoTimeIsRefusedWithItsPlace() {
    for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class, () -> ForkStatistics.of(new double[] {1, wrong}))
              .toString()
              .contains("value 2 is " + wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> ForkStatistics.of(new double[0]));
    assertThrows(
        IllegalArgumentException.class, () -> ForkStatistics.cvWithin(List.of(new double[] {0})));
  }

  private static double[] dataSet(String name) throws IOException {
    try (InputStream in = ForkStatisticsTest.class.getResourceAsStream("/stats/" + name + ".txt")) {
      assertNotNull(in);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Arrays.stream(line.split(" ")))
          .mapToDouble(Double::parseDouble)
          .toArray();
    }
  }

  @Test
  void fewForksHaveAMeanAndNoInterval() {
    assertNull(ForkStatistics.of(new double[] {1405, 1405.1}).interval95());
    assertNull(ForkStatistics.of(new double[] {1, 2, 3, 4}).interval95());
    assertNotNull(ForkStatistics.of(new double[] {1, 2, 3, 4, 5}).interval95());
    assertNull(ForkStatistics.interval95(new double[] {-1, 1, -1, 1}));
  }

  @Test
  void anIntervalStaysWithinWhatTheQuantityCanBe() {
    double[] wild = {1, 1, 1, 1, 96};
    Interval time = Objects.requireNonNull(ForkStatistics.of(wild).interval95());
    assertEquals(0, time.low());
    assertEquals(72.8, time.high(), 0.5);
    assertFalse(time.isAround(20), "a ± would say less than zero");
    Interval percent = Objects.requireNonNull(ForkStatistics.interval95(wild, 0, 60));
    assertEquals(60, percent.high());
    Interval difference = Objects.requireNonNull(ForkStatistics.interval95(wild));
    assertTrue(difference.low() < 0, "a difference may have either sign");
    assertTrue(difference.isAround(20));
  }
}
