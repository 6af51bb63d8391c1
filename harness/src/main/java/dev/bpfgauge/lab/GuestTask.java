package dev.bpfgauge.lab;

import dev.bpfgauge.model.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a guest is told, as {@value #FILE} in its initramfs: a line with mode and seed, then one a
 * cell, its words separated by tabs. JSON would take a guest seconds, see {@link MessageText}.
 *
 * @param cells to measure, in this order
 * @param mode word of the {@link GuestMode}
 * @param seed of the keys' order
 */
record GuestTask(List<Cell> cells, String mode, long seed) {
  static final String FILE = "task";

  private static final String TAB = "\t";

  GuestTask {
    cells = List.copyOf(cells);
  }

  /** As a guest reads it; cells without their profile. */
  String text() {
    StringBuilder text = new StringBuilder(mode).append(TAB).append(seed).append('\n');
    for (Cell cell : cells) {
      text.append(cell.suite()).append(TAB).append(cell.benchmark());
      cell.params()
          .forEach((name, value) -> text.append(TAB).append(name).append('=').append(value));
      text.append('\n');
    }
    return text.toString();
  }

  /** The task of that {@link #text}. */
  static GuestTask ofText(String text) {
    List<String> lines = text.lines().toList();
    String[] how = lines.getFirst().split(TAB, 2);
    List<Cell> cells = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(TAB, -1);
      SortedMap<String, String> params = new TreeMap<>();
      for (int i = 2; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        params.put(words[i].substring(0, equals), words[i].substring(equals + 1));
      }
      cells.add(new Cell(words[0], words[1], params, ""));
    }
    return new GuestTask(cells, how[0], Long.parseLong(how[1]));
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
