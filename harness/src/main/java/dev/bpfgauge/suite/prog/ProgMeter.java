package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.VerifierStatistics;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.VerifierFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Measures a cell of {@code prog} that has its process to itself, or its guest. */
final class ProgMeter implements Meter {
  /** How the reason begins that a program loads, and there is nothing to attach it to. */
  static final String NOT_ATTACHED = "not attached: ";

  /** Begins the name of how often single runs gave a value. */
  static final String RETURNED = "returned_";

  private static final int FEWEST_LOADS = 3;
  private static final int MOST_LOADS = 25;

  /** Of a long one, where instructions are counted: what interrupts it is little beside it. */
  private static final int FEWEST_LONG_LOADS = 2;

  private static final long LONG_LOAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

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
      return outcome(wanted, cell.profile(), e);
    } catch (BpfException e) {
      return refused(e);
    }
  }

  /** What is wrong with a program is an answer; what this user may not is none. */
  static Outcome outcome(ProgCell cell, String arm, LoadRefusedException refused) {
    if (!refused.log().isBlank()) {
      System.err.println(RefusalLog.framed(cell, arm, refused.log()));
    }
    return refused.isDenied()
        ? new Outcome.Unavailable(refused.reason())
        : new Outcome.Refused(refused.reason());
  }

  /** What is wrong with an object. */
  static Outcome refused(BpfException e) {
    String words = BpfException.firstComplaint(e.log());
    return new Outcome.Refused(
        words.isEmpty()
            ? String.valueOf(e.getMessage()).lines().findFirst().orElse(e.errnoName())
            : words);
  }

  private static Measurement loads(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    byte[] elf = ObjectFiles.read(settings, arm, cell.object());
    GivenValues values = values(cell, arm, settings);
    List<Load> loads = new ArrayList<>();
    SortedMap<String, Double> extras = new TreeMap<>();
    long end =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(
                (long) settings.measureMillis() * settings.measureIterations());
    while (loads.size() < FEWEST_LOADS || (loads.size() < MOST_LOADS && System.nanoTime() < end)) {
      if (settings.counted()
          && loads.size() >= FEWEST_LONG_LOADS
          && loads.getLast().nanos > LONG_LOAD_NANOS) {
        break;
      }
      OwnCpu.Waiting before = OwnCpu.Waiting.now();
      // Loading waits for RCU and more where nobody takes the CPU away; the figure is the
      // verifier's.
      try (LoadedProgram loaded = LoadedProgram.load(cell.object(), elf, cell.program(), values)) {
        long micros =
            loaded
                .statistics()
                .micros()
                .orElseThrow(
                    () -> Refusal.environment("this kernel does not say how long it verified"));
        loads.add(
            new Load(TimeUnit.MICROSECONDS.toNanos(micros), OwnCpu.Waiting.waitedSince(before)));
        if (extras.isEmpty()) {
          extras.putAll(extras(loaded));
        }
      }
    }
    if (settings.counted()) {
      // What interrupts a guest adds instructions, and so does its first load of all.
      double least = loads.stream().mapToDouble(Load::nanos).min().orElseThrow();
      return measurement(1, List.of(least), extras);
    }
    List<Load> good = Load.leastDisturbed(loads);
    return OwnCpu.with(
        measurement(1, good.stream().map(load -> (double) load.nanos).toList(), extras),
        Medians.of(good.stream().map(Load::share).toList()));
  }

  /**
   * One load.
   *
   * @param nanos that the verifier took by the kernel's clock
   * @param waited nanoseconds for a CPU during the call, most of which the figure holds
   */
  record Load(long nanos, long waited) {
    private static final double ENOUGH = 0.9;

    private double share() {
      return nanos == 0 ? 1 : Math.clamp(1 - (double) waited / nanos, 0.01, 1.0);
    }

    /** Those that hardly waited; where they are few, those that waited least. */
    static List<Load> leastDisturbed(List<Load> loads) {
      List<Load> sorted =
          loads.stream().sorted(Comparator.comparingDouble(Load::share).reversed()).toList();
      long good = sorted.stream().filter(load -> load.share() >= ENOUGH).count();
      return sorted.subList(0, (int) Math.min(sorted.size(), Math.max(good, FEWEST_LOADS)));
    }
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
      return measurement(run.runs(), List.of(run.counted(COUNTED_BATCHES)), extras(run));
    }
  }

  private static Measurement events(ProgCell cell, String arm, Settings settings)
      throws LoadRefusedException {
    try (LoadedProgram loaded = filled(cell, arm, settings)) {
      BpfProgram program = loaded.program();
      if (Attaching.isIterator(program.section())) {
        return walks(program, settings);
      }
      if (Attaching.isStructOps(program.type())) {
        return calls(loaded, cell.input(), settings);
      }
      try (TriedAttachment attachment = TriedAttachment.of(program)) {
        if (cell.input().isEmpty()) {
          return new AttachedCost(program, attachment::attach, settings.counted())
              .measure(settings);
        }
        return new CommandCost(program, load(cell.input(), settings), attachment::attach)
            .measure(settings);
      }
    }
  }

  private static CommandLoad load(String command, Settings settings) {
    return new CommandLoad(
        command, settings.counted() ? CommandLoad.LONGEST_COUNTED : CommandLoad.LONGEST);
  }

  /** An iterator, read to its end again and again. */
  private static Measurement walks(BpfProgram program, Settings settings)
      throws LoadRefusedException {
    TriedAttachment.of(program).close();
    return byStatistics(new ProgramAlone(program, program::iterate), settings, "reading it");
  }

  /** A part of the kernel's own work, while a command of the user's makes the kernel do it. */
  private static Measurement calls(LoadedProgram loaded, String command, Settings settings)
      throws LoadRefusedException {
    CommandLoad load = load(command, settings);
    List<BpfLink> links = new ArrayList<>();
    try {
      for (String map : loaded.structOps()) {
        links.add(
            TriedAttachment.tried(loaded.program(), () -> loaded.object().attachStructOps(map)));
      }
      return byStatistics(
          new ProgramAlone(loaded.program(), () -> load.run()), settings, "the load");
    } finally {
      links.forEach(BpfLink::close);
    }
  }

  private static Measurement byStatistics(ProgramAlone cost, Settings settings, String by)
      throws LoadRefusedException {
    try {
      return cost.measure(settings, by);
    } catch (CommandLoad.FailedException e) {
      throw Refusal.environment(e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
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
    LoadedProgram loaded =
        LoadedProgram.loadToRun(cell.object(), elf, cell.program(), values, settings.counted());
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
    run.returns().forEach((value, times) -> extras.put(RETURNED + value, (double) times));
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
