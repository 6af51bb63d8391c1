package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import java.util.List;

/**
 * What all threads spent in one iteration.
 *
 * @param batches nanoseconds per operation of each batch, the loop's own included
 * @param loops the same of the loop without the operation
 * @param operations operations in all batches together
 */
public record Spent(List<Double> batches, List<Double> loops, long operations) {

  private double loopNanos() {
    return Medians.of(loops);
  }

  /** Of the middle batch: one that was interrupted weighs no more than another. */
  private double net() {
    return Medians.of(batches) - loopNanos();
  }

  private static double uninterrupted(List<Double> batches) {
    return batches.stream().sorted().skip((batches.size() - 1) / 4).findFirst().orElseThrow();
  }

  private static Spent together(List<Spent> iterations) {
    return new Spent(
        iterations.stream().flatMap(spent -> spent.batches.stream()).toList(),
        iterations.stream().flatMap(spent -> spent.loops.stream()).toList(),
        iterations.stream().mapToLong(Spent::operations).sum());
  }

  /**
   * What a fork's iterations say together. An operation that takes no longer than the loop scatters
   * may come out at zero or below: without such forks the mean of the others would be too high.
   *
   * @param batch operations of a batch
   * @param gross the loop's own time is what was asked for, and stays in
   * @param counted instructions were counted: batches are equal but for interrupts, which add to up
   *     to half of them, so the figure is the lower quartile
   */
  public static Measurement measurement(
      List<Spent> iterations, int batch, boolean gross, boolean counted) {
    Spent together = together(iterations);
    double loop =
        counted
            ? uninterrupted(together.loops)
            : iterations.stream().mapToDouble(Spent::loopNanos).average().orElseThrow();
    double subtracted = gross ? 0 : loop;
    double[] all =
        together.batches.stream().mapToDouble(nanos -> nanos - subtracted).sorted().toArray();
    List<Double> means =
        iterations.stream().map(spent -> gross ? Medians.of(spent.batches) : spent.net()).toList();
    double mean =
        counted
            ? uninterrupted(together.batches) - subtracted
            : means.stream().mapToDouble(m -> m).average().orElseThrow();
    return new Measurement(
        mean, means, Measurement.Batches.ofSorted(batch, all), together.operations, null, null);
  }
}
