package dev.bpfgauge.measure;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;

/** What the measured loop is written in. */
public enum LoopRuntime {
  JAVA,
  /** C, in a process with one thread, where a file descriptor look-up is cheaper. */
  C,
  /** C, with a second thread that sleeps: what Java is fairly compared with. */
  C_THREAD;

  public String word() {
    return EnumWords.of(this);
  }

  /** What a cell's loop is written in; Java unless it says otherwise. */
  public static LoopRuntime of(Cell cell) {
    String word = cell.param("runtime");
    return word.isEmpty() ? JAVA : ofWord(word);
  }

  /**
   * Makes sure that a cell is not measured in Java under the name of another language.
   *
   * @throws Refusal where it is not Java's
   */
  public static void requireJava(Cell cell) {
    if (of(cell) != JAVA) {
      throw Refusal.usage("runtime=" + of(cell).word() + " is measured by a process of its own");
    }
  }

  public static LoopRuntime ofWord(String word) {
    return EnumWords.parse(LoopRuntime.class, "runtime", word);
  }
}
