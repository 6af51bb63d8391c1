package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The suite {@code hooks}: what a program adds to the operation it hangs on. The cells' profile is
 * left empty; the plan puts them on its arms.
 */
public final class HooksSuite {
  public static final String NAME = "hooks";

  private HooksSuite() {}

  /** Every word for a hook. */
  public static List<String> hooks() {
    return Hook.words();
  }

  /** Every word for what the program does. */
  public static List<String> bodies() {
    return Body.words();
  }

  /**
   * The cells asked for.
   *
   * @param hooks words of {@link #hooks()}; empty: all of them
   * @param bodies words of {@link #bodies()}; empty: the usual ones of each hook
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> hooks, List<String> bodies) {
    List<Body> wanted = bodies.stream().map(Body::ofWord).distinct().toList();
    List<Cell> cells = new ArrayList<>();
    for (Hook hook :
        (hooks.isEmpty() ? hooks() : hooks).stream().map(Hook::ofWord).distinct().toList()) {
      for (Body body : wanted.isEmpty() ? hook.usualBodies() : wanted) {
        cells.add(cell(hook, body));
      }
    }
    return cells;
  }

  /**
   * The hooks that tools use most, raw_tp and tracepoint also with a counter; of those that many
   * kernels refuse the empty body, so that a run says which this kernel has.
   */
  public static List<Cell> overview() {
    List<Cell> cells = new ArrayList<>();
    for (Hook hook : List.of(Hook.RAW_TP, Hook.TRACEPOINT)) {
      cells.add(cell(hook, Body.EMPTY));
      cells.add(cell(hook, Body.COUNTER));
    }
    for (Hook hook : List.of(Hook.TP_BTF, Hook.UPROBE, Hook.XDP_RUN, Hook.TC_RUN)) {
      cells.add(cell(hook, Body.EMPTY));
    }
    for (Hook hook :
        List.of(Hook.KPROBE, Hook.KRETPROBE, Hook.KPROBE_MULTI, Hook.FENTRY, Hook.FEXIT)) {
      cells.add(cell(hook, Body.EMPTY));
    }
    return cells;
  }

  /** The same in C of those among the cells that C does as well. */
  public static List<Cell> references(List<Cell> cells) {
    return cells.stream()
        .filter(cell -> cell.suite().equals(NAME))
        .filter(cell -> HooksInC.measures(hook(cell), body(cell)))
        .map(cell -> cell.with("runtime", LoopRuntime.C.word()))
        .toList();
  }

  static Cell cell(Hook hook, Body body) {
    return new Cell(NAME, NAME + "." + hook.word(), Map.of("body", body.word()), "");
  }

  /** The hook of a cell. */
  static Hook hook(Cell cell) {
    return Hook.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }

  /** The body of a cell. */
  static Body body(Cell cell) {
    return Body.ofWord(cell.param("body"));
  }
}
