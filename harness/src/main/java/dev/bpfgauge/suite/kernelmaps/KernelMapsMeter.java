package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Spent;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
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
 * Measures a cell of {@code kernel-maps}: turns of the operation, long enough that the clock's
 * readings do not count, and of the same loop without the operation, whose time is subtracted.
 * Before that the operation's results are checked, and that twice as many take twice as long.
 */
public final class KernelMapsMeter implements Meter {
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

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    LoopRuntime.requireJava(cell);
    KernelMapCell wanted = KernelMapCell.of(cell);
    wanted.refuseNonsense();
    if (wanted.threads() > Cpu.count()) {
      throw Refusal.environment(
          "%d CPUs are wanted, this process may use %d".formatted(wanted.threads(), Cpu.count()));
    }
    try (KernelLoop loop = KernelLoop.load(wanted, settings);
        Arena arena = Arena.ofShared()) {
      KernelLoop.Runner first = loop.runner(arena, 0);
      String objection = objection(wanted, loop, first);
      if (!objection.isEmpty()) {
        return new Outcome.Refused(objection);
      }
      int batch = calibrated(loop, first, loop.program(), settings.counted());
      // Few operations at once share the clock's readings with few: the loop alone must as well.
      int idle =
          loop.takesBack() ? batch : calibrated(loop, first, loop.empty(), settings.counted());
      if (!loop.takesBack()) {
        requireProportion(loop, first, batch);
      }
      List<KernelLoop.Runner> runners = new ArrayList<>();
      for (int thread = 0; thread < wanted.threads(); thread++) {
        runners.add(loop.runner(arena, thread));
      }
      boolean gross = wanted.operation() == KernelOperation.LOOP;
      spend(loop, runners, batch, idle, Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis()));
      List<Spent> iterations = new ArrayList<>();
      for (int i = 0; i < settings.measureIterations(); i++) {
        iterations.add(spend(loop, runners, batch, idle, settings.measureMillis()));
      }
      return new Outcome.Measured(
          Spent.measurement(iterations, batch, gross, settings.counted()), null);
    }
  }

  /** Asks for few operations first: a wrong result is a refusal of this kind of map, or a bug. */
  private static String objection(KernelMapCell cell, KernelLoop loop, KernelLoop.Runner runner) {
    int few = Math.min(FEW, loop.mostAtOnce());
    KernelLoop.Ran ran = runner.run(loop.program(), few, 0);
    if (ran.right() == few) {
      loop.undo(runner, few);
      return "";
    }
    if (ran.right() == 0 && cell.operation() == KernelOperation.DELETE) {
      return "EINVAL: arrays have no delete";
    }
    throw new IllegalStateException(
        "%s on %s: %d of %d results were wrong"
            .formatted(cell.operation().word(), cell.subject().word(), few - ran.right(), few));
  }

  /**
   * How many operations take a batch's time, as far as that many can be done at once. One after the
   * other, batches visit all keys; where instructions are counted, or keys used up, each does.
   */
  private static int calibrated(
      KernelLoop loop, KernelLoop.Runner runner, String program, boolean counted) {
    boolean own = program.equals(loop.program());
    int most = own ? loop.mostAtOnce() : KernelLoop.MOST_AT_ONCE;
    int count =
        counted || loop.takesBack() ? loop.leastAtOnce() : Math.min(FEW, loop.leastAtOnce());
    while (count < most) {
      long nanos = Long.MAX_VALUE;
      for (int i = 0; i < (counted ? 1 : CALIBRATIONS); i++) {
        nanos = Math.min(nanos, runner.run(program, count, 0).nanos());
        if (own) {
          loop.undo(runner, count);
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
  private static void requireProportion(KernelLoop loop, KernelLoop.Runner runner, int count) {
    int half = Math.max(loop.leastAtOnce(), count / 2);
    double ratio = Double.NaN;
    for (int attempt = 0; attempt < PROPORTION_TRIES; attempt++) {
      long one = Long.MAX_VALUE;
      long two = Long.MAX_VALUE;
      for (int i = 0; i < PROPORTION_PAIRS; i++) {
        one = Math.min(one, timed(loop, runner, half));
        two = Math.min(two, timed(loop, runner, 2 * half));
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

  private static long timed(KernelLoop loop, KernelLoop.Runner runner, int count) {
    long nanos = runner.run(loop.program(), count, 0).nanos();
    loop.undo(runner, count);
    return nanos;
  }

  private static Spent spend(
      KernelLoop loop, List<KernelLoop.Runner> runners, int batch, int idle, int millis) {
    return runners.size() == 1
        ? alone(loop, runners.getFirst(), batch, idle, millis)
        : together(loop, runners, batch, idle, millis);
  }

  /** Turns of the operation and of the loop, over the same keys. */
  private static Spent alone(
      KernelLoop loop, KernelLoop.Runner runner, int batch, int idle, int millis) {
    return Spent.inTurns(
        millis,
        batch,
        turn -> nanos(loop, runner, batch, turn * batch),
        turn -> runner.run(loop.empty(), idle, turn * batch).nanos() / (double) idle);
  }

  /** Nanoseconds per operation of one batch, all of whose results were right. */
  private static double nanos(KernelLoop loop, KernelLoop.Runner runner, int batch, int from) {
    KernelLoop.Ran ran = runner.run(loop.program(), batch, loop.takesBack() ? 0 : from);
    loop.undo(runner, batch);
    if (ran.right() != batch) {
      throw new IllegalStateException(
          "%d of %d results were wrong".formatted(batch - ran.right(), batch));
    }
    return (double) ran.nanos() / batch;
  }

  private static Spent together(
      KernelLoop loop, List<KernelLoop.Runner> runners, int batch, int idle, int millis) {
    CyclicBarrier start = new CyclicBarrier(runners.size());
    try (ExecutorService threads = Executors.newFixedThreadPool(runners.size())) {
      List<Callable<Spent>> work = new ArrayList<>();
      for (int i = 0; i < runners.size(); i++) {
        int cpu = i;
        work.add(() -> {
          Cpu.pin(cpu);
          return besideOthers(loop, runners.get(cpu), batch, idle, millis, start);
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
  private static Spent besideOthers(
      KernelLoop loop,
      KernelLoop.Runner runner,
      int batch,
      int idle,
      int millis,
      CyclicBarrier start)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    List<Double> loops = new ArrayList<>();
    start.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    for (int i = 0; i < LOOPS_BESIDE_OTHERS; i++) {
      loops.add(runner.run(loop.empty(), idle, 0).nanos() / (double) idle);
    }
    start.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    List<Double> batches = new ArrayList<>();
    int from = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      batches.add(nanos(loop, runner, batch, from));
      from += batch;
    } while (batches.size() < 2 || System.nanoTime() < end);
    batches.removeLast();
    return new Spent(
        batches,
        Collections.nCopies(batches.size(), Medians.of(loops)),
        (long) batches.size() * batch);
  }
}
