package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LooksTest {
  /**
   * Critical values of Pocock's design with looks at equal distances: C. Jennison, B. W. Turnbull,
   * "Group Sequential Methods with Applications to Clinical Trials", 2000, table 2.1.
   */
  @ParameterizedTest
  @CsvSource({
    "0.05, 1, 1.960", "0.05, 2, 2.178", "0.05, 3, 2.289", "0.05, 4, 2.361", "0.05, 5, 2.413",
    "0.05, 10, 2.555", "0.01, 1, 2.576", "0.01, 2, 2.772", "0.01, 5, 2.986", "0.01, 10, 3.117"
  })
  void theLimitsArePublishedOnes(double error, int looks, double limit) {
    Looks even = new Looks(IntStream.rangeClosed(1, looks).boxed().toList());

    double each = even.errorOfEach(error);

    assertEquals(
        limit, -new NormalDistribution(null, 0, 1).inverseCumulativeProbability(each / 2), 0.001);
  }

  @Test
  void eachLookHasHalfAsManyRoundsMore() {
    assertEquals(List.of(8, 12, 18, 27, 40), Looks.between(8, 40).rounds());
    assertEquals(List.of(5, 7, 9), Looks.between(5, 9).rounds());
    assertEquals(List.of(1, 2, 3, 4), Looks.between(1, 4).rounds());
    assertEquals(List.of(8), Looks.between(8, 8).rounds());
    assertEquals(List.of(12), Looks.between(12, 3).rounds());
  }

  @Test
  void theLastLookBeforeARoundIsKnown() {
    Looks looks = Looks.between(8, 40);
    assertEquals(8, looks.lastUpTo(8));
    assertEquals(12, looks.lastUpTo(17));
    assertEquals(40, looks.lastUpTo(41));
    assertTrue(looks.isAfter(18));
  }

  @Test
  void roundsThatDoNotAscendAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Looks(List.of(5, 5)));
    assertThrows(IllegalArgumentException.class, () -> new Looks(List.of(0, 5)));
  }

  /** A single look is what it was before: nothing is paid for it. */
  @Test
  void oneLookCostsNothing() {
    assertEquals(Demand.of(0.03), Demand.of(0.03, new Looks(List.of())));
    assertEquals(Demand.of(0.03), Demand.of(0.03, new Looks(List.of(8))));
  }

  @Test
  void anIntervalThatIsLookedAtOftenIsWider() {
    double[] subject = {1.02, 1.05, 1.01, 1.04, 1.03, 1.06, 1.02, 1.03};
    double[] reference = {1, 1.01, 0.99, 1, 1, 1.02, 1, 1.01};
    Interval once =
        Objects.requireNonNull(
            PairedComparison.of(subject, reference, Demand.of(0.03)).interval95());
    PairedComparison often =
        PairedComparison.of(subject, reference, Demand.of(0.03, Looks.between(8, 40)));
    Interval wider = Objects.requireNonNull(often.interval95());
    assertTrue(wider.low() < once.low());
    assertTrue(wider.high() > once.high());
    assertEquals(0.03, often.margin());
  }
}
