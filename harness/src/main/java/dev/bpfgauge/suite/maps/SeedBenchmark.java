package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.Words;
import dev.bpfgauge.model.SeedFigures;
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
 * What the founding documents timed, as they timed it: a whole loop of calls in one timing, divided
 * by the calls ({@link SeedLoop}).
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
public class SeedBenchmark {
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

  private SeedLoop loop;
  private int wrong;

  @Benchmark
  public void loop() {
    wrong += loop.run();
  }

  /** Runs timings until the time is up: single shots have no warm-up that ends by time. */
  @Setup
  public void warmUp() {
    SeedCell.Operation timed = Words.parse(SeedCell.Operation.class, "operation", operation);
    loop = new SeedLoop(new SeedCell(timed, MapKind.ofWord(map), calls));
    SeedLoop brief = new SeedLoop(new SeedCell(timed, MapKind.ofWord(map), SeedFigures.CALLS));
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
