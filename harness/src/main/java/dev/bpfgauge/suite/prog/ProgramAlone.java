package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What runs of a program take by the kernel's statistics alone: of an iterator, which runs where it
 * is read and nowhere else, and of a part of the kernel's own work (struct_ops), there is no time
 * without it.
 */
final class ProgramAlone {
  /** Among the extras: 1 where the figure is that of the kernel's statistics. */
  static final String BY_STATISTICS = "by_statistics";

  private static final int FEWEST = 5;

  private final BpfProgram program;
  private final Work work;

  /** What runs the program. */
  interface Work {
    void run() throws CommandLoad.FailedException, InterruptedException;
  }

  ProgramAlone(BpfProgram program, Work work) {
    this.program = program;
    this.work = work;
  }

  /**
   * Does the work again and again.
   *
   * @param by word of the work
   * @throws LoadRefusedException where it does not run the program
   */
  Measurement measure(Settings settings, String by)
      throws LoadRefusedException, CommandLoad.FailedException, InterruptedException {
    List<Double> nanos = new ArrayList<>();
    List<Double> runs = new ArrayList<>();
    OwnCpu.Stretches stretches = new OwnCpu.Stretches();
    long end =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(
                (long) settings.measureMillis() * settings.measureIterations());
    work.run();
    try (RunTimeStats _ = RunTimeStats.enable()) {
      while (nanos.size() < FEWEST || (!settings.counted() && System.nanoTime() < end)) {
        BpfProgram.Info before = program.info();
        try (OwnCpu.Stretch _ = stretches.begin()) {
          work.run();
        }
        BpfProgram.Info after = program.info();
        long ran = after.runCount() - before.runCount();
        if (ran == 0) {
          throw new LoadRefusedException(
              "the program saw no event: %s does not run it".formatted(by), false, "");
        }
        runs.add((double) ran);
        nanos.add((double) (after.runTimeNanos() - before.runTimeNanos()) / ran);
      }
    }
    // What interrupts a guest only adds.
    double figure = settings.counted() ? Collections.min(nanos) : Medians.of(nanos);
    SortedMap<String, Double> extras = new TreeMap<>();
    extras.put("runtime_stats_ns", figure);
    extras.put("runs_per_op", Medians.of(runs));
    extras.put(BY_STATISTICS, 1.0);
    double[] sorted = nanos.stream().mapToDouble(each -> each).sorted().toArray();
    int size = (int) Math.clamp(Medians.of(runs), 1, Integer.MAX_VALUE);
    Measurement measured =
        new Measurement(
            figure,
            List.of(figure),
            Measurement.Batches.ofSorted(size, sorted),
            (long) runs.stream().mapToDouble(each -> each).sum(),
            null,
            null,
            extras);
    return settings.counted() ? stretches.withBest(measured) : stretches.with(measured);
  }
}
