package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.VerifierStatistics;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.VerifierFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Measures a cell of {@code prog} that has its process to itself, or its guest. */
final class ProgMeter implements Meter {
  private static final int FEWEST_LOADS = 3;
  private static final int MOST_LOADS = 25;

  /** Runs of one batch where instructions are counted. */
  private static final int COUNTED_RUNS = 1024;

  private static final int COUNTED_BATCHES = 9;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    ProgCell wanted = ProgCell.of(cell);
    try {
      return new Outcome.Measured(
          switch (wanted.task()) {
            case LOAD -> loads(wanted, cell.profile(), settings);
            case RUN -> countedRuns(wanted, cell.profile(), settings);
            case EVENT -> events(wanted, cell.profile(), settings);
          },
          null);
    } catch (LoadRefusedException e) {
      return outcome(e);
    } catch (BpfException e) {
      return refused(e);
    }
  }

  /** What is wrong with a program is an answer; what this user may not is none. */
  static Outcome outcome(LoadRefusedException refused) {
    System.err.println(refused.log());
    return refused.isDenied()
        ? new Outcome.Unavailable(refused.reason())
        : new Outcome.Refused(refused.reason());
  }

  /** What is wrong with an object, or the kernel will not attach. */
  static Outcome refused(BpfException e) {
    return new Outcome.Refused(words(e));
  }

  private static String words(BpfException e) {
    String words = LoadReason.lastWords(e.log());
    if (words.contains("legacy kprobe event") && words.contains("No such file")) {
      return "this kernel has no kprobes for perf events, and no tracefs is mounted either"
          + " (CONFIG_KPROBE_EVENTS; mount -t tracefs tracefs /sys/kernel/tracing)";
    }
    return words.isEmpty()
        ? String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName())
        : words;
  }

  private static Measurement loads(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    byte[] elf = ObjectFiles.read(settings, arm, cell.object());
    GivenValues values = values(cell, arm, settings);
    List<Double> nanos = new ArrayList<>();
    SortedMap<String, Double> extras = new TreeMap<>();
    long end =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(
                (long) settings.measureMillis() * settings.measureIterations());
    while (nanos.size() < FEWEST_LOADS || (nanos.size() < MOST_LOADS && System.nanoTime() < end)) {
      try (LoadedProgram loaded = LoadedProgram.load(cell.object(), elf, cell.program(), values)) {
        long micros =
            loaded
                .statistics()
                .micros()
                .orElseThrow(
                    () -> Refusal.environment("this kernel does not say how long it verified"));
        nanos.add((double) TimeUnit.MICROSECONDS.toNanos(micros));
        if (extras.isEmpty()) {
          extras.putAll(extras(loaded));
        }
      }
    }
    return measurement(1, nanos, extras);
  }

  private static SortedMap<String, Double> extras(LoadedProgram loaded) {
    VerifierStatistics statistics = loaded.statistics();
    SortedMap<String, Double> extras =
        VerifierFigures.of(
            loaded.program().instructions().length, statistics, loaded.program().info());
    statistics.stackBytes().ifPresent(bytes -> extras.put("stack_bytes", (double) bytes));
    return extras;
  }

  /** In a guest, where instructions are counted; elsewhere runs take turns, {@link ProgTurns}. */
  private static Measurement countedRuns(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    try (ProgramRun run = run(cell, arm, settings)) {
      run.calibrate(COUNTED_RUNS);
      List<Double> batches = new ArrayList<>();
      while (batches.size() < COUNTED_BATCHES) {
        batches.add((double) run.nanos() / run.runs());
      }
      // What interrupts a guest adds instructions, to both sides of a difference.
      double figure = run.isNet() ? Medians.of(batches) : Collections.min(batches);
      return measurement(run.runs(), List.of(figure), extras(run));
    }
  }

  private static Measurement events(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    try (LoadedProgram loaded = filled(cell, arm, settings)) {
      return new AttachedCost(loaded.program(), settings.counted()).measure(settings);
    }
  }

  private static GivenValues values(ProgCell cell, String arm, Settings settings) {
    return InputFiles.values(settings, arm, cell.object()).in(cell.shape());
  }

  /** Loaded, its maps filled. */
  private static LoadedProgram filled(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    byte[] elf = ObjectFiles.read(settings, arm, cell.object());
    GivenValues values = values(cell, arm, settings);
    LoadedProgram loaded = LoadedProgram.load(cell.object(), elf, cell.program(), values);
    try {
      values.fill(loaded.object());
      return loaded;
    } catch (LoadRefusedException | RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** The same, ready to be run on the cell's input. */
  static ProgramRun run(ProgCell cell, String arm, Settings settings) throws LoadRefusedException {
    ProgInput input = ProgInput.of(cell, settings);
    return ProgramRun.of(filled(cell, arm, settings), input);
  }

  static SortedMap<String, Double> extras(ProgramRun run) {
    SortedMap<String, Double> extras = new TreeMap<>();
    extras.put("returned", (double) Integer.toUnsignedLong(run.returned()));
    extras.put("single_runs", run.changesPacket() ? 1.0 : 0.0);
    return extras;
  }

  private static Measurement measurement(
      int size, List<Double> batches, SortedMap<String, Double> extras) {
    double[] sorted = batches.stream().mapToDouble(nanos -> nanos).sorted().toArray();
    return new Measurement(
        Medians.of(batches),
        List.of(Medians.of(batches)),
        Measurement.Batches.ofSorted(size, sorted),
        (long) size * sorted.length,
        null,
        null,
        extras);
  }
}
