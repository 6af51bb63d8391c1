package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What an attached program adds to an operation that runs it: batches without it, with it, with it,
 * without it, again and again. Which operation that is, is found out first: the first of {@link
 * EventLoad} that runs the program, by the kernel's own count of runs.
 */
final class AttachedCost {
  private static final long BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
  private static final int BATCHES = 4;
  private static final int FEWEST_SEQUENCES = 5;
  private static final int MOST_OPERATIONS = 1 << 20;

  private static final int TRIES = 11;

  /** A program that a load runs less often is run by something else. */
  private static final double RUNS_AN_OPERATION = 0.5;

  private final BpfProgram program;
  private final Supplier<BpfLink> attach;
  private final boolean counted;

  /**
   * @param attach attaches the program
   */
  AttachedCost(BpfProgram program, Supplier<BpfLink> attach, boolean counted) {
    this.program = program;
    this.attach = attach;
    this.counted = counted;
  }

  /** The load that runs the program, and how often for each operation. */
  private record Found(EventLoad load, double runs, double statisticsNanos) {}

  /**
   * Measures.
   *
   * @throws LoadRefusedException where no load runs the program
   * @throws BpfException where the kernel does not attach it
   */
  Measurement measure(Settings settings) throws LoadRefusedException {
    try {
      Path folder = Scratch.newFolder("events-");
      try {
        return measure(find(folder), folder, settings);
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw Refusal.environment("the loads' files cannot be written: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The first load that runs it: the shorter ones come first. */
  private Found find(Path folder) throws IOException, InterruptedException, LoadRefusedException {
    List<String> refused = new ArrayList<>();
    try (BpfLink _ = attach.get();
        RunTimeStats _ = RunTimeStats.enable()) {
      for (EventLoad load : EventLoad.values()) {
        long before = program.info().runCount();
        try (EventLoad.Operation operation = load.start(folder)) {
          Found tried = tried(load, operation);
          if (tried.runs >= RUNS_AN_OPERATION) {
            return tried;
          }
        } catch (IOException | EventLoad.CallFailedException e) {
          // This machine cannot do it, as where it has no such program, or the program forbids it.
          if (program.info().runCount() > before) {
            refused.add(load.word());
          }
        }
      }
    }
    if (!refused.isEmpty()) {
      throw new LoadRefusedException(
          "it lets the load (%s) do nothing, so there is no time without it to compare with"
              .formatted(String.join(", ", refused)),
          false,
          "");
    }
    throw new LoadRefusedException(
        "the program saw no event: none of our loads runs it; make its events with --load"
            + " 'COMMAND'",
        false,
        "");
  }

  /**
   * Others run the program as well: how often, is seen while this thread does nothing as long, and
   * decides whether the load runs it. They only add, so the least of the tries is nearest to the
   * load's own.
   */
  private Found tried(EventLoad load, EventLoad.Operation operation)
      throws IOException, InterruptedException {
    List<Double> runs = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    List<Double> nanos = new ArrayList<>();
    operation.operate(load.settling());
    for (int i = 0; i < TRIES; i++) {
      long start = System.nanoTime();
      Runs with = runs(() -> operation.operate(load.tried()));
      long took = System.nanoTime() - start;
      long idle = System.nanoTime();
      Runs others = runs(() -> spin(idle + took));
      double asLong = (double) took / (System.nanoTime() - idle);
      runs.add((with.count - others.count * asLong) / load.tried());
      all.add((double) with.count / load.tried());
      nanos.add(with.count == 0 ? 0 : (double) with.nanos / with.count);
      if (runs.getLast() == 0 && with.count == 0) {
        break; // Nothing at all runs it then.
      }
    }
    double own = Medians.of(runs);
    return new Found(load, own < RUNS_AN_OPERATION ? own : Collections.min(all), Medians.of(nanos));
  }

  /** Holds its CPU as the load does: who sleeps on a busy machine sleeps much longer. */
  private static void spin(long until) {
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  /** Runs of the program and what they took. */
  private record Runs(long count, long nanos) {}

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private Runs runs(Work work) throws IOException, InterruptedException {
    BpfProgram.Info before = program.info();
    work.run();
    BpfProgram.Info after = program.info();
    return new Runs(
        after.runCount() - before.runCount(), after.runTimeNanos() - before.runTimeNanos());
  }

  private Measurement measure(Found found, Path folder, Settings settings)
      throws IOException, InterruptedException {
    try (EventLoad.Operation operation = found.load.start(folder)) {
      operation.operate(found.load.settling());
      int batch = batch(operation);
      OwnCpu.Stretches stretches = new OwnCpu.Stretches();
      List<Double> added = new ArrayList<>();
      List<Double> without = new ArrayList<>();
      List<Double> with = new ArrayList<>();
      long end =
          System.nanoTime()
              + TimeUnit.MILLISECONDS.toNanos(
                  (long) settings.measureMillis() * settings.measureIterations());
      while (added.size() < FEWEST_SEQUENCES || (!counted && System.nanoTime() < end)) {
        List<Double> off = new ArrayList<>();
        List<Double> on = new ArrayList<>();
        try (OwnCpu.Stretch _ = stretches.begin()) {
          off.addAll(batches(operation, batch));
          try (BpfLink _ = attach.get()) {
            operation.operate(found.load.settling());
            on.addAll(batches(operation, batch));
            on.addAll(batches(operation, batch));
          }
          operation.operate(found.load.settling());
          off.addAll(batches(operation, batch));
        }
        without.add(Collections.min(off));
        with.add(Collections.min(on));
        added.add((with.getLast() - without.getLast()) / found.runs);
      }
      SortedMap<String, Double> extras = new TreeMap<>();
      extras.put("base_ns", Medians.of(without));
      extras.put("attached_ns", Medians.of(with));
      extras.put("runs_per_op", found.runs);
      extras.put("runtime_stats_ns", found.statisticsNanos);
      extras.put("made_by_" + found.load.word(), 1.0);
      double[] sorted = added.stream().mapToDouble(nanos -> nanos).sorted().toArray();
      return stretches.with(
          new Measurement(
              Medians.of(added),
              List.of(Medians.of(added)),
              Measurement.Batches.ofSorted(batch, sorted),
              (long) batch * sorted.length,
              null,
              null,
              extras));
    }
  }

  private int batch(EventLoad.Operation operation) throws IOException, InterruptedException {
    int batch = 1;
    while (batch < MOST_OPERATIONS && timed(operation, batch) * batch < BATCH_NANOS) {
      batch *= 2;
    }
    return batch;
  }

  private static List<Double> batches(EventLoad.Operation operation, int batch)
      throws IOException, InterruptedException {
    List<Double> nanos = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      nanos.add(timed(operation, batch));
    }
    return nanos;
  }

  /** Nanoseconds of an operation. */
  private static double timed(EventLoad.Operation operation, int count)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    operation.operate(count);
    return (double) (System.nanoTime() - start) / count;
  }
}
