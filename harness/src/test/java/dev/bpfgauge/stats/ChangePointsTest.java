package dev.bpfgauge.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangePointsTest {

  private static double[] series(int n, double deviation, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, n)
        .mapToDouble(_ -> 1000 * Math.exp(deviation * random.nextGaussian()))
        .toArray();
  }

  private static void raise(double[] series, int from, int to, double factor) {
    for (int i = from; i < to; i++) {
      series[i] *= factor;
    }
  }

  @Test
  void aStepIsFoundWithItsPlaceItsSizeAndItsInterval() {
    double[] series = series(60, 0.01, 1);
    raise(series, 40, 60, 1.1);

    List<ChangePoints.ChangePoint> found = ChangePoints.of(series);

    assertEquals(1, found.size());
    assertEquals(40, found.getFirst().index());
    assertEquals(1.1, found.getFirst().ratio(), 0.02);
    assertTrue(found.getFirst().interval95().contains(1.1));
  }

  @Test
  void severalStepsUpAndDownAreFound() {
    double[] series = series(100, 0.01, 2);
    raise(series, 30, 60, 1.1);
    raise(series, 80, 100, 0.9);

    assertEquals(
        List.of(30, 60, 80),
        ChangePoints.of(series).stream().map(ChangePoints.ChangePoint::index).toList());
  }

  @Test
  void aStepOfHalfAPercentIsFoundInInstructions() {
    double[] series = series(30, 0.0005, 3);
    raise(series, 20, 30, 1.005);

    assertEquals(20, ChangePoints.of(series).getFirst().index());
  }

  @Test
  void spikesAreNoLevels() {
    double[] series = series(100, 0.01, 4);
    raise(series, 20, 21, 1.5);
    raise(series, 50, 52, 1.3);
    raise(series, 70, 71, 0.5);

    assertEquals(List.of(), ChangePoints.of(series));
  }

  @Test
  void aSteadyDriftIsNoStep() {
    double[] series = series(100, 0.005, 5);
    for (int i = 0; i < series.length; i++) {
      series[i] *= 1 + 0.002 * i;
    }

    assertEquals(List.of(), ChangePoints.of(series));
  }

  @Test
  void aLevelLastsAtLeastFiveNights() {
    double[] series = series(60, 0.01, 6);
    raise(series, 56, 60, 1.2);
    assertEquals(List.of(), ChangePoints.of(series));

    double[] longer = series(60, 0.01, 6);
    raise(longer, 55, 60, 1.2);
    assertEquals(55, ChangePoints.of(longer).getFirst().index());
  }

  @Test
  void whatGoesBackWithinTenNightsIsNoLevel() {
    double[] series = series(60, 0.01, 9);
    raise(series, 25, 35, 1.1);
    assertEquals(List.of(), ChangePoints.of(series));

    double[] longer = series(60, 0.01, 9);
    raise(longer, 25, 45, 1.1);
    assertEquals(
        List.of(25, 45),
        ChangePoints.of(longer).stream().map(ChangePoints.ChangePoint::index).toList());
  }

  @Test
  void lastDigitsAreNoChange() {
    double[] series = new double[40];
    Arrays.fill(series, 2205);
    raise(series, 20, 40, 1 + 1e-9);

    assertEquals(List.of(), ChangePoints.of(series));
  }

  @Test
  void theSameFigureNightAfterNightHasNoChangeAndAStepBetweenSuchHasOne() {
    double[] same = new double[40];
    Arrays.fill(same, 2205);
    assertEquals(List.of(), ChangePoints.of(same));

    raise(same, 20, 40, 1.01);
    assertEquals(20, ChangePoints.of(same).getFirst().index());
  }

  @Test
  void aShortHistoryHasNoChange() {
    assertEquals(List.of(), ChangePoints.of(new double[0]));
    assertEquals(List.of(), ChangePoints.of(new double[] {1, 2, 3, 1, 2, 3, 900, 900, 900}));

    double[] history = series(ChangePoints.FEWEST, 0.01, 8);
    raise(history, 9, history.length, 2);
    assertEquals(9, ChangePoints.of(history).getFirst().index());
    assertEquals(List.of(), ChangePoints.of(Arrays.copyOf(history, ChangePoints.FEWEST - 1)));
  }

  @Test
  void whatIsNoTimeIsRefused() {
    double[] series = series(20, 0.01, 7);
    series[3] = Double.NaN;
    assertThrows(IllegalArgumentException.class, () -> ChangePoints.of(series));
  }
}
