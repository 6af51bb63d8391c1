package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.PublishedFigures;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the 2024 comparison timed, as they timed it: a whole loop of calls in one timing, divided by
 * the calls ({@link LoopAsPublished}).
 *
 * <p>State of the data: 1024 elements, u32 → u64, all there at the start of each timing; keys are
 * {@code rand() % key}. One invocation is one timing; the fork is warmed up beforehand.
 *
 * <p>{@code java -jar harness.jar run --suite maps-seed}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class PublishedLoopBenchmark {
  @Param("lookup")
  public String operation;

  @Param("hash")
  public String map;

  @Param("1023")
  public int calls;

  @Param("1")
  public int seed;

  @Param("400")
  public int warmupMillis;

  private LoopAsPublished loop;
  private int wrong;

  @Benchmark
  public void loop() {
    wrong += loop.run();
  }

  /** Runs timings until the time is up: single shots have no warm-up that ends by time. */
  @Setup
  public void warmUp() {
    PublishedLoopCell.Operation timed =
        EnumWords.parse(PublishedLoopCell.Operation.class, "operation", operation);
    loop = new LoopAsPublished(new PublishedLoopCell(timed, MapKind.ofWord(map), calls));
    LoopAsPublished brief =
        new LoopAsPublished(
            new PublishedLoopCell(timed, MapKind.ofWord(map), PublishedFigures.CALLS));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmupMillis);
    while (System.nanoTime() < end) {
      brief.refill(seed);
      wrong += brief.run();
    }
    brief.close();
  }

  @Setup(Level.Iteration)
  public void refill() {
    loop.refill(seed);
  }

  /**
   * Looks at the timing's results.
   *
   * @throws IllegalStateException where one was unexpected
   */
  @TearDown(Level.Iteration)
  public void check() {
    if (wrong > 0) {
      throw new IllegalStateException(wrong + " results were wrong in the loop of " + operation);
    }
  }
}
