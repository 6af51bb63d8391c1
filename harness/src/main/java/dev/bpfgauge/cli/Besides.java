package dev.bpfgauge.cli;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.run.Pace;
import dev.bpfgauge.run.Plan.Beside;
import dev.bpfgauge.suite.events.EventsSuite;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.kernelmaps.KernelMapsSuite;
import dev.bpfgauge.suite.maps.MapsSuite;
import dev.bpfgauge.suite.verifier.VerifierSuite;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plan measures on its first arm besides what was asked for: the references in C and, where
 * the cells of {@code maps} are the usual ones, the same operations inside the kernel and a look at
 * the other suites. docs/method.md says what the default plan holds.
 */
final class Besides {
  /** Forks that a figure needs; fewer are indicative. */
  private static final int ENOUGH = 5;

  private Besides() {}

  /**
   * @param everywhere what was asked for
   */
  static List<Beside> of(RunOptions options, Pace pace, List<Cell> everywhere) {
    if (options.noReferences) {
      return List.of();
    }
    boolean maps = options.suites.contains(MapsSuite.NAME);
    boolean usual = maps && options.cells.areDefault();
    if (pace == Pace.QUICK) {
      return usual ? List.of(new Beside(others(options, glance()), 1)) : List.of();
    }
    boolean inEveryRound = options.rounds != null || pace == Pace.THOROUGH;
    int enough = inEveryRound ? Integer.MAX_VALUE : ENOUGH;
    List<Beside> besides = new ArrayList<>();
    besides.add(new Beside(inC(everywhere), enough));
    if (maps) {
      besides.add(new Beside(MapsSuite.references(options.cells.kinds()), enough));
    }
    if (usual) {
      List<Cell> inside = KernelMapsSuite.cells(KernelMapsSuite.Options.SEED_GRID);
      besides.add(new Beside(others(options, inside), enough));
      besides.add(new Beside(others(options, overview()), enough));
    }
    return besides;
  }

  /** What C and libbpf measure of the suites inside the kernel that were asked for. */
  private static List<Cell> inC(List<Cell> everywhere) {
    List<Cell> cells = new ArrayList<>(KernelMapsSuite.references(everywhere));
    cells.addAll(HooksSuite.references(everywhere));
    return cells;
  }

  /** Without the cells of suites that were asked for. */
  private static List<Cell> others(RunOptions options, List<Cell> cells) {
    return cells.stream().filter(cell -> !options.suites.contains(cell.suite())).toList();
  }

  private static List<Cell> overview() {
    List<Cell> cells = new ArrayList<>(HooksSuite.overview());
    cells.addAll(VerifierSuite.overview());
    cells.addAll(EventsSuite.overview());
    return cells;
  }

  private static List<Cell> glance() {
    List<Cell> cells =
        new ArrayList<>(
            HooksSuite.cells(
                List.of("raw_tp", "tracepoint", "uprobe", "kprobe", "fentry"), List.of("empty")));
    cells.add(VerifierSuite.overview().getFirst());
    cells.add(EventsSuite.overview().getFirst());
    return cells;
  }
}
