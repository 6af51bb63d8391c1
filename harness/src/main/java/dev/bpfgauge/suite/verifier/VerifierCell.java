package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.Map;
import java.util.TreeMap;

/**
 * One cell of the suite: loading a program, or running it on one of the kernel's two engines.
 *
 * @param size of the program, in the shape's own terms
 */
record VerifierCell(Shape shape, int size, Task task) {
  static final String SUITE = "verifier";
  static final String RUN_WORD = "run";
  private static final String RUN = SUITE + "." + RUN_WORD;
  static final String ENGINE = "engine";

  /** What is timed. */
  enum Task {
    /** BPF_PROG_LOAD: verifying and compiling. */
    LOAD,
    /** A run of the compiled program. */
    RUN_JIT,
    /** A run by the kernel's interpreter. */
    RUN_INTERPRETER
  }

  VerifierCell {
    if (size < 1 || size > shape.most()) {
      throw Refusal.usage(
          "size=%d: a program of %s is made for 1 to %d"
              .formatted(size, shape.word(), shape.most()));
    }
  }

  /**
   * Reads a cell.
   *
   * @throws Refusal where a word or number is wrong
   */
  static VerifierCell of(Cell cell) {
    if (cell.benchmark().equals(RUN)) {
      Task task =
          switch (cell.param(ENGINE)) {
            case "jit" -> Task.RUN_JIT;
            case "interpreter" -> Task.RUN_INTERPRETER;
            default ->
                throw Refusal.usage(
                    "engine=" + cell.param(ENGINE) + " is neither jit nor interpreter");
          };
      return new VerifierCell(Shape.ofWord(cell.param("shape")), size(cell), task);
    }
    String shape = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    return new VerifierCell(Shape.ofWord(shape), size(cell), Task.LOAD);
  }

  private static int size(Cell cell) {
    try {
      return Integer.parseInt(cell.param("size"));
    } catch (NumberFormatException e) {
      throw new Refusal(
          Refusal.Kind.USAGE, "size=%s is not a whole number".formatted(cell.param("size")), e);
    }
  }

  Cell cell() {
    Map<String, String> params = new TreeMap<>(Map.of("size", Integer.toString(size)));
    if (task == Task.LOAD) {
      return new Cell(SUITE, SUITE + "." + shape.word(), params, "");
    }
    params.put("shape", shape.word());
    params.put(ENGINE, task == Task.RUN_JIT ? "jit" : "interpreter");
    return new Cell(SUITE, RUN, params, "");
  }
}
