package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparisonFamilyTest {

  /** The worked example of the Wikipedia article "Holm–Bonferroni method". */
  @Test
  void holmAgreesWithAPublishedExample() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02},
        ComparisonFamily.holm(new double[] {0.01, 0.04, 0.03, 0.005}),
        1e-12);
  }

  @Test
  void aComparisonThatCouldNotBeMadeDoesNotCount() {
    assertArrayEquals(
        new double[] {Double.NaN, 0.02, 0.5},
        ComparisonFamily.holm(new double[] {Double.NaN, 0.01, 0.5}),
        1e-12);
    assertArrayEquals(new double[0], ComparisonFamily.holm(new double[0]));
  }

  /**
   * Six comparisons of five pairs, their spreads far apart. The expected values were computed from
   * section 6.2 of Smyth (2004) with SciPy 1.17 (digamma, polygamma, brentq, stats.t),
   * independently of this code: 0.8516 prior degrees of freedom, prior variance 3.5911e-5.
   */
  @Test
  void moderatedValuesAgreeWithAnIndependentComputation() {
    List<PairedComparison> family =
        List.of(
            logRatios(0.010, -0.020, 0.015, 0.005, -0.008),
            logRatios(0.031, 0.029, 0.030, 0.032, 0.028),
            logRatios(-0.040, 0.025, 0.010, -0.030, 0.020),
            logRatios(0.002, 0.004, -0.003, 0.001, -0.002),
            logRatios(0.020, 0.060, -0.030, 0.015, 0.045),
            logRatios(0.120, 0.060, 0.100, 0.090, 0.140));
    ComparisonFamily.Spread common = ComparisonFamily.Spread.of(family);
    assertEquals(0.8516165271141957, common.degreesOfFreedom(), 1e-8);
    assertEquals(3.591098960203086e-05, common.variance(), 1e-12);
    double[] p = family.stream().mapToDouble(common::moderatedP).toArray();
    double[] expected = {
      9.48633009e-01, 3.70011966e-06, 8.15821322e-01, 8.15250485e-01, 1.78880743e-01, 4.93130469e-04
    };
    for (int i = 0; i < p.length; i++) {
      assertEquals(expected[i], p[i], expected[i] * 1e-7);
    }
    assertEquals(6 * 3.70011966e-06, ComparisonFamily.adjustedP(family)[1], 1e-12);
  }

  /** The same source: here the spreads differ no more than chance makes them. */
  @Test
  void alikeSpreadsArePooledWhole() {
    List<PairedComparison> family =
        List.of(
            logRatios(0.01, -0.01, 0.02, 0, -0.02),
            logRatios(0.012, -0.011, 0.018, 0.001, -0.02),
            logRatios(-0.011, 0.011, -0.019, 0.002, 0.017),
            logRatios(0.009, -0.012, 0.021, 0.003, -0.022),
            logRatios(0.06, 0.04, 0.07, 0.05, 0.03));
    ComparisonFamily.Spread common = ComparisonFamily.Spread.of(family);
    assertTrue(Double.isInfinite(common.degreesOfFreedom()));
    assertEquals(5.10649818e-06, common.moderatedP(family.getLast()), 1e-13);
    assertEquals(9.80586279e-01, common.moderatedP(family.get(3)), 1e-8);
  }

  @Test
  void whatTheCellsHaveInCommonIsRecovered() {
    Random random = new Random(5);
    double degreesOfFreedom = 8;
    double variance = 0.0004;
    List<PairedComparison> family = new ArrayList<>();
    for (int cell = 0; cell < 4000; cell++) {
      double chiSquared = 0;
      for (int i = 0; i < degreesOfFreedom; i++) {
        double z = random.nextGaussian();
        chiSquared += z * z;
      }
      double deviation = Math.sqrt(variance * degreesOfFreedom / chiSquared);
      double[] logs = new double[5];
      Arrays.setAll(logs, i -> deviation * random.nextGaussian());
      family.add(logRatios(logs));
    }
    ComparisonFamily.Spread common = ComparisonFamily.Spread.of(family);
    assertEquals(variance, common.variance(), variance * 0.05);
    assertEquals(degreesOfFreedom, common.degreesOfFreedom(), 1.5);
  }

  @Test
  void aFewComparisonsBorrowNothing() {
    List<PairedComparison> family =
        List.of(logRatios(0.1, 0.11, 0.09), logRatios(0, 0.01, -0.01), logRatios(0.02, 0, 0.01));
    double[] plain = family.stream().mapToDouble(PairedComparison::p).toArray();
    assertArrayEquals(ComparisonFamily.holm(plain), ComparisonFamily.adjustedP(family));
  }

  @Test
  void aSinglePairHasNoValueWhateverItsFamilyKnows() {
    List<PairedComparison> family = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      family.add(logRatios(0.01 * i, -0.01, 0.02));
    }
    family.add(logRatios(0.5));
    family.add(logRatios());
    double[] adjusted = ComparisonFamily.adjustedP(family);
    assertTrue(Double.isNaN(adjusted[6]));
    assertTrue(Double.isNaN(adjusted[7]));
    assertTrue(adjusted[0] <= 1);
  }

  private static PairedComparison logRatios(double... logs) {
    double[] ones = new double[logs.length];
    Arrays.fill(ones, 1);
    return PairedComparison.of(PairedComparisonTest.exp(logs), ones, 0.03);
  }
}
