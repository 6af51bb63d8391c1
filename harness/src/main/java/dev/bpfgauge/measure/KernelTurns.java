package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Measures what a BPF program does many times in one run, timed inside the kernel: turns of the
 * operation, long enough that the clock's readings do not count, and of the same loop without the
 * operation, whose time is subtracted. Before that, twice as many must take twice as long.
 */
public final class KernelTurns {
  /** What a fork's loops can do in one run. */
  public static final int MOST_AT_ONCE = 1 << 23;

  /** Where instructions are counted: a timer's tick, each millisecond at most, hits few of them. */
  private static final long COUNTED_BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(125);

  /** Of the loop alone where several CPUs run at once: all of them before the operation's. */
  private static final int LOOPS_BESIDE_OTHERS = 25;

  /** Operations of a first try. */
  private static final int FEW = 64;

  /** The fastest of so many says how long a batch takes. */
  private static final int CALIBRATIONS = 3;

  /** A CPU that does not come has failed. */
  private static final int LONGEST_WAIT_SECONDS = 20;

  private static final int PROPORTION_TRIES = 5;
  private static final int PROPORTION_PAIRS = 5;
  private static final double PROPORTION_TOLERANCE = 0.05;

  private final Loop loop;
  private final boolean counted;

  private KernelTurns(Loop loop, boolean counted) {
    this.loop = loop;
    this.counted = counted;
  }

  /** A loaded operation, and the same loop without it. */
  public interface Loop {
    /** One thread's way to run them; its memory is its own. */
    Runner runner(int thread);

    /** Fewest operations of a run that does all of them, so that longer ones do no other. */
    int leastAtOnce();

    /** Most operations that one run can do: what is taken must be put back first. */
    default int mostAtOnce() {
      return MOST_AT_ONCE;
    }

    /** Each run uses up what it works on, until {@link Runner#undo}. */
    default boolean takesBack() {
      return false;
    }
  }

  /** One thread's way to run a {@link Loop}. */
  public interface Runner {
    /**
     * Runs the operation.
     *
     * @param count how often
     * @param from which of the things that it is done to comes first
     */
    Ran operation(int count, int from);

    /** Runs the loop without the operation, alike. */
    Ran empty(int count, int from);

    /** Takes back what the operation did from the first thing on, outside its time. */
    default void undo(int count) {}
  }

  /**
   * What a run took.
   *
   * @param nanos by the kernel's clock, inside the program
   * @param right operations whose result was right
   */
  public record Ran(long nanos, long right) {}

  /**
   * Makes sure that so many CPUs can work at once.
   *
   * @throws Refusal where there are fewer
   */
  public static void requireCpus(int threads) {
    if (threads > Cpu.count()) {
      throw Refusal.environment(
          "%d CPUs are wanted, this process may use %d".formatted(threads, Cpu.count()));
    }
  }

  /**
   * Measures a cell.
   *
   * @param threads CPUs that run the programs at once, each pinned where there are several
   * @param gross the loop's own time is what was asked for, and stays in
   * @throws IllegalStateException where a result was wrong, or the times cannot be trusted
   */
  public static Measurement measure(Loop loop, int threads, boolean gross, Settings settings) {
    return new KernelTurns(loop, settings.counted()).measurement(threads, gross, settings);
  }

  private Measurement measurement(int threads, boolean gross, Settings settings) {
    List<Runner> runners = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      runners.add(loop.runner(thread));
    }
    Runner first = runners.getFirst();
    int batch = calibrated(first, true);
    // Few operations at once share the clock's readings with few: the loop alone must as well.
    int idle = loop.takesBack() ? batch : calibrated(first, false);
    if (!loop.takesBack()) {
      requireProportion(first, batch);
    }
    spend(runners, batch, idle, Math.min(Meter.LONGEST_WARMUP_MILLIS, settings.warmupMillis()));
    List<Spent> iterations = new ArrayList<>();
    for (int i = 0; i < settings.measureIterations(); i++) {
      iterations.add(spend(runners, batch, idle, settings.measureMillis()));
    }
    return Spent.measurement(iterations, batch, gross, counted);
  }

  /**
   * How many operations take a batch's time, as far as that many can be done at once. One after the
   * other, batches visit all keys; where instructions are counted, or keys used up, each does.
   */
  private int calibrated(Runner runner, boolean own) {
    int most = own ? loop.mostAtOnce() : MOST_AT_ONCE;
    int count =
        counted || loop.takesBack() ? loop.leastAtOnce() : Math.min(FEW, loop.leastAtOnce());
    while (count < most) {
      long nanos = Long.MAX_VALUE;
      for (int i = 0; i < (counted ? 1 : CALIBRATIONS); i++) {
        nanos =
            Math.min(nanos, (own ? runner.operation(count, 0) : runner.empty(count, 0)).nanos());
        if (own) {
          runner.undo(count);
        }
      }
      if (nanos >= (counted ? COUNTED_BATCH_NANOS : Spent.TURN_NANOS)) {
        return count;
      }
      count = (int) Math.min(most, 2L * count);
    }
    return count;
  }

  /**
   * Twice as many operations must take twice as long. The fastest of some runs are compared, and
   * again where a disturbance hit all of one side.
   */
  private void requireProportion(Runner runner, int count) {
    int half = Math.max(loop.leastAtOnce(), count / 2);
    double ratio = Double.NaN;
    for (int attempt = 0; attempt < PROPORTION_TRIES; attempt++) {
      long one = Long.MAX_VALUE;
      long two = Long.MAX_VALUE;
      for (int i = 0; i < PROPORTION_PAIRS; i++) {
        one = Math.min(one, timed(runner, half));
        two = Math.min(two, timed(runner, 2 * half));
      }
      ratio = (double) two / one;
      if (Math.abs(ratio / 2 - 1) <= PROPORTION_TOLERANCE) {
        return;
      }
    }
    throw new IllegalStateException(
        "the times cannot be trusted: %d operations took %.2f times as long as %d"
            .formatted(2 * half, ratio, half));
  }

  private static long timed(Runner runner, int count) {
    long nanos = runner.operation(count, 0).nanos();
    runner.undo(count);
    return nanos;
  }

  private Spent spend(List<Runner> runners, int batch, int idle, int millis) {
    return runners.size() == 1
        ? alone(runners.getFirst(), batch, idle, millis)
        : together(runners, batch, idle, millis);
  }

  /** Turns of the operation and of the loop, over the same keys. */
  private Spent alone(Runner runner, int batch, int idle, int millis) {
    return Spent.inTurns(
        millis,
        batch,
        turn -> nanos(runner, batch, turn * batch),
        turn -> runner.empty(idle, turn * batch).nanos() / (double) idle);
  }

  /** Nanoseconds per operation of one batch, all of whose results were right. */
  private double nanos(Runner runner, int batch, int from) {
    Ran ran = runner.operation(batch, loop.takesBack() ? 0 : from);
    runner.undo(batch);
    if (ran.right() != batch) {
      throw new IllegalStateException(
          "%d of %d results were wrong".formatted(batch - ran.right(), batch));
    }
    return (double) ran.nanos() / batch;
  }

  private Spent together(List<Runner> runners, int batch, int idle, int millis) {
    CyclicBarrier start = new CyclicBarrier(runners.size());
    try (ExecutorService threads = Executors.newFixedThreadPool(runners.size())) {
      List<Callable<Spent>> work = new ArrayList<>();
      for (int i = 0; i < runners.size(); i++) {
        int cpu = i;
        work.add(() -> {
          Cpu.pin(cpu);
          return besideOthers(runners.get(cpu), batch, idle, millis, start);
        });
      }
      List<Double> batches = new ArrayList<>();
      List<Double> loops = new ArrayList<>();
      long operations = 0;
      for (Future<Spent> done : threads.invokeAll(work)) {
        Spent spent = done.get();
        batches.addAll(spent.batches());
        loops.addAll(spent.loops());
        operations += spent.operations();
      }
      return new Spent(batches, loops, operations);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The loop first, then nothing but the operation, so that the others meet it all the time. The
   * last batch is left out: another CPU may have ended before it.
   */
  private Spent besideOthers(Runner runner, int batch, int idle, int millis, CyclicBarrier start)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    List<Double> loops = new ArrayList<>();
    start.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    for (int i = 0; i < LOOPS_BESIDE_OTHERS; i++) {
      loops.add(runner.empty(idle, 0).nanos() / (double) idle);
    }
    start.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    List<Double> batches = new ArrayList<>();
    int from = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      batches.add(nanos(runner, batch, from));
      from += batch;
    } while (batches.size() < 2 || System.nanoTime() < end);
    batches.removeLast();
    return new Spent(
        batches,
        Collections.nCopies(batches.size(), Medians.of(loops)),
        (long) batches.size() * batch);
  }
}
