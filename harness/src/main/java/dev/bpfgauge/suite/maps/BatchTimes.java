package dev.bpfgauge.suite.maps;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.util.SampleBuffer;

/**
 * Carries the time of each batch from the benchmark's threads into JMH's result, as the secondary
 * result {@value #LABEL} of the last iteration: nanoseconds of one whole batch, over all measured
 * iterations. Handed over after each iteration, the times would be packed, sent and compiled for
 * while the next one is measured, which on two CPUs cost it three per cent.
 *
 * <p>JMH's own sampling mode is not used, because its mean is wrong for short operations: it
 * divides each sample by the operations per invocation as whole numbers, cutting off up to 1 ns,
 * and takes the mean over buckets' lower ends. Here the mean is JMH's average time, which is exact,
 * and only the percentiles come from buckets (0.2 % wide). With several threads the batches also
 * hold those run while JMH waits for all threads to start and end. Loaded by JMH in the fork by its
 * name.
 */
public final class BatchTimes implements InternalProfiler {
  static final String LABEL = "batch";

  private static final List<TimeBuckets> OF_THREADS = new CopyOnWriteArrayList<>();

  private int measured;

  /** Makes a thread's times part of the result, from now on. */
  static void collect(TimeBuckets ofOneThread) {
    OF_THREADS.add(ofOneThread);
  }

  @Override
  public String getDescription() {
    return "time of each batch of operations";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (iteration.getType() == IterationType.WARMUP || measured == 0) {
      OF_THREADS.forEach(TimeBuckets::clear);
    }
  }

  @Override
  public Collection<SampleTimeResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (iteration.getType() == IterationType.WARMUP || ++measured < iteration.getCount()) {
      return List.of();
    }
    SampleBuffer all = new SampleBuffer();
    OF_THREADS.forEach(times -> times.addTo(all));
    return List.of(new SampleTimeResult(ResultRole.SECONDARY, LABEL, all, TimeUnit.NANOSECONDS));
  }
}
