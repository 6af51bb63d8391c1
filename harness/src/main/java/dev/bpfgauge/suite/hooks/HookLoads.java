package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The suite {@code loads}: what a kernel takes. One cell a hook, and one each for the types of maps
 * and of programs. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class HookLoads {
  public static final String NAME = "loads";

  public static final String MAPS_WORD = "maps";
  public static final String PROGRAMS_WORD = "programs";

  static final String MAPS = NAME + "." + MAPS_WORD;
  static final String PROGRAMS = NAME + "." + PROGRAMS_WORD;

  private HookLoads() {}

  /**
   * The cells asked for.
   *
   * @param hooks words of {@link HooksSuite#hooks()}; empty: all of them, and the types
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> hooks) {
    List<Cell> cells = new ArrayList<>();
    for (String word : hooks.isEmpty() ? HooksSuite.hooks() : hooks) {
      Hook hook = Hook.ofWord(word);
      if (hook != Hook.SYS_ENTER || !hooks.isEmpty()) {
        cells.add(cell(NAME + "." + hook.word()));
      }
    }
    if (hooks.isEmpty()) {
      cells.add(cell(PROGRAMS));
      cells.add(cell(MAPS));
    }
    return cells.stream().distinct().toList();
  }

  private static Cell cell(String benchmark) {
    return new Cell(NAME, benchmark, Map.of(), "");
  }

  /** Whether a cell of the suite asks for a hook. */
  public static boolean isHook(Cell cell) {
    return HooksSuite.hooks().contains(cell.operation());
  }

  /** The hook of a cell that is neither of the two with types. */
  static Hook hook(Cell cell) {
    return Hook.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }
}
