package dev.bpfgauge.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one fork measured.
 *
 * @param meanNanosPerOp nanoseconds per operation over the fork: the unit of replication. The mean;
 *     of cells in turns the median of the turns' means
 * @param iterationNanosPerOp the same of each JMH iteration, or part of the fork, in order
 * @param batches time per operation over batches, where the benchmark samples batches
 * @param operations operations timed in this fork
 * @param bytesPerOp bytes allocated per operation (JMH's gc profiler), absent for C
 * @param pooledErrorNanos JMH's own ± at 99.9 %, pooled over iterations: too narrow, shown as such
 * @param extras what the suite measured besides, by name with its unit, e.g. {@code
 *     processed_insns}; absent where it measures nothing else
 * @param missing figures of this kind that could not be had, each with the reason in one sentence;
 *     absent where nothing is missing
 */
public record Measurement(
    double meanNanosPerOp,
    List<Double> iterationNanosPerOp,
    @Nullable Batches batches,
    long operations,
    @Nullable Double bytesPerOp,
    @Nullable Double pooledErrorNanos,
    @Nullable SortedMap<String, Double> extras,
    @Nullable SortedMap<String, String> missing) {

  /** Among the extras: turns that the fork's figure is the median of. */
  public static final String TURNS = "turns";

  /** Among the extras: the mean of the turns, waits for a CPU included, ns per operation. */
  public static final String WITH_WAITS = "with_waits_ns";

  public Measurement {
    iterationNanosPerOp = List.copyOf(iterationNanosPerOp);
    extras = extras == null ? null : Collections.unmodifiableSortedMap(new TreeMap<>(extras));
    missing = missing == null ? null : Collections.unmodifiableSortedMap(new TreeMap<>(missing));
  }

  /** With nothing missing. */
  public Measurement(
      double meanNanosPerOp,
      List<Double> iterationNanosPerOp,
      @Nullable Batches batches,
      long operations,
      @Nullable Double bytesPerOp,
      @Nullable Double pooledErrorNanos,
      @Nullable SortedMap<String, Double> extras) {
    this(
        meanNanosPerOp,
        iterationNanosPerOp,
        batches,
        operations,
        bytesPerOp,
        pooledErrorNanos,
        extras,
        null);
  }

  /** Without extras. */
  public Measurement(
      double meanNanosPerOp,
      List<Double> iterationNanosPerOp,
      @Nullable Batches batches,
      long operations,
      @Nullable Double bytesPerOp,
      @Nullable Double pooledErrorNanos) {
    this(
        meanNanosPerOp,
        iterationNanosPerOp,
        batches,
        operations,
        bytesPerOp,
        pooledErrorNanos,
        null);
  }

  /** Whether its figure is a median of turns, which holds no waits for a CPU. */
  public boolean isOfTurns() {
    return extras != null && extras.containsKey(TURNS);
  }

  /** The same with other extras. */
  public Measurement with(Map<String, Double> more) {
    return new Measurement(
        meanNanosPerOp,
        iterationNanosPerOp,
        batches,
        operations,
        bytesPerOp,
        pooledErrorNanos,
        new TreeMap<>(more),
        missing);
  }

  /**
   * Distribution of the time per operation over batches, in nanoseconds.
   *
   * @param size operations in one batch
   * @param count batches timed
   */
  public record Batches(int size, long count, double p50, double p90, double p99, double max) {

    /**
     * Of all batches' times.
     *
     * @param sorted nanoseconds per operation of each batch, ascending, at least one
     */
    public static Batches ofSorted(int size, double[] sorted) {
      return new Batches(
          size,
          sorted.length,
          percentile(sorted, 50),
          percentile(sorted, 90),
          percentile(sorted, 99),
          sorted[sorted.length - 1]);
    }

    private static double percentile(double[] sorted, int percent) {
      return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
  }
}
