package dev.bpfgauge.suite.counters;

import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.LoopObject;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Numbers;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures a cell of {@code counters}: what an addition costs, then whether all arrived and what it
 * takes to read them.
 */
public final class CountersMeter implements Meter {
  static final String LOST = "lost_percent";
  static final String READ = "read_ns";
  static final String BYTES = "counter_bytes";

  /** Before those that count: Java is slow at what it has not done often. */
  private static final int UNTIMED_READS = 10_000;

  private static final int READ_BATCHES = 200;
  private static final int READS_A_BATCH = 16;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    CounterKind kind = CounterKind.ofWord(cell.operation());
    int threads = threads(cell);
    KernelTurns.requireCpus(threads);
    try (CounterLoop loop = CounterLoop.load(kind)) {
      Measurement measurement =
          KernelTurns.measure(loop, threads, kind == CounterKind.LOOP, settings);
      Map<String, Double> extras = new TreeMap<>();
      if (measurement.extras() != null) {
        extras.putAll(measurement.extras());
      }
      if (kind != CounterKind.LOOP) {
        account(kind, threads, loop, extras);
      }
      return new Outcome.Measured(measurement.with(extras), null);
    }
  }

  /** The CPUs that add at once. */
  static int threads(Cell cell) {
    long threads = Numbers.of(cell.params(), "threads", 1);
    Numbers.inRange("threads", threads, 1, LoopObject.MOST_LOOPS);
    return (int) threads;
  }

  /** What became of the additions, what it takes to read them, and where they lie. */
  private static void account(
      CounterKind kind, int threads, CounterLoop loop, Map<String, Double> extras) {
    boolean endedWithItsThreads = kind == CounterKind.TASK_STORAGE && threads > 1;
    if (!endedWithItsThreads) {
      long lost = loop.additions() - loop.read();
      if (lost < 0 || (lost > 0 && kind.isExact())) {
        throw new IllegalStateException(
            "%s: %d of %d additions are missing".formatted(kind.word(), lost, loop.additions()));
      }
      extras.put(LOST, 100.0 * lost / loop.additions());
    }
    if (!kind.isStorage()) {
      extras.put(READ, readNanos(loop));
    }
    loop.bytes().ifPresent(bytes -> extras.put(BYTES, (double) bytes));
  }

  private static double readNanos(CounterLoop loop) {
    long first = loop.read();
    for (int i = 0; i < UNTIMED_READS; i++) {
      first += loop.read() - first;
    }
    List<Double> batches = new ArrayList<>();
    for (int batch = 0; batch < READ_BATCHES; batch++) {
      long start = System.nanoTime();
      for (int i = 0; i < READS_A_BATCH; i++) {
        if (loop.read() != first) {
          throw new IllegalStateException("the count changed while nobody added to it");
        }
      }
      batches.add((double) (System.nanoTime() - start) / READS_A_BATCH);
    }
    return Medians.of(batches);
  }
}
