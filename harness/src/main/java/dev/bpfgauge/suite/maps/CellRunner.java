package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * Measures one cell once, in a process of its own.
 *
 * <p>The child ends with the call: a caller that has lost patience kills it, or interrupts the
 * thread, and gets {@link Outcome.Failed} at once.
 */
public final class CellRunner {
  private static final List<String> SUITES =
      List.of(MapsSuite.NAME, PublishedLoopSuite.NAME, Cell.FLOOR);

  private CellRunner() {}

  /** Measures; never throws for what the cell, the kernel or the fork does. */
  public static Outcome run(Cell cell, Settings settings) {
    try {
      return switch (cell.suite()) {
        case MapsSuite.NAME -> maps(MapCell.of(cell), settings);
        case PublishedLoopSuite.NAME -> seed(PublishedLoopCell.of(cell), settings);
        case Cell.FLOOR -> floor(cell, settings);
        default -> throw Refusal.option(NearestName.unknown("suite", cell.suite(), SUITES));
      };
    } catch (Refusal refusal) {
      return Outcome.of(refusal);
    }
  }

  private static Outcome maps(MapCell cell, Settings settings) {
    cell.refuseNonsense();
    Optional<Outcome> objection = Preflight.objection(cell);
    if (objection.isPresent()) {
      return objection.get();
    }
    return switch (cell.runtime()) {
      case JAVA -> JmhFork.of(cell, settings).run();
      case C, C_THREAD -> CReference.run(cell, settings);
    };
  }

  private static Outcome seed(PublishedLoopCell cell, Settings settings) {
    Optional<String> absent = LibBpf.unavailable();
    return absent.isPresent()
        ? new Outcome.Unavailable(absent.get())
        : JmhFork.of(cell, settings).run();
  }

  private static Outcome floor(Cell cell, Settings settings) {
    String step = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    Optional<Outcome> objection =
        FloorStep.ofWord(step) == FloorStep.BPF_REFUSED
            ? Preflight.notRefusedByBpf()
            : Optional.empty();
    return objection.orElseGet(() -> JmhFork.of(FloorStep.ofWord(step), settings).run());
  }
}
