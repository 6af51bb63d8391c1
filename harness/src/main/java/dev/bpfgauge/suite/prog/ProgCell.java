package dev.bpfgauge.suite.prog;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Cell;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cell of suite {@code prog}.
 *
 * @param object the object's name in the run, see {@link ObjectFiles}
 * @param program the program's name in the object, that of its function
 * @param task what is done with it
 * @param input word of what it is run on, or the command that makes its events; empty where it is
 *     only loaded, and where operations of our own make them
 * @param shape name of the values that its variables have; empty where there are no shapes
 */
record ProgCell(String object, String program, Task task, String input, String shape) {
  static final String SUITE = "prog";

  static final String OBJECT = "object";
  static final String PROGRAM = "function";
  static final String INPUT = "input";

  static final String SHAPE = "variant";

  /** In guests, where the arms are versions: the kernel. */
  static final String KERNEL = "kernel";

  /** What is done with a program. */
  enum Task {
    /** The verifier looks at it. */
    LOAD,
    /** BPF_PROG_RUN runs it. */
    RUN,
    /** It is attached, and its events are made. */
    EVENT
  }

  ProgCell(String object, String program, Task task, String input) {
    this(object, program, task, input, "");
  }

  /** The same in a shape. */
  ProgCell in(String otherShape) {
    return new ProgCell(object, program, task, input, otherShape);
  }

  static ProgCell of(Cell cell) {
    return new ProgCell(
        cell.param(OBJECT),
        cell.param(PROGRAM),
        EnumWords.parse(Task.class, "operation", cell.operation()),
        cell.param(INPUT),
        cell.param(SHAPE));
  }

  Cell cell() {
    SortedMap<String, String> params = new TreeMap<>();
    params.put(OBJECT, object);
    params.put(PROGRAM, program);
    if (!input.isEmpty()) {
      params.put(INPUT, input);
    }
    if (!shape.isEmpty()) {
      params.put(SHAPE, shape);
    }
    return new Cell(SUITE, SUITE + "." + EnumWords.of(task), params, "");
  }
}
