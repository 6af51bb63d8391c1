package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The suite {@code verifier}: how long a program takes to load, and how the verifier's work and the
 * machine code grow with it. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class VerifierSuite {
  public static final String NAME = VerifierCell.SUITE;

  /** Instructions of the program that compares the engines. */
  private static final int RUN_SIZE = 1_000;

  private VerifierSuite() {}

  /** Every word for a program's shape. */
  public static List<String> shapes() {
    return Shape.words();
  }

  /**
   * The cells asked for.
   *
   * @param shapes words of {@link #shapes()}; empty: all of them, and the two engines
   * @param sizes in each shape's own terms, those it cannot have left out; empty: its usual ones
   * @throws Refusal where a word is wrong or nothing is left
   */
  public static List<Cell> cells(List<String> shapes, List<Integer> sizes) {
    for (int size : sizes) {
      if ((shapes.isEmpty() ? shapes() : shapes)
          .stream().map(Shape::ofWord).noneMatch(shape -> size >= 1 && size <= shape.most())) {
        throw Refusal.usage("no program of these shapes has the size " + size);
      }
    }
    List<Cell> cells = new ArrayList<>();
    for (String word : shapes.isEmpty() ? shapes() : shapes) {
      Shape shape = Shape.ofWord(word);
      for (int size : sizes.isEmpty() ? shape.usual() : sizes) {
        if (size >= 1 && size <= shape.most()) {
          cells.add(load(shape, size));
        }
      }
    }
    if (shapes.isEmpty()) {
      cells.add(engine(VerifierCell.Task.RUN_JIT));
      cells.add(engine(VerifierCell.Task.RUN_INTERPRETER));
    }
    return cells.stream().distinct().toList();
  }

  /** Programs of medium size: plain, with many paths, and with a loop to walk. */
  public static List<Cell> overview() {
    return List.of(
        load(Shape.STRAIGHT_LINE, 1_000),
        load(Shape.BRANCHES, 100),
        load(Shape.BOUNDED_LOOP, 1_000));
  }

  private static Cell load(Shape shape, int size) {
    return new VerifierCell(shape, size, VerifierCell.Task.LOAD).cell();
  }

  private static Cell engine(VerifierCell.Task task) {
    return new VerifierCell(Shape.STRAIGHT_LINE, RUN_SIZE, task).cell();
  }
}
