package dev.bpfgauge.run;

import dev.bpfgauge.bench.CellRunner;
import dev.bpfgauge.bench.LoopRuntime;
import dev.bpfgauge.bench.MapsMeter;
import dev.bpfgauge.bench.Meter;
import dev.bpfgauge.bench.MeterFork;
import dev.bpfgauge.bench.MeterServer;
import dev.bpfgauge.bench.Outcome;
import dev.bpfgauge.bench.Settings;
import dev.bpfgauge.events.EventsMeter;
import dev.bpfgauge.events.EventsSuite;
import dev.bpfgauge.hook.HooksInC;
import dev.bpfgauge.hook.HooksMeter;
import dev.bpfgauge.hook.HooksSuite;
import dev.bpfgauge.hook.LoadsSuite;
import dev.bpfgauge.kernelmap.KernelMapsInC;
import dev.bpfgauge.kernelmap.KernelMapsMeter;
import dev.bpfgauge.kernelmap.KernelMapsSuite;
import dev.bpfgauge.mllb.InferenceMeter;
import dev.bpfgauge.mllb.MllbSuite;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.verifier.VerifierMeter;
import dev.bpfgauge.verifier.VerifierSuite;
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
