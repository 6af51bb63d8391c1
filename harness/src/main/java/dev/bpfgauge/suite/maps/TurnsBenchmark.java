package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.Refusal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * What operations on elements of BPF maps cost beside each other: one invocation is one turn of one
 * of many cells, in an order that is random in each cycle over all of them.
 *
 * <p>State of the data and checks are those of {@link MapsBenchmark}. A turn is about a millisecond
 * long: as many batches as that takes, timed one by one. {@link References} have turns as well, of
 * a quarter of that. JMH drives and warms up; its own score is a mean over all cells and says
 * nothing. {@link TurnTimes} carries the times to the harness.
 *
 * <p>{@code java -jar harness.jar run --suite maps}
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TurnsBenchmark {

  @Benchmark
  public void turn(Taker taker) {
    taker.turn();
  }

  /** All loops, and whose turn it is. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
  public static class Taker {
    /** As {@link TurnsFork#slots} writes them. */
    @Param("")
    public String slots;

    /** The loop in C, where a cell is one. */
    @Param("")
    public String library;

    @Param("1")
    public long seed;

    /** Memory of the reference that walks through it, 0 for none. */
    @Param("0")
    public long walkBytes;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final boolean tellsCpu = threads.isCurrentThreadCpuTimeSupported();
    private TurnTimes.Log log;
    private List<Turner> turners;
    private List<Integer> order;
    private Random random;
    private int at;
    private Turner next;

    /** Nothing is closed: the fork's end does that. */
    @Setup
    public void prepare(BenchmarkParams benchmark) {
      random = new Random(seed);
      turners = new ArrayList<>();
      order = new ArrayList<>();
      List<String> refusals = new ArrayList<>();
      for (TurnsFork.Wanted wanted : TurnsFork.slots(slots)) {
        try {
          turners.add(new Turner(loop(wanted), Turner.MOST_TIMINGS));
          refusals.add("");
        } catch (Refusal refusal) { // The others need not share its fate.
          refusals.add(String.valueOf(refusal.getMessage()));
        }
      }
      for (Reference reference : References.of(walkBytes)) {
        turners.add(new Turner(References.loop(reference, walkBytes), Turner.TIMINGS_OF_REFERENCE));
      }
      IntStream.range(0, turners.size()).forEach(order::add);
      at = order.size();
      log = TurnTimes.logOf(turners, refusals);
    }

    private TimedLoop loop(TurnsFork.Wanted wanted) {
      if (wanted.cell().suite().equals(Cell.FLOOR)) {
        return TimedLoop.of(FloorStep.ofWord(wanted.cell().operation()));
      }
      MapCell cell = MapCell.of(wanted.cell());
      FilledMap filled = FilledMap.of(cell);
      MapLoop java = new MapLoop(cell, filled, 0, seed, wanted.injectNanos(), false);
      TimedLoop loop = TimedLoop.of(cell, java);
      return cell.runtime() == LoopRuntime.JAVA
          ? loop
          : loop.with(LoopInC.alone(Path.of(library), cell, filled, seed));
    }

    @Setup(Level.Invocation)
    public void choose() {
      if (at == order.size()) {
        Collections.shuffle(order, random);
        at = 0;
      }
      next = turners.get(order.get(at));
      log.room(order.get(at), next);
      at++;
    }

    void turn() {
      long cpu = tellsCpu ? threads.getCurrentThreadCpuTime() : 0;
      long start = System.nanoTime();
      next.run(log);
      long end = System.nanoTime();
      log.took(start, end, tellsCpu ? threads.getCurrentThreadCpuTime() - cpu : 0);
    }

    /**
     * Goes on where a busy machine gave too few turns in the iteration's time, and looks at what
     * was wrong.
     *
     * @throws IllegalStateException where a result was wrong
     */
    @TearDown(Level.Iteration)
    public void check(IterationParams iteration) {
      int enough =
          iteration.getType() == IterationType.MEASUREMENT
              ? (Turns.FEWEST + 1) * turners.size() // It may have begun within a cycle.
              : 0;
      while (log.turns() < enough) {
        choose();
        turn();
      }
      turners.forEach(Turner::check);
    }
  }

  /** One cell's loop, and how much of it is a turn. */
  static final class Turner {
    static final int MOST_TIMINGS = 16;

    /** Beside a few cells the references would otherwise take much of the time. */
    static final int TIMINGS_OF_REFERENCE = MOST_TIMINGS / 4;

    private static final long TURN_NANOS = 1_000_000;
    private static final long TIMING_NANOS = TURN_NANOS / MOST_TIMINGS;

    /** A batch that lasts as long as a tick would have its turn cut short. */
    private static final int MOST_BATCHES = 1 << 12;

    private final TimedLoop loop;
    private final int mostTimings;
    private boolean settled;
    private int batches = 1;
    private int timings = 1;
    private double batchNanos;
    private double spanNanos;
    private long wrong;

    /**
     * @param mostTimings a turn of so many is a millisecond long; one of fewer is shorter
     */
    Turner(TimedLoop loop, int mostTimings) {
      this.loop = loop;
      this.mostTimings = mostTimings;
    }

    /** Operations in one timing. */
    int operations() {
      return batches * loop.operations();
    }

    int timings() {
      return timings;
    }

    /** From here on its turns are of one shape. */
    void settle() {
      if (!settled && batchNanos > 0) {
        boolean undone = loop.undone();
        batches = undone ? 1 : Math.clamp(Math.round(TIMING_NANOS / batchNanos), 1, MOST_BATCHES);
        double each = undone ? spanNanos : batches * batchNanos;
        timings = Math.clamp(Math.round(TURN_NANOS / each), 1, mostTimings);
      }
      settled = true;
    }

    void run(TurnTimes.Log log) {
      for (int i = 0; i < timings; i++) {
        if (loop.undone()) {
          loop.between().run();
        }
        long start = System.nanoTime();
        for (int batch = 0; batch < batches; batch++) {
          wrong += loop.body().getAsInt();
        }
        log.timed(System.nanoTime() - start);
      }
    }

    /** In the warm-up: how long a batch takes now. The least of some turns is nobody else's. */
    void took(long timedNanos, long span) {
      if (!settled) {
        double batch = (double) timedNanos / batches;
        // Compiled code is faster than what ran before: what is older counts less and less.
        batchNanos = batchNanos == 0 ? batch : Math.min(batch, batchNanos * 1.05);
        double whole = (double) span / timings;
        spanNanos = spanNanos == 0 ? whole : Math.min(whole, spanNanos * 1.05);
        batches =
            loop.undone() ? 1 : Math.clamp(Math.round(TIMING_NANOS / batchNanos), 1, MOST_BATCHES);
        timings = mostTimings / 2;
      }
    }

    void check() {
      if (wrong > 0) {
        throw new IllegalStateException(
            wrong + " results were wrong: the map did not answer what was written to it");
      }
      loop.after().run();
    }
  }
}
