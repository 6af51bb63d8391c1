package dev.bpfgauge.cli;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.run.Pace;
import dev.bpfgauge.run.Plan.Beside;
import dev.bpfgauge.suite.Suite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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
    boolean usual = areMaps(options) && options.cells.areDefault();
    if (pace == Pace.QUICK) {
      return usual ? List.of(new Beside(others(options, Suite::glance), 1)) : List.of();
    }
    boolean inEveryRound = options.rounds != null || pace == Pace.THOROUGH;
    int enough = inEveryRound ? Integer.MAX_VALUE : ENOUGH;
    List<Beside> besides = new ArrayList<>();
    besides.add(new Beside(of(Suite.all(), suite -> suite.inC(everywhere)), enough));
    List<Suite> asked = options.suites.stream().map(Suite::of).toList();
    besides.add(new Beside(of(asked, suite -> suite.references(options.cells.wanted())), enough));
    if (usual) {
      besides.add(new Beside(others(options, Suite::besideMaps), enough));
      besides.add(new Beside(others(options, Suite::overview), enough));
    }
    return besides.stream().filter(beside -> !beside.cells().isEmpty()).toList();
  }

  private static boolean areMaps(RunOptions options) {
    return SuiteWords.areCalled(options.suites, MapsCalled.FROM_USER_SPACE);
  }

  /** Of the suites that were not asked for. */
  private static List<Cell> others(RunOptions options, Function<Suite, List<Cell>> cells) {
    return of(
        Suite.all().stream().filter(suite -> !options.suites.contains(suite.name())).toList(),
        cells);
  }

  private static List<Cell> of(List<Suite> suites, Function<Suite, List<Cell>> cells) {
    return suites.stream().flatMap(suite -> cells.apply(suite).stream()).toList();
  }
}
