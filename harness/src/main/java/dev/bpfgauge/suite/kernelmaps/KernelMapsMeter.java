package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import java.lang.foreign.Arena;

/** Measures a cell of {@code kernel-maps}, whose operation's results are checked before. */
public final class KernelMapsMeter implements Meter {
  /** Operations of a first try. */
  private static final int FEW = 64;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    LoopRuntime.requireJava(cell);
    KernelMapCell wanted = KernelMapCell.of(cell);
    wanted.refuseNonsense();
    KernelTurns.requireCpus(wanted.threads());
    try (KernelLoop loop = KernelLoop.load(wanted, settings);
        Arena arena = Arena.ofShared()) {
      String objection = objection(wanted, loop, loop.runner(arena, 0));
      if (!objection.isEmpty()) {
        return new Outcome.Refused(objection);
      }
      boolean gross = wanted.operation() == KernelOperation.LOOP;
      return new Outcome.Measured(
          KernelTurns.measure(loop.in(arena), wanted.threads(), gross, settings), null);
    }
  }

  /** Asks for few operations first: a wrong result is a refusal of this kind of map, or a bug. */
  private static String objection(KernelMapCell cell, KernelLoop loop, KernelTurns.Runner runner) {
    int few = Math.min(FEW, loop.mostAtOnce());
    KernelTurns.Ran ran = runner.operation(few, 0);
    if (ran.right() == few) {
      runner.undo(few);
      return "";
    }
    if (ran.right() == 0 && cell.operation() == KernelOperation.DELETE) {
      return "EINVAL: arrays have no delete";
    }
    throw new IllegalStateException(
        "%s on %s: %d of %d results were wrong"
            .formatted(cell.operation().word(), cell.subject().word(), few - ran.right(), few));
  }
}
