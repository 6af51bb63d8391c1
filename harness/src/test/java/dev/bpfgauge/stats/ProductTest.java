package dev.bpfgauge.stats;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductTest {

  /**
   * JCGM 100:2008, G.4.1: relative standard uncertainties 0.25, 0.57 and 0.82 % of means of 10, 5
   * and 15 observations make 1.03 % with 19.0 degrees of freedom, and U95 = 2.2 %.
   */
  @Test
  void theGuidesExampleOfAProduct() {
    Product product =
        Product.of(uncertain(40, 0.0025, 10), uncertain(3, 0.0057, 5), uncertain(0.5, 0.0082, 15));

    assertEquals(60, product.value(), 1e-9);
    double half = requireNonNull(product.interval95()).halfWidth() / product.value();
    assertEquals(2.093 * 0.010296, half, 1e-5); // t95(19.0) = 2.093
    assertEquals(0.022, half, 0.0005);
  }

  /** So many values of that mean, whose mean has that relative standard uncertainty. */
  private static double[] uncertain(double mean, double relative, int values) {
    double[] raw = DoubleStream.iterate(0, i -> i + 1).limit(values).toArray();
    double middle = ForkStatistics.mean(raw);
    double wanted = mean * relative * Math.sqrt(values) / ForkStatistics.standardDeviation(raw);
    return DoubleStream.of(raw).map(value -> mean + wanted * (value - middle)).toArray();
  }

  @Test
  void ofOneFactorTheIntervalIsStudents() {
    double[] values = {10, 12, 11, 13, 9, 10};

    Interval student = requireNonNull(ForkStatistics.interval95(values));
    Interval product = requireNonNull(Product.of(values).interval95());

    assertEquals(student.low(), product.low(), 1e-12);
    assertEquals(student.high(), product.high(), 1e-12);
    Interval exact = requireNonNull(Product.of(values, new double[] {2, 2, 2, 2, 2}).interval95());
    assertEquals(2 * student.low(), exact.low(), 1e-12, "a factor without an error is a factor");
  }

  @Test
  void belowFiveMeasurementsThereIsNoInterval() {
    assertNull(Product.of(new double[] {1, 2, 3, 4, 5}, new double[] {1, 2, 3, 4}).interval95());
  }

  /** As the forecast has it: five seconds, six forks; each with its own spread. */
  @ParameterizedTest
  @CsvSource({"0.02, 0.02", "0.3, 0.02", "0.02, 0.3", "0.2, 0.2", "0.3, 0.1"})
  void nineteenOfTwentyIntervalsHoldTheTruth(double rateSpread, double costSpread) {
    Random random = new Random(42);
    int held = 0;
    int runs = 10_000;
    for (int run = 0; run < runs; run++) {
      Product product =
          Product.of(drawn(random, 1000, rateSpread, 5), drawn(random, 130, costSpread, 6));
      held += requireNonNull(product.interval95()).contains(1000 * 130.0) ? 1 : 0;
    }
    double share = (double) held / runs;
    System.out.printf(
        "product of CV %s and %s: %.1f %% held%n", rateSpread, costSpread, 100 * share);
    assertTrue(share > 0.94 && share < 0.97, share + " of the intervals");
  }

  /** Seconds of bursts are skewed, and five of them say too little: docs/tools.md says so. */
  @Test
  void ofBurstsLessIntervalsHoldTheTruth() {
    Random random = new Random(43);
    int held = 0;
    int runs = 10_000;
    for (int run = 0; run < runs; run++) {
      double[] seconds =
          DoubleStream.generate(() -> -1000 * Math.log(1 - random.nextDouble())).limit(5).toArray();
      Product product = Product.of(seconds, drawn(random, 130, 0.1, 6));
      held += requireNonNull(product.interval95()).contains(1000 * 130.0) ? 1 : 0;
    }
    assertEquals(0.88, (double) held / runs, 0.015);
  }

  private static double[] drawn(Random random, double mean, double spread, int values) {
    return DoubleStream.generate(() -> mean * (1 + spread * random.nextGaussian()))
        .limit(values)
        .toArray();
  }

  /** Garwood 1936: of no event the upper limit of 97.5 % is 3.689 events. */
  @Test
  void noEventInFiveSecondsIsNotNoEventEver() {
    double[] none = new double[5];
    double[] costs = {100, 110, 90, 100, 105, 95};

    EventRate rate = EventRate.of(none);
    assertEquals(0, rate.perSecond());
    assertEquals(3.689 / 5, requireNonNull(rate.interval95()).high(), 1e-4);
    Product share = EventRate.times(none, costs);
    assertEquals(0, share.value());
    double dearest = requireNonNull(ForkStatistics.interval95(costs)).high();
    assertEquals(3.689 / 5 * dearest, requireNonNull(share.interval95()).high(), 0.01);
  }

  @Test
  void aRateOfBurstsHasAWideIntervalThatEndsAtZero() {
    EventRate rate = EventRate.of(new double[] {0, 0, 5000, 0, 0});

    Interval interval = requireNonNull(rate.interval95());
    assertEquals(1000, rate.perSecond());
    assertEquals(0, interval.low());
    assertTrue(interval.high() > 3000, interval.toString());
  }
}
