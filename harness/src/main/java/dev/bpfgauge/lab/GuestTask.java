package dev.bpfgauge.lab;

import dev.bpfgauge.results.Cell;
import java.util.List;

/**
 * What a guest is told, as {@value #FILE} in its initramfs.
 *
 * @param cells to measure, in this order
 * @param mode word of the {@link GuestMode}
 * @param seed of the keys' order
 */
record GuestTask(List<Cell> cells, String mode, long seed) {
  static final String FILE = "task.json";

  GuestTask {
    cells = List.copyOf(cells);
  }

  /** Its cells hang programs on devices. */
  boolean needsModules() {
    return cells.stream().anyMatch(cell -> cell.suite().matches("hooks|loads"));
  }
}
