package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What an attached program adds to a command that makes its events: runs of the command without it,
 * with it, with it, without it, again and again. How often the command runs the program is counted
 * apart, since the kernel's count costs some nanoseconds itself.
 */
final class CommandCost {
  private static final int FEWEST_SEQUENCES = 3;
  private static final int MOST_SEQUENCES = 200;

  /** More runs by others than this share of the load's own make its count a guess. */
  private static final double MOST_FOREIGN = 0.2;

  private static final int COUNTS = 2;

  /** What a run of a command takes differs by more than fewer events would add. */
  private static final int FEWEST_EVENTS = 16;

  private final BpfProgram program;
  private final CommandLoad load;
  private final Supplier<BpfLink> attach;

  /**
   * @param attach attaches the program
   */
  CommandCost(BpfProgram program, CommandLoad load, Supplier<BpfLink> attach) {
    this.program = program;
    this.load = load;
    this.attach = attach;
  }

  /** How often a run of the command runs the program, and what that took each time. */
  private record Events(double count, double statisticsNanos) {}

  /**
   * Measures.
   *
   * @throws LoadRefusedException where the command does not run the program
   * @throws Refusal where the command fails, or does not end
   */
  Measurement measure(Settings settings) throws LoadRefusedException {
    try {
      load.run();
      return measure(events(), settings);
    } catch (CommandLoad.FailedException e) {
      throw Refusal.environment(e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Others run the program as well: how often, is seen while the command rests as long. They only
   * add, so the least of some runs is nearest to the command's own.
   */
  private Events events()
      throws CommandLoad.FailedException, InterruptedException, LoadRefusedException {
    List<Double> counts = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    List<Double> nanos = new ArrayList<>();
    try (BpfLink _ = attach.get();
        RunTimeStats _ = RunTimeStats.enable()) {
      for (int i = 0; i < COUNTS; i++) {
        BpfProgram.Info before = program.info();
        CommandLoad.Spent spent = load.run();
        BpfProgram.Info after = program.info();
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(spent.wallNanos());
        BpfProgram.Info rested = program.info();
        double asLong = (double) spent.wallNanos() / (System.nanoTime() - start);
        long runs = after.runCount() - before.runCount();
        all.add((double) runs);
        others.add((rested.runCount() - after.runCount()) * asLong);
        counts.add(all.getLast() - others.getLast());
        if (runs > 0) {
          nanos.add((double) (after.runTimeNanos() - before.runTimeNanos()) / runs);
        }
      }
    }
    double least = Collections.min(all);
    if (least < 1) {
      throw new LoadRefusedException(
          "the program saw no event: the load does not run it", false, "");
    }
    double foreign = Medians.of(others);
    if (foreign > MOST_FOREIGN * least) {
      throw Refusal.environment(
          "other processes ran the program %.0f times in as long as a run of the load takes, and"
                  .formatted(foreign)
              + " %.0f times while it ran: it cannot be counted here; use a quieter machine, a load that"
                  .formatted(least)
              + " does more, or a guest (--kernels)");
    }
    double count = Medians.of(counts);
    if (count < FEWEST_EVENTS) {
      throw new LoadRefusedException(
          "a run of the load has %.3g events, too few to be timed: let it do its work %.0f times"
              .formatted(count, Math.ceil(FEWEST_EVENTS / Math.max(count, 1))),
          false,
          "");
    }
    return new Events(least, Medians.of(nanos));
  }

  private Measurement measure(Events events, Settings settings)
      throws CommandLoad.FailedException, InterruptedException {
    List<CommandLoad.Spent> without = new ArrayList<>();
    List<CommandLoad.Spent> with = new ArrayList<>();
    List<Double> added = new ArrayList<>();
    long end =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(
                (long) settings.measureMillis() * settings.measureIterations());
    while (added.size() < FEWEST_SEQUENCES
        || (!settings.counted() && added.size() < MOST_SEQUENCES && System.nanoTime() < end)) {
      List<CommandLoad.Spent> off = new ArrayList<>(List.of(load.run()));
      List<CommandLoad.Spent> on = new ArrayList<>();
      try (BpfLink _ = attach.get()) {
        on.add(load.run());
        on.add(load.run());
      }
      off.add(load.run());
      added.add((mean(on) - mean(off)) / events.count);
      without.addAll(off);
      with.addAll(on);
    }
    SortedMap<String, Double> extras = new TreeMap<>();
    extras.put("command_ns", median(without, CommandLoad.Spent::wallNanos));
    extras.put("command_attached_ns", median(with, CommandLoad.Spent::wallNanos));
    extras.put("command_cpu_ns", median(without, CommandLoad.Spent::cpuNanos));
    extras.put("command_attached_cpu_ns", median(with, CommandLoad.Spent::cpuNanos));
    extras.put("runs_per_op", events.count);
    extras.put("runtime_stats_ns", events.statisticsNanos);
    double[] sorted = added.stream().mapToDouble(nanos -> nanos).sorted().toArray();
    return new Measurement(
        Medians.of(added),
        List.of(Medians.of(added)),
        Measurement.Batches.ofSorted(1, sorted),
        sorted.length,
        null,
        null,
        extras);
  }

  private static double mean(List<CommandLoad.Spent> runs) {
    return runs.stream().mapToLong(CommandLoad.Spent::cpuNanos).average().orElseThrow();
  }

  private static double median(
      List<CommandLoad.Spent> runs, ToLongFunction<CommandLoad.Spent> figure) {
    return Medians.of(runs.stream().map(run -> (double) figure.applyAsLong(run)).toList());
  }
}
