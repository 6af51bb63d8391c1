package dev.bpfgauge.report.terminal;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Names of rows in a column that is too narrow for them: shortened so that none looks as another.
 */
public final class ShortNames {
  private static final String CUT = "…";

  private ShortNames() {}

  /**
   * The names, with the middle of those left out that are too long.
   *
   * @param names of the rows, in order
   * @return as many, equal only where the names are; empty where no such way was found
   */
  public static Optional<List<String>> of(List<String> names, int width) {
    int middle = (width - CUT.length()) / 2;
    for (int step = 0; step < 2 * width; step++) {
      int head = middle + (step % 2 == 0 ? step / 2 : -(step + 1) / 2);
      if (head >= 0 && head <= width - CUT.length()) {
        List<String> cut = names.stream().map(name -> cut(name, width, head)).toList();
        if (distinct(cut) == distinct(names)) {
          return Optional.of(cut);
        }
      }
    }
    return Optional.empty();
  }

  private static int distinct(List<String> names) {
    Set<String> all = new HashSet<>(names);
    return all.size();
  }

  private static String cut(String name, int width, int head) {
    int tail = width - CUT.length() - head;
    return name.length() <= width
        ? name
        : name.substring(0, head) + CUT + name.substring(name.length() - tail);
  }
}
