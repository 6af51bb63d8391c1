package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RankSumTest {

  /** Table of critical values (5 %, two-sided) of U, as printed in most textbooks. */
  @Test
  void theCriticalValuesAreThoseOfTheTables() {
    double[][] table = {
      {5, 5, 2}, {5, 10, 8}, {8, 8, 13}, {10, 10, 23}, {10, 20, 55}, {20, 20, 127}
    };
    for (double[] row : table) {
      assertEquals(
          (int) row[2],
          RankSum.mostOpposed((int) row[0], (int) row[1], Math.log(0.05 + 1e-12)),
          row[0] + " and " + row[1]);
    }
  }

  @Test
  void samplesThatDoNotOverlapHaveTwoOrdersOfAll() {
    assertEquals(2.0 / 252, Math.exp(RankSum.logP(5, 5, 0)), 1e-15);
    assertEquals(2.0 / 184756, Math.exp(RankSum.logP(10, 10, 0)), 1e-15);
    assertEquals(0, RankSum.logP(10, 10, 50));
  }

  @Test
  void largeSamplesAreJudgedByTheNormalDistributionMoreCarefullyThanByCounting() {
    double exact = RankSum.logP(27, 27, 110);
    double normal = RankSum.logTail((27 * 27 / 2.0 - 110.5) / Math.sqrt(27 * 27 * 55 / 12.0));
    assertTrue(exact < normal && normal < 0.9 * exact, exact + " " + normal);
    assertTrue(RankSum.logP(30, 30, 100) < RankSum.logP(30, 30, 101));
    assertEquals(Math.log(0.05), RankSum.logTail(1.959964), 1e-5);
    assertEquals(RankSum.logTail(4.9999999), RankSum.logTail(5), 1e-3);
    assertTrue(RankSum.logTail(40) < -800);
  }
}
