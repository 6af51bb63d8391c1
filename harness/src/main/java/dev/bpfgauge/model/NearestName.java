package dev.bpfgauge.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What a mistyped name was probably meant to be. */
public final class NearestName {

  private NearestName() {}

  /**
   * The known name with the fewest edits (Levenshtein), where at most a third of the letters, and
   * never fewer than two, had to change.
   */
  public static Optional<String> of(String word, Collection<String> known) {
    String typed = word.toLowerCase(Locale.ROOT);
    int allowed = Math.max(2, typed.length() / 3);
    return known.stream()
        .filter(name -> edits(typed, name.toLowerCase(Locale.ROOT)) <= allowed)
        .min(Comparator.comparingInt(name -> edits(typed, name.toLowerCase(Locale.ROOT))));
  }

  /** {@code unknown map "hsah": did you mean "hash"? Known: array, hash, …}. */
  public static String unknown(String what, String word, Collection<String> known) {
    String guess = of(word, known).map(name -> ": did you mean \"" + name + "\"?").orElse(".");
    return "unknown " + what + " \"" + word + "\"" + guess + " Known: " + String.join(", ", known);
  }

  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
