package dev.bpfgauge.run;

import dev.bpfgauge.bench.CellRunner;
import dev.bpfgauge.bench.MapsMeter;
import dev.bpfgauge.bench.Meter;
import dev.bpfgauge.bench.MeterFork;
import dev.bpfgauge.bench.Outcome;
import dev.bpfgauge.bench.Settings;
import dev.bpfgauge.events.EventsMeter;
import dev.bpfgauge.events.EventsSuite;
import dev.bpfgauge.hook.HooksMeter;
import dev.bpfgauge.hook.HooksSuite;
import dev.bpfgauge.kernelmap.KernelMapsMeter;
import dev.bpfgauge.kernelmap.KernelMapsSuite;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.verifier.VerifierMeter;
import dev.bpfgauge.verifier.VerifierSuite;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/** Who measures a suite's cells: JMH ({@link CellRunner}), or a {@link Meter} of its own. */
public final class Suites {
  private static final Map<String, Supplier<Meter>> METERS =
      Map.of(
          KernelMapsSuite.NAME,
          KernelMapsMeter::new,
          HooksSuite.NAME,
          HooksMeter::new,
          VerifierSuite.NAME,
          VerifierMeter::new,
          EventsSuite.NAME,
          EventsMeter::new);

  private Suites() {}

  /** Measures one cell once, in a process of its own; see {@link CellRunner#run}. */
  public static Outcome run(Cell cell, Settings settings) {
    return METERS.containsKey(cell.suite())
        ? MeterFork.run(Suites.class.getName(), cell, settings)
        : CellRunner.run(cell, settings);
  }

  /**
   * The meter of a suite.
   *
   * @throws IllegalArgumentException where it has none
   */
  static Meter meter(String suite) {
    Supplier<Meter> meter = METERS.get(suite);
    if (meter == null) {
      throw new IllegalArgumentException("suite " + suite + " has no meter");
    }
    return meter.get();
  }

  /**
   * Who measures a suite's cells in this process, as guests of the lab do.
   *
   * @throws IllegalArgumentException where nobody does
   */
  public static Meter inThisProcess(String suite) {
    return MapsMeter.SUITES.contains(suite) ? new MapsMeter() : meter(suite);
  }

  /** A fork: one question, one answer. */
  public static void main(String[] args) throws IOException {
    MeterFork.answer(Suites::meter);
  }
}
