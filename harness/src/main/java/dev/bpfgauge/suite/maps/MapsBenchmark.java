package dev.bpfgauge.suite.maps;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What one operation on one element of a BPF map costs from user space, for every map kind.
 *
 * <p>State of the data: the map holds {@code fill} per cent of its {@code entries}; every lookup
 * but {@link #lookupMiss} hits (100 % hit rate), every update finds its key, every insert does not,
 * every delete does. The keys' order is made beforehand. Each result is checked: the return code,
 * and for reads the value, on the first and the last possible CPU. Inserts and deletes are undone
 * between two invocations, outside the time measured.
 *
 * <p>One invocation is one or more batches of operations ({@link MapCell#timedTogether}); the clock
 * is read before and after each for the percentiles, which adds less than 1 ns to an operation.
 *
 * <p>{@code java -jar harness.jar run --suite maps --map hash --op lookup}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MapsBenchmark {

  @Benchmark
  public void lookup(Worker worker) {
    for (int i = worker.timings(); i > 0; i--) {
      worker.timed(System.nanoTime(), worker.loop().lookups());
    }
  }

  @Benchmark
  public void lookupMiss(Worker worker) {
    for (int i = worker.timings(); i > 0; i--) {
      worker.timed(System.nanoTime(), worker.loop().misses());
    }
  }

  @Benchmark
  public void update(Worker worker) {
    for (int i = worker.timings(); i > 0; i--) {
      worker.timed(System.nanoTime(), worker.loop().updates());
    }
  }

  @Benchmark
  public void insert(Undoer worker) {
    worker.timed(System.nanoTime(), worker.loop().updates());
  }

  @Benchmark
  public void delete(Undoer worker) {
    worker.timed(System.nanoTime(), worker.loop().deletes());
  }

  @Benchmark
  public void iterate(Worker worker) {
    for (int i = worker.timings(); i > 0; i--) {
      worker.timed(System.nanoTime(), worker.loop().nextKeys());
    }
  }

  @Benchmark
  public void batchLookup(Worker worker) {
    worker.timed(System.nanoTime(), worker.loop().batchLookups());
  }

  @Benchmark
  public void batchUpdate(Worker worker) {
    worker.timed(System.nanoTime(), worker.loop().batchUpdates());
  }

  @Benchmark
  public void batchDelete(Undoer worker) {
    worker.timed(System.nanoTime(), worker.loop().batchDeletes());
  }

  @Benchmark
  public void mmapRead(Worker worker) {
    worker.timed(System.nanoTime(), worker.loop().mappedReads());
  }

  /**
   * The parameters, and the map that all threads share where they share one. Nothing is closed: the
   * fork's end does that, and a tear-down would run, and allocate, inside the last iteration.
   */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param("hash")
    public String map;

    @Param("1024")
    public String entries;

    @Param("4")
    public String key;

    @Param("8")
    public String value;

    @Param("100")
    public String fill;

    @Param("shared")
    public String sharing;

    @Param("random")
    public String order;

    @Param("libbpf")
    public String path;

    @Param("256")
    public String batch;

    @Param("1")
    public long seed;

    @Param("0")
    public long injectNanos;

    private @Nullable FilledMap filled;

    @Setup
    public void fill(BenchmarkParams benchmark) {
      MapCell cell = cell(benchmark);
      filled = cell.ownMap() ? null : FilledMap.of(cell);
    }

    MapCell cell(BenchmarkParams benchmark) {
      String name = benchmark.getBenchmark();
      return MapCell.of(
          MapCell.operationOfMethod(name.substring(name.lastIndexOf('.') + 1)),
          Map.ofEntries(
              Map.entry("map", map),
              Map.entry("entries", entries),
              Map.entry("key", key),
              Map.entry("value", value),
              Map.entry("fill", fill),
              Map.entry("threads", Integer.toString(benchmark.getThreads())),
              Map.entry("sharing", sharing),
              Map.entry("order", order),
              Map.entry("path", path),
              Map.entry("batch", batch)));
    }
  }

  /** One thread's loop, its times and the results that were wrong. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
  public static class Worker {
    private MapLoop loop;
    private final TimeBuckets times = new TimeBuckets();
    private int timings;
    private long wrong;

    @Setup
    public void prepare(Shared shared, BenchmarkParams benchmark, ThreadParams thread) {
      MapCell cell = shared.cell(benchmark);
      FilledMap filled = shared.filled;
      if (filled == null) {
        filled = FilledMap.of(cell);
      }
      BatchTimes.collect(times);
      timings = cell.timingsPerInvocation();
      int number = cell.ownMap() ? 0 : thread.getThreadIndex();
      loop = new MapLoop(cell, filled, number, shared.seed, shared.injectNanos, false);
    }

    MapLoop loop() {
      return loop;
    }

    /** How often the benchmark reads the clock in one invocation. */
    int timings() {
      return timings;
    }

    /** Takes the clock's reading before the batch and what the batch got wrong. */
    void timed(long startNanos, int wrongResults) {
      times.add(System.nanoTime() - startNanos);
      wrong += wrongResults;
    }

    /**
     * Looks at what the iteration got wrong.
     *
     * @throws IllegalStateException where a result was wrong
     */
    @TearDown(Level.Iteration)
    public void check() {
      if (wrong > 0) {
        throw new IllegalStateException(
            wrong + " results were wrong: the map did not answer what was written to it");
      }
      loop.check();
    }
  }

  /** A loop that inserts or deletes, and undoes it; only such benchmarks pay for that. */
  @State(Scope.Thread)
  public static class Undoer extends Worker {

    @Setup(Level.Invocation)
    public void undo() {
      loop().undo();
    }
  }
}
