package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TrimmedMeanTest {

  @Test
  void aTenthAtEitherEndIsLeftOut() {
    TrimmedMean mean = TrimmedMean.of(new double[] {5, 1, 2, 3, 4, 6, 7, 8, 9, 1000});

    assertEquals(5.5, mean.mean());
    assertEquals(7, mean.degrees());
    // Winsorised: 2 2 3 4 5 6 7 8 9 9; squares about 5.5 are 66.5; 8 kept.
    assertEquals(66.5 / 56, mean.errorSquare(), 1e-12);
  }

  /** Without anything left out it is Welch's test. SciPy 1.17: ttest_ind(a, b, equal_var=False). */
  @Test
  void fewValuesAreComparedByWelchsTest() {
    double[] left = {1, 2, 3, 4, 5};
    double[] right = {4, 6, 8, 10, 12};
    TrimmedMean a = TrimmedMean.of(left);
    TrimmedMean b = TrimmedMean.of(right);

    assertEquals(Math.sqrt(0.5 + 2), a.error(b), 1e-12);
    assertEquals(2.5 * 2.5 / (0.25 / 4 + 4.0 / 4), a.degrees(b), 1e-12);
    assertEquals(a.logP(b), b.logP(a), 1e-12);
    assertEquals(0.020039, Math.exp(a.logP(b)), 1e-6);
  }

  /** SciPy 1.17: ttest_ind(a, b, equal_var=False, trim=0.1). */
  @Test
  void spikesDoNotHideADifference() {
    TrimmedMean a = TrimmedMean.of(new double[] {5, 1, 2, 3, 4, 6, 7, 8, 9, 1000});
    TrimmedMean b = TrimmedMean.of(new double[] {15, 12, 11, 13, 14, 16, 17, 18, 19, -50});

    assertEquals(4.293229e-5, Math.exp(a.logP(b)), 1e-10);
  }
}
