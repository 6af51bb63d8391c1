package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.suite.hooks.AddedCost.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Measures a cell of {@code hooks}: short batches of the operation with and without the program, in
 * sequences of some detached, twice as many attached, some detached, so that drift hits both alike.
 * A turn is a few batches before a change and as many after it; of all turns' differences the
 * median counts, for a batch that lost its CPU for a while says nothing of the program. Every
 * attached batch proves by the program's own counter that it ran as often as the operation was
 * done. Last, apart from the timed batches, the kernel's run-time statistics are switched on for
 * some more, and on a veth pair traffic goes for a while.
 */
public final class HooksMeter implements Meter {

  /** What the kernel's statistics saw: runs and nanoseconds of each. */
  private record Statistics(double nanosPerRun, double runsPerOperation) {}

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    LoopRuntime.requireJava(cell);
    Hook hook = HooksSuite.hook(cell);
    Body body = HooksSuite.body(cell);
    String absent = hook.absent().orElse("");
    if (!absent.isEmpty()) {
      return new Outcome.Unavailable(absent);
    }
    try (Traced traced = hook.traced();
        HookProgram program = HookProgram.load(hook, body)) {
      AddedCost cost = new AddedCost(hook, body, traced, program, settings.counted());
      cost.warmUp(Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis()));
      cost.calibrate();
      List<List<Turn>> iterations = new ArrayList<>();
      for (int i = 0; i < settings.measureIterations(); i++) {
        iterations.add(cost.turns(settings.measureMillis()));
      }
      Statistics statistics = statistics(hook, cost, traced, program);
      SortedMap<String, Double> extras = extras(iterations, cost, program, statistics);
      if (!settings.counted()) {
        extras.putAll(waits(iterations));
      }
      if (traced instanceof Frame frame && hasTraffic(body)) {
        extras.putAll(Traffic.withAndWithout(frame, program.program(), settings.measureMillis()));
      }
      return outcome(iterations, cost.timed(), extras);
    } catch (BpfException e) {
      return new Outcome.Unavailable(refused(hook, e));
    }
  }

  /** One sentence: {@code denied: EPERM} where the kernel will not, else what it said. */
  static String refused(Hook hook, BpfException e) {
    String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (e.isLockedDown()) {
      return KernelsAnswer.DENIED.says(e.errnoName() + ": " + said);
    }
    return switch (e.errno()) {
      case Errno.EPERM, Errno.EACCES -> KernelsAnswer.DENIED.says(e.errnoName() + ": " + said);
      default -> (e.isForASetting() ? "" : hook.perhapsAbsent(e.errno())) + said;
    };
  }

  /** Nobody reads the ring buffer during long stretches of traffic. */
  private static boolean hasTraffic(Body body) {
    return !body.maps().contains("events");
  }

  /** Some batches are done once more with statistics on: their own cost stays out of the times. */
  private static Statistics statistics(
      Hook hook, AddedCost cost, Traced traced, HookProgram program) {
    try (Traced.Attachment _ = traced.attach(program.program());
        RunTimeStats _ = RunTimeStats.enable()) {
      BpfProgram.Info before = program.program().info();
      for (int i = 0; i < cost.batches(); i++) {
        traced.operate(cost.batch());
        program.drain();
      }
      BpfProgram.Info after = program.program().info();
      long operations = (long) cost.batches() * cost.batch();
      long runs = after.runCount() - before.runCount();
      if (runs < operations) {
        throw new IllegalStateException(
            "the program on %s ran %d times for %d operations, by the kernel's statistics"
                .formatted(hook.word(), runs, operations));
      }
      return new Statistics(
          (double) (after.runTimeNanos() - before.runTimeNanos()) / runs,
          (double) runs / operations);
    }
  }

  /**
   * What the turns of a fork say together. A program that costs less than the operation scatters
   * may seem to cost less than nothing: without such forks the mean of the others would be too
   * high.
   *
   * @param timed operations with the program that were timed in a turn
   * @param extras {@link #times} at least
   */
  static Outcome outcome(List<List<Turn>> iterations, int timed, SortedMap<String, Double> extras) {
    List<Double> means = iterations.stream().map(turns -> Medians.of(turns, Turn::added)).toList();
    List<Turn> all = iterations.stream().flatMap(List::stream).toList();
    double[] added = all.stream().mapToDouble(Turn::added).sorted().toArray();
    return new Outcome.Measured(
        new Measurement(
            Medians.of(all, Turn::added),
            means,
            Measurement.Batches.ofSorted(timed, added),
            (long) timed * added.length,
            null,
            null,
            extras),
        null);
  }

  private static SortedMap<String, Double> extras(
      List<List<Turn>> iterations, AddedCost cost, HookProgram program, Statistics statistics) {
    SortedMap<String, Double> extras = times(iterations);
    extras.put("runtime_stats_ns", statistics.nanosPerRun);
    extras.put("runs_per_op", statistics.runsPerOperation);
    program.program().info().missedRuns().ifPresent(n -> extras.put("missed_runs", (double) n));
    extras.put("load_us", micros((double) program.loadNanos()));
    extras.put("attach_us", micros(cost.medianAttachNanos()));
    extras.put("detach_us", micros(cost.medianDetachNanos()));
    extras.put("program_bytes", (double) program.programBytes());
    extras.put("jited_bytes", (double) program.program().info().jitedBytes());
    extras.put("maps_bytes", (double) program.mapBytes());
    return extras;
  }

  /** The operation without and with the program. */
  static SortedMap<String, Double> times(List<List<Turn>> iterations) {
    SortedMap<String, Double> times = new TreeMap<>();
    List<Turn> turns = iterations.stream().flatMap(List::stream).toList();
    times.put("base_ns", Medians.of(turns, Turn::detached));
    times.put("attached_ns", Medians.of(turns, Turn::attached));
    return times;
  }

  /** How many turns there were, and their mean. */
  static SortedMap<String, Double> waits(List<List<Turn>> iterations) {
    double[] means =
        iterations.stream().flatMap(List::stream).mapToDouble(Turn::meanAdded).toArray();
    SortedMap<String, Double> waits = new TreeMap<>();
    waits.put(Measurement.WITH_WAITS, ForkStatistics.mean(means));
    waits.put(Measurement.TURNS, (double) means.length);
    return waits;
  }

  private static double micros(double nanos) {
    return nanos / TimeUnit.MICROSECONDS.toNanos(1);
  }
}
