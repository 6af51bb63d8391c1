package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import java.util.SplittableRandom;

/**
 * The order in which a loop visits its keys; made before anything is timed, the same for a seed.
 */
public enum KeyOrder {
  /** In the order of the keys, again and again. */
  SEQUENTIAL,
  /** A shuffle of the keys, again and again: each is visited equally often. */
  RANDOM,
  /** Drawn with P(rank r) ∝ 1 / r^0.99, as YCSB's; which key has which rank is shuffled. */
  ZIPF;

  static final double ZIPF_EXPONENT = 0.99;

  /**
   * The sequence of {@code length} keys taken from {@code keys}.
   *
   * @param keys distinct keys, at least one
   * @param seed equal seeds give equal sequences
   */
  public int[] sequence(int[] keys, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return switch (this) {
      case SEQUENTIAL -> repeat(keys, length);
      case RANDOM -> repeat(shuffled(keys, random), length);
      case ZIPF -> drawn(shuffled(keys, random), length, random);
    };
  }

  public String word() {
    return EnumWords.of(this);
  }

  public static KeyOrder ofWord(String word) {
    return EnumWords.parse(KeyOrder.class, "order", word);
  }

  private static int[] repeat(int[] keys, int length) {
    int[] sequence = new int[length];
    for (int i = 0; i < length; i++) {
      sequence[i] = keys[i % keys.length];
    }
    return sequence;
  }

  private static int[] shuffled(int[] keys, SplittableRandom random) {
    int[] shuffled = keys.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    return shuffled;
  }

  private static int[] drawn(int[] byRank, int length, SplittableRandom random) {
    double[] cumulated = new double[byRank.length];
    double sum = 0;
    for (int rank = 0; rank < byRank.length; rank++) {
      sum += Math.pow(rank + 1, -ZIPF_EXPONENT);
      cumulated[rank] = sum;
    }
    int[] sequence = new int[length];
    for (int i = 0; i < length; i++) {
      sequence[i] = byRank[rankOf(random.nextDouble() * sum, cumulated)];
    }
    return sequence;
  }

  private static int rankOf(double drawn, double[] cumulated) {
    int at = java.util.Arrays.binarySearch(cumulated, drawn);
    return Math.min(at < 0 ? -at - 1 : at, cumulated.length - 1);
  }
}
