package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.Medians;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.MeterFork;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Java's loop and C's on the same map, by turns of about a millisecond in this process: Java, C, C,
 * Java. What the machine does meanwhile, such as a neighbour on the same core, hits both alike, and
 * so does the price of a file descriptor in a process with threads.
 *
 * <p>A fork's figure is Java's time; {@code c_ns} is C's and {@link Measurement#JAVA_TO_C} the
 * median over the turns of Java / C.
 */
final class JavaAndC implements Meter {
  private static final int BATCHES_A_SLICE = 16;

  /** Nanoseconds per operation of both sides. */
  private record Turn(double java, double c) {
    double ratio() {
      return java / c;
    }
  }

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    MapCell map = MapCell.of(cell);
    try (CProgram library = CProgram.library(CReference.PROGRAM, settings.log());
        FilledMap filled = FilledMap.of(map)) {
      MapLoop java = new MapLoop(map, filled, 0, settings.seed(), settings.injectNanos(), false);
      IntSupplier c = LoopInC.of(library.file(), map, filled, settings.seed());
      IntSupplier inJava =
          switch (map.operation()) {
            case LOOKUP -> java::lookups;
            case UPDATE -> java::updates;
            default ->
                throw Refusal.usage("Java and C interleaved: lookup and update, not " + cell.id());
          };
      turns(inJava, c, map, settings.warmupMillis());
      List<List<Turn>> iterations = new ArrayList<>();
      for (int i = 0; i < settings.measureIterations(); i++) {
        iterations.add(turns(inJava, c, map, settings.measureMillis()));
      }
      return new Outcome.Measured(measurement(iterations, map), null);
    }
  }

  private static Measurement measurement(List<List<Turn>> iterations, MapCell map) {
    List<Turn> all = iterations.stream().flatMap(List::stream).toList();
    return new Measurement(
            Medians.of(all, Turn::java),
            iterations.stream().map(turns -> Medians.of(turns, Turn::java)).toList(),
            null,
            4L * all.size() * BATCHES_A_SLICE * map.timedTogether(),
            null,
            null)
        .with(
            Map.of(
                "c_ns",
                Medians.of(all, Turn::c),
                Measurement.JAVA_TO_C,
                Medians.of(all, Turn::ratio)));
  }

  /** Turns until the time is over, one at least. */
  private static List<Turn> turns(IntSupplier java, IntSupplier c, MapCell map, int millis) {
    List<Turn> turns = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      double before = slice(java);
      double inC = slice(c) + slice(c);
      double operations = 2.0 * BATCHES_A_SLICE * map.timedTogether();
      turns.add(new Turn((before + slice(java)) / operations, inC / operations));
    } while (System.nanoTime() < end);
    return turns;
  }

  private static double slice(IntSupplier batch) {
    int wrong = 0;
    long start = System.nanoTime();
    for (int i = 0; i < BATCHES_A_SLICE; i++) {
      wrong += batch.getAsInt();
    }
    long nanos = System.nanoTime() - start;
    if (wrong > 0) {
      throw new IllegalStateException(
          wrong + " results were wrong: the map did not answer what was written to it");
    }
    return nanos;
  }

  /** A fork. */
  public static void main(String[] args) throws IOException {
    MeterFork.answer(_ -> new JavaAndC());
  }
}
