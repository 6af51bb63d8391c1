package dev.bpfgauge.lab;

import dev.bpfgauge.results.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  /** Numbers of cells in rising order as a word for the kernel's command line: {@code 0-3,7}. */
  static String ranges(List<Integer> cells) {
    StringJoiner word = new StringJoiner(",");
    for (int from = 0, to; from < cells.size(); from = to) {
      to = from + 1;
      while (to < cells.size() && cells.get(to) == cells.get(to - 1) + 1) {
        to++;
      }
      word.add(cells.get(from) + "-" + cells.get(to - 1));
    }
    return word.toString();
  }

  /** The numbers in such a word. */
  static List<Integer> inRanges(String word) {
    List<Integer> cells = new ArrayList<>();
    Stream.of(word.split(",", -1))
        .map(range -> range.split("-", 2))
        .flatMapToInt(
            ends -> IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])))
        .forEach(cells::add);
    return cells;
  }
}
