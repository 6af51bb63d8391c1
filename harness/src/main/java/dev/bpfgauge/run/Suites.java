package dev.bpfgauge.run;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.MeterFork;
import dev.bpfgauge.measure.MeterServer;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.suite.events.EventsMeter;
import dev.bpfgauge.suite.events.EventsSuite;
import dev.bpfgauge.suite.hooks.HooksInC;
import dev.bpfgauge.suite.hooks.HooksMeter;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.hooks.LoadsSuite;
import dev.bpfgauge.suite.kernelmaps.KernelMapsInC;
import dev.bpfgauge.suite.kernelmaps.KernelMapsMeter;
import dev.bpfgauge.suite.kernelmaps.KernelMapsSuite;
import dev.bpfgauge.suite.maps.CellRunner;
import dev.bpfgauge.suite.maps.MapsMeter;
import dev.bpfgauge.suite.mllb.InferenceMeter;
import dev.bpfgauge.suite.mllb.MllbSuite;
import dev.bpfgauge.suite.verifier.VerifierMeter;
import dev.bpfgauge.suite.verifier.VerifierSuite;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Who measures a suite's cells: JMH ({@link CellRunner}) in a fresh JVM each, or a {@link Meter} in
 * a JVM that serves such forks as long as no other comes between.
 */
public final class Suites implements AutoCloseable {
  private static final Map<String, Supplier<Meter>> METERS =
      Map.of(
          KernelMapsSuite.NAME,
          KernelMapsMeter::new,
          HooksSuite.NAME,
          HooksMeter::new,
          LoadsSuite.NAME,
          ToolLoads::new,
          VerifierSuite.NAME,
          VerifierMeter::new,
          EventsSuite.NAME,
          EventsMeter::new,
          MllbSuite.NAME,
          InferenceMeter::new);

  /** Who measures the cells of a suite that C does as well. */
  private static final Map<String, Meter> IN_C =
      Map.of(KernelMapsSuite.NAME, new KernelMapsInC(), HooksSuite.NAME, new HooksInC());

  private final MeterServer server = new MeterServer(Suites.class.getName());

  /** What measures one cell once, in another process; see {@link CellRunner#run}. */
  public Callable<Outcome> fork(Cell cell, Settings settings) {
    Meter inC = IN_C.get(cell.suite());
    if (inC != null && LoopRuntime.of(cell) != LoopRuntime.JAVA) {
      return () -> inC.attempt(cell, settings);
    }
    if (METERS.containsKey(cell.suite())) {
      return server.fork(cell, settings);
    }
    server.close();
    return () -> CellRunner.run(cell, settings);
  }

  /** No process is left. */
  @Override
  public void close() {
    server.close();
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

  /** The JVM that serves forks. */
  public static void main(String[] args) throws IOException {
    MeterFork.answer(Suites::meter);
  }
}
