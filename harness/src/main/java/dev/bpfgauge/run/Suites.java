package dev.bpfgauge.run;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.MeterFork;
import dev.bpfgauge.measure.MeterServer;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Who measures a cell, as its suite says: a process that the suite starts ({@link
 * Suite#ownProcess}), a {@link Meter} in a JVM that serves such forks as long as no other comes
 * between, or one in this process that waits for a program in C.
 */
public final class Suites implements AutoCloseable {
  private final MeterServer server = new MeterServer(Suites.class.getName());

  /** What measures one cell once, in another process; it never throws. */
  public Callable<Outcome> fork(Cell cell, Settings settings) {
    Suite suite = Suite.of(cell.suite());
    Optional<Suite.OwnProcess> own = suite.ownProcess();
    if (own.isPresent()) {
      server.close();
      return () -> own.get().run(cell, settings);
    }
    if (LoopRuntime.of(cell) != LoopRuntime.JAVA) {
      Optional<Meter> inC = suite.meterInC();
      if (inC.isPresent()) {
        return () -> inC.get().attempt(cell, settings);
      }
    }
    return server.fork(cell, settings);
  }

  /**
   * What measures cells in turns in another process; it never throws.
   *
   * @param slots of suites that share one way to take turns
   */
  public Callable<List<InTurns.Taken>> inTurns(List<InTurns.Slot> slots, Settings settings) {
    server.close();
    InTurns inTurns = Suite.of(slots.getFirst().cell().suite()).inTurns().orElseThrow();
    return () -> inTurns.measure(slots, settings);
  }

  /** No process is left. */
  @Override
  public void close() {
    server.close();
  }

  /** The JVM that serves forks. */
  public static void main(String[] args) throws IOException {
    MeterFork.answer(suite -> Suite.of(suite).meter());
  }
}
