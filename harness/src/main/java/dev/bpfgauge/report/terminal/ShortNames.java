package dev.bpfgauge.report.terminal;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Names of rows in a column that is too narrow for them: shortened so that none looks as another.
 */
public final class ShortNames {
  private static final String CUT = "…";

  /** In so many characters two names differ at a glance. */
  private static final int AT_A_GLANCE = 3;

  private ShortNames() {}

  /**
   * The names, with the middle of those left out that are too long. Where it is done, two names
   * differ in three characters or more, or in as many as they did: {@code lookup on a…y} and {@code
   * lookup on p…y} would say an array from a per-CPU array and not be read so.
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
        if (areTold(names, cut)) {
          return Optional.of(cut);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean areTold(List<String> names, List<String> cut) {
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < i; j++) {
        boolean isCut = !cut.get(i).equals(names.get(i)) || !cut.get(j).equals(names.get(j));
        if (isCut && !areTold(names.get(i), names.get(j), cut.get(i), cut.get(j))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean areTold(String one, String other, String oneCut, String otherCut) {
    int differ = differ(oneCut, otherCut);
    return differ == AT_A_GLANCE || differ >= differ(one, other);
  }

  /** Characters to insert, delete or replace, as Levenshtein counts; at most three. */
  private static int differ(String one, String other) {
    int[] above = IntStream.rangeClosed(0, other.length()).toArray();
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return Math.min(AT_A_GLANCE, above[other.length()]);
  }

  private static String cut(String name, int width, int head) {
    int tail = width - CUT.length() - head;
    return name.length() <= width
        ? name
        : name.substring(0, head) + CUT + name.substring(name.length() - tail);
  }
}
