package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfProgram.Info;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Spent;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures a cell of {@code mllb}: turns of decisions, and of the same loop without the network,
 * whose time is subtracted. Before that each output was Java's.
 */
public final class InferenceMeter implements Meter {
  /** Where instructions are counted: a timer's tick hits few of them. */
  private static final long COUNTED_BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(125);

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    MllbSuite.Task wanted = MllbSuite.of(cell);
    InferenceTimes.MadeUp madeUp = new InferenceTimes.MadeUp(wanted.hidden());
    FixedNet net = madeUp.fixed();
    Int8Net bytes = madeUp.int8();
    try (Inference kernel = Inference.load(net, bytes, List.of(wanted.form()))) {
      requireRight(kernel, wanted, net, bytes);
      long nanos = settings.counted() ? COUNTED_BATCH_NANOS : Spent.TURN_NANOS;
      Batches batches =
          new Batches(
              kernel,
              wanted.program(),
              InferenceTimes.calibrated(kernel, wanted.program(), nanos),
              InferenceTimes.calibrated(kernel, Inference.EMPTY, nanos));
      batches.spend(Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis()));
      List<Spent> iterations = new ArrayList<>();
      for (int i = 0; i < settings.measureIterations(); i++) {
        iterations.add(batches.spend(settings.measureMillis()));
      }
      Info info = kernel.info(wanted.program());
      Measurement measurement =
          Spent.measurement(iterations, batches.count, wanted.isLoop(), settings.counted());
      SortedMap<String, Double> extras =
          new TreeMap<>(
              Map.of(
                  "insns",
                  (double) info.translatedBytes() / Long.BYTES,
                  "jited_bytes",
                  (double) info.jitedBytes()));
      if (measurement.extras() != null) {
        extras.putAll(measurement.extras());
      }
      return new Outcome.Measured(measurement.with(extras), null);
    }
  }

  private static void requireRight(
      Inference kernel, MllbSuite.Task wanted, FixedNet net, Int8Net bytes) {
    InferenceTimes.requireRight(kernel, wanted.form(), net, bytes);
    if (wanted.isDecision()) {
      List<Decision> decisions = decisions();
      List<Inference.FromFacts> found = kernel.fromFacts(decisions);
      for (int i = 0; i < found.size(); i++) {
        if (found.get(i).logit() != net.logit(Feature.inputs(decisions.get(i)))) {
          throw new IllegalStateException("decision " + i + " is not Java's");
        }
      }
    }
    kernel.fill(InferenceTimes.MadeUp.inputs());
  }

  private static List<Decision> decisions() {
    SplittableRandom random = new SplittableRandom(3);
    return Stream.generate(
            () -> {
              long[] values = new long[Column.values().length];
              for (Column column : Column.values()) {
                values[column.index()] =
                    column.allows(2) ? random.nextInt(1_000) : random.nextInt(2);
              }
              values[Column.DELTA.index()] *= 1_000;
              return new Decision(values, "", "", "");
            })
        .limit(InferenceTimes.VECTORS)
        .toList();
  }

  /**
   * What is timed.
   *
   * @param count decisions of a batch
   * @param idle turns of the loop alone in a batch
   */
  private record Batches(Inference kernel, String program, int count, int idle) {

    Spent spend(int millis) {
      return Spent.inTurns(
          millis, count, _ -> nanos(program, count), _ -> nanos(Inference.EMPTY, idle));
    }

    private double nanos(String name, int turns) {
      return kernel.run(name, turns, InferenceTimes.VECTORS - 1).nanos() / (double) turns;
    }
  }
}
