package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What all threads spent in one iteration: turns of the operation, each paired with one of the loop
 * without it.
 *
 * @param batches nanoseconds per operation of each turn, the loop's own included
 * @param loops the same of the loop that the turn is paired with, as many
 * @param operations operations in all turns together
 */
public record Spent(List<Double> batches, List<Double> loops, long operations) {
  /** Long against the clock's readings, short against a time slice. */
  public static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Checks that the turns are pairs.
   *
   * @throws IllegalArgumentException where there is none, or one is alone
   */
  public Spent {
    batches = List.copyOf(batches);
    loops = List.copyOf(loops);
    if (batches.isEmpty() || batches.size() != loops.size()) {
      throw new IllegalArgumentException(
          "%d turns of the operation and %d of the loop are no pairs"
              .formatted(batches.size(), loops.size()));
    }
  }

  /**
   * Lets both take turns until the time is over: operation, loop, loop, operation.
   *
   * @param batch operations in a turn
   * @param operation does the turn of that number, from 0; gives nanoseconds per operation
   * @param loop the same without the operation
   */
  public static Spent inTurns(
      int millis, int batch, IntToDoubleFunction operation, IntToDoubleFunction loop) {
    List<Double> batches = new ArrayList<>();
    List<Double> loops = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (int i = 0; i == 0 || System.nanoTime() < end; i++) {
      if (i % 2 == 0) {
        batches.add(operation.applyAsDouble(i));
        loops.add(loop.applyAsDouble(i));
      } else {
        loops.add(loop.applyAsDouble(i));
        batches.add(operation.applyAsDouble(i));
      }
    }
    return new Spent(batches, loops, (long) batches.size() * batch);
  }

  /** What the operation adds to the loop, one figure a pair. */
  private List<Double> net() {
    return IntStream.range(0, batches.size()).mapToObj(i -> batches.get(i) - loops.get(i)).toList();
  }

  private static double uninterrupted(List<Double> batches) {
    return batches.stream().sorted().skip((batches.size() - 1) / 4).findFirst().orElseThrow();
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(nanos -> nanos).average().orElseThrow();
  }

  private static Spent together(List<Spent> iterations) {
    return new Spent(
        iterations.stream().flatMap(spent -> spent.batches.stream()).toList(),
        iterations.stream().flatMap(spent -> spent.loops.stream()).toList(),
        iterations.stream().mapToLong(Spent::operations).sum());
  }

  /**
   * What a fork's iterations say together: the median over the pairs, and beside it the mean, which
   * holds what others took. An operation that takes no longer than the loop scatters may come out
   * at zero or below: without such forks the mean of the others would be too high.
   *
   * @param batch operations of a turn
   * @param gross the loop's own time is what was asked for, and stays in
   * @param counted instructions were counted: turns are equal but for interrupts, which add to up
   *     to half of them, so the figure is the lower quartile, and there is no wait
   */
  public static Measurement measurement(
      List<Spent> iterations, int batch, boolean gross, boolean counted) {
    Spent all = together(iterations);
    List<Double> pairs = gross ? all.batches : all.net();
    double loop = counted ? uninterrupted(all.loops) : Medians.of(all.loops);
    double subtracted = gross ? 0 : loop;
    Measurement measurement =
        new Measurement(
            counted ? uninterrupted(all.batches) - subtracted : Medians.of(pairs),
            iterations.stream()
                .map(spent -> Medians.of(gross ? spent.batches : spent.net()))
                .toList(),
            Measurement.Batches.ofSorted(
                batch,
                all.batches.stream().mapToDouble(nanos -> nanos - subtracted).sorted().toArray()),
            all.operations,
            null,
            null);
    return counted
        ? measurement
        : measurement.with(
            Map.of(Measurement.WITH_WAITS, mean(pairs), Measurement.TURNS, (double) pairs.size()));
  }
}
