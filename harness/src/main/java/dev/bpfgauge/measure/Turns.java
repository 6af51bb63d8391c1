package dev.bpfgauge.measure;

import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.SuiteWords.Better;
import dev.bpfgauge.model.SuiteWords.Extra;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one cell did in a process where it took turns with others, each about a millisecond long: a
 * turn is some batches, timed one by one.
 *
 * <p>The figure is the median of the turns: a turn in which the thread waited for a CPU, or a tick
 * or a neighbour came, is not the operation's. The mean, which holds all of that, stands beside it
 * as {@link Measurement#WITH_WAITS}: what a program has to wait for the operation.
 */
public final class Turns {
  /** What a figure that is a median of turns has beside it. */
  public static final List<Extra> EXTRAS =
      List.of(
          new Extra(Measurement.WITH_WAITS, "ns", "the same with waits for a CPU", Better.LESS),
          new Extra(
              Measurement.TURNS,
              "",
              "turns of a millisecond that it is the median of",
              Better.NEITHER));

  /** Fewer turns say nothing: a timer's tick in one of them would make the figure. */
  public static final int FEWEST = 20;

  /** A fork's turns are looked at in so many parts, for the noise within it. */
  private static final int PARTS = 5;

  private final int operations;
  private final int batches;
  private final long[] starts;
  private final int[] spans;
  private final int[] cpu;
  private final int[] nanos;
  private final @Nullable Double bytesPerOp;
  private final Map<Reference, Turns> references;
  private final Map<String, Double> others;

  /**
   * The arrays are kept, not copied.
   *
   * @param operations in one batch
   * @param batches in one turn
   * @param starts of each turn, {@link System#nanoTime}
   * @param spans of each turn from its start to its end, with what lies between batches, ns
   * @param cpu of each turn, CPU time of the measuring thread, ns; none where the JVM does not tell
   * @param nanos of each batch of each turn, in order
   * @param bytesPerOp bytes allocated for each operation of the process; absent where not known
   */
  public Turns(
      int operations,
      int batches,
      long[] starts,
      int[] spans,
      int[] cpu,
      int[] nanos,
      @Nullable Double bytesPerOp) {
    this(operations, batches, starts, spans, cpu, nanos, bytesPerOp, Map.of(), Map.of());
  }

  private Turns(
      int operations,
      int batches,
      long[] starts,
      int[] spans,
      int[] cpu,
      int[] nanos,
      @Nullable Double bytesPerOp,
      Map<Reference, Turns> references,
      Map<String, Double> others) {
    this.operations = operations;
    this.batches = batches;
    this.starts = starts;
    this.spans = spans;
    this.cpu = cpu;
    this.nanos = nanos;
    this.bytesPerOp = bytesPerOp;
    this.references = references;
    this.others = others;
  }

  /** The same with the references that took turns in its process. */
  public Turns beside(Map<Reference, Turns> all) {
    return new Turns(operations, batches, starts, spans, cpu, nanos, bytesPerOp, all, others);
  }

  /**
   * The same with other figures.
   *
   * @param figures for {@link Measurement#extras}
   */
  public Turns with(Map<String, Double> figures) {
    return new Turns(
        operations,
        batches,
        starts,
        spans,
        cpu,
        nanos,
        bytesPerOp,
        references,
        Map.copyOf(figures));
  }

  /** {@link #EXTRAS}, and others after them. */
  public static List<Extra> extrasAnd(Extra... others) {
    return extrasAnd(Arrays.asList(others));
  }

  /** The same. */
  public static List<Extra> extrasAnd(List<Extra> others) {
    return Stream.concat(EXTRAS.stream(), others.stream()).toList();
  }

  /** How many there are. */
  public int count() {
    return starts.length;
  }

  /**
   * What the turns say that lie wholly in some windows; they are too few below {@value #FEWEST}.
   */
  public Outcome in(Windows windows) {
    int[] kept = kept(windows);
    if (kept.length < FEWEST) {
      return new Outcome.Failed(
          "it had %d turns where %d are needed; measure longer with --measure"
              .formatted(kept.length, FEWEST));
    }
    Map<String, Double> beside = new HashMap<>();
    references.forEach((reference, turns) -> {
      int[] its = turns.kept(windows);
      if (its.length >= FEWEST) {
        beside.put(reference.key(), turns.measurement(its, Map.of()).meanNanosPerOp());
      }
    });
    return new Outcome.Measured(measurement(kept, beside), null);
  }

  private int[] kept(Windows windows) {
    return IntStream.range(0, starts.length)
        .filter(i -> windows.contain(starts[i], starts[i] + spans[i]))
        .toArray();
  }

  private Measurement measurement(int[] kept, Map<String, Double> beside) {
    double[] means = new double[kept.length];
    double[] all = new double[kept.length * batches];
    double onCpu = 0;
    double wall = 0;
    for (int i = 0; i < kept.length; i++) {
      double sum = 0;
      for (int b = 0; b < batches; b++) {
        double each = (double) nanos[kept[i] * batches + b] / operations;
        all[i * batches + b] = each;
        sum += each;
      }
      means[i] = sum / batches;
      wall += spans[kept[i]];
      onCpu += cpu.length == 0 ? 0 : cpu[kept[i]];
    }
    Arrays.sort(all);
    Map<String, Double> extras = new HashMap<>(beside);
    extras.putAll(others);
    extras.put(Measurement.WITH_WAITS, ForkStatistics.mean(means));
    extras.put(Measurement.TURNS, (double) means.length);
    Measurement measurement =
        new Measurement(
                ForkStatistics.median(means),
                parts(means),
                Measurement.Batches.ofSorted(operations, all),
                (long) all.length * operations,
                bytesPerOp,
                null)
            .with(extras);
    return OwnCpu.with(measurement, cpu.length == 0 ? null : Math.min(1, onCpu / wall));
  }

  private static List<Double> parts(double[] means) {
    List<Double> parts = new ArrayList<>();
    for (int part = 0; part < PARTS; part++) {
      int from = means.length * part / PARTS;
      int to = means.length * (part + 1) / PARTS;
      parts.add(ForkStatistics.median(Arrays.copyOfRange(means, from, to)));
    }
    return parts;
  }
}
