package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Measures cells of {@code maps} and the floor's system calls in this process, by a loop of its own
 * around the loops that JMH runs elsewhere: for guests of the lab, where a JVM of JMH's for each
 * cell takes too long. One thread, batches timed one by one.
 *
 * <p>An iteration's figure is the median of its batches: a timer's tick inside a batch is not the
 * operation's. The warm-up goes on until the figure repeats.
 */
public final class MapsMeter implements Meter {
  /** The suites it measures. */
  public static final List<String> SUITES = List.of(MapsSuite.NAME, Cell.FLOOR);

  private static final int MOST_BATCHES = 1 << 16;

  /** Iterations in a row that differ by less are a figure that repeats. */
  private static final double SAME = 0.001;

  /** Iterations after which it is taken as it is; its spread shows that it did not repeat. */
  private static final int LONGEST = 100;

  private final long[] nanos = new long[MOST_BATCHES];

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    if (cell.suite().equals(MapsSuite.NAME)) {
      return maps(MapCell.of(cell), settings);
    }
    FloorStep step =
        FloorStep.ofWord(cell.benchmark().substring(cell.benchmark().indexOf('.') + 1));
    if (step == FloorStep.EMPTY || step == FloorStep.FFM) {
      throw Refusal.environment("a call that stays in user space is measured by JMH only");
    }
    Outcome measured = measured(TimedLoop.of(step), settings);
    // Asked afterwards: with more classes loaded the compiler makes other code of the calls.
    return step == FloorStep.BPF_REFUSED ? Preflight.notRefusedByBpf().orElse(measured) : measured;
  }

  private Outcome maps(MapCell cell, Settings settings) {
    cell.refuseNonsense();
    if (cell.threads() > 1 || cell.runtime() != LoopRuntime.JAVA) {
      throw Refusal.usage("in a guest, maps are measured by one thread in Java");
    }
    Optional<Outcome> objection = Preflight.objection(cell);
    if (objection.isPresent()) {
      return objection.get();
    }
    int flags = settings.counted() ? cell.kind().sameChains() : 0;
    try (FilledMap filled = FilledMap.of(cell, flags)) {
      return measured(
          TimedLoop.of(
              cell,
              new MapLoop(
                  cell, filled, 0, settings.seed(), settings.injectNanos(), settings.counted())),
          settings);
    }
  }

  /** Iterates until the figure repeats; the last iterations are the measurement. */
  private Outcome measured(TimedLoop loop, Settings settings) {
    int wanted = settings.measureIterations();
    List<long[]> batches = new ArrayList<>();
    long warm = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.warmupMillis());
    for (int i = 0; batches.size() < wanted || (i < LONGEST && !repeats(batches)); i++) {
      long[] times = iteration(loop, settings.measureMillis());
      boolean cold = i == 0; // Classes are loaded in it, however short the warm-up.
      if (!cold && System.nanoTime() >= warm) {
        batches.add(times);
      }
      if (batches.size() > wanted) {
        batches.removeFirst();
      }
    }
    return new Outcome.Measured(measurement(loop, batches), null);
  }

  private static boolean repeats(List<long[]> batches) {
    double[] figures = batches.stream().mapToDouble(MapsMeter::median).sorted().toArray();
    return figures[figures.length - 1] <= figures[0] * (1 + SAME);
  }

  private static Measurement measurement(TimedLoop loop, List<long[]> batches) {
    List<Double> iterations =
        batches.stream().map(times -> median(times) / loop.operations()).toList();
    double[] all =
        batches.stream()
            .flatMapToLong(Arrays::stream)
            .mapToDouble(time -> (double) time / loop.operations())
            .sorted()
            .toArray();
    return new Measurement(
        Medians.of(iterations),
        iterations,
        Measurement.Batches.ofSorted(loop.operations(), all),
        (long) all.length * loop.operations(),
        null,
        null);
  }

  /** Times of the batches done in that time, at least one, in nanoseconds, sorted. */
  private long[] iteration(TimedLoop loop, int millis) {
    int count = 0;
    int wrong = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long start;
    do {
      loop.between().run();
      start = System.nanoTime();
      wrong += loop.body().getAsInt();
      nanos[count++] = System.nanoTime() - start;
    } while (start < end && count < MOST_BATCHES);
    if (wrong > 0) {
      throw new IllegalStateException(
          wrong + " results were wrong: the kernel did not answer what it should");
    }
    loop.after().run();
    long[] times = Arrays.copyOf(nanos, count);
    Arrays.sort(times);
    return times;
  }

  private static double median(long[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
  }
}
