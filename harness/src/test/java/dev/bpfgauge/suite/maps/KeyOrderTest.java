package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
  private static final int[] KEYS = IntStream.range(100, 1124).toArray();

  @Test
  void sequentialStartsOverAtTheEnd() {
    int[] sequence = KeyOrder.SEQUENTIAL.sequence(KEYS, 2048, 1);
    assertEquals(100, sequence[0]);
    assertEquals(1123, sequence[1023]);
    assertEquals(100, sequence[1024]);
  }

  @Test
  void randomVisitsEachKeyOnceInEachTurnAndNotInOrder() {
    int[] turn = Arrays.copyOf(KeyOrder.RANDOM.sequence(KEYS, 4096, 7), KEYS.length);
    assertFalse(Arrays.equals(KEYS, turn));
    Arrays.sort(turn);
    assertArrayEquals(KEYS, turn);
  }

  @Test
  void equalSeedsGiveEqualSequencesAndOthersDoNot() {
    for (KeyOrder order : new KeyOrder[] {KeyOrder.RANDOM, KeyOrder.ZIPF}) {
      int[] once = order.sequence(KEYS, 4096, 42);
      assertArrayEquals(once, order.sequence(KEYS, 4096, 42));
      assertFalse(Arrays.equals(once, order.sequence(KEYS, 4096, 43)));
    }
  }

  @Test
  void zipfFrequenciesFollowTheLaw() {
    int draws = 1 << 20;
    int[] counts = new int[KEYS.length];
    for (int key : KeyOrder.ZIPF.sequence(KEYS, draws, 3)) {
      counts[key - 100]++;
    }
    Arrays.sort(counts);
    double harmonic =
        IntStream.rangeClosed(1, KEYS.length)
            .mapToDouble(r -> Math.pow(r, -KeyOrder.ZIPF_EXPONENT))
            .sum();
    for (int rank : new int[] {1, 2, 5, 20}) {
      double expected = draws * Math.pow(rank, -KeyOrder.ZIPF_EXPONENT) / harmonic;
      double seen = counts[counts.length - rank];
      // Five standard deviations of a binomial count.
      assertTrue(Math.abs(seen - expected) < 5 * Math.sqrt(expected), rank + ": " + seen);
    }
  }

  @Test
  void oneKeyIsASequenceToo() {
    for (KeyOrder order : KeyOrder.values()) {
      assertArrayEquals(new int[] {9, 9, 9}, order.sequence(new int[] {9}, 3, 1));
    }
  }
}
