package dev.bpfgauge.os;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Breaks lines between words; what follows stands below the line's last column of words. */
public final class Folding {
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  /** What begins behind more of the line leaves too little room below it. */
  private static final double DEEPEST = 0.6;

  private Folding() {}

  /** The line, in as many as are needed for that width; a longer word stays whole. */
  public static String fold(String line, int width) {
    if (columns(line) <= width) {
      return line;
    }
    int indent = hanging(line, width);
    int longest = Stream.of(line.split("\\s+", -1)).mapToInt(Folding::columns).max().orElse(0);
    if (indent + longest > width) {
      indent = 0;
    }
    StringBuilder folded = new StringBuilder();
    int used = 0;
    for (String word : line.split("(?<=\\S)(?=\\s)", -1)) {
      String next = word;
      if (used > indent && used + columns(word) > width) {
        folded.append('\n').repeat(' ', indent);
        used = indent;
        next = word.stripLeading();
      }
      folded.append(next);
      used += columns(next);
    }
    return folded.toString();
  }

  /** Where the line's last column of words begins: behind the last gap of two blanks or more. */
  private static int hanging(String line, int width) {
    String shown = COLOUR.matcher(line).replaceAll("");
    int indent = shown.length() - shown.stripLeading().length();
    for (int i = indent + 2; i < Math.min(shown.length(), width * DEEPEST); i++) {
      if (shown.charAt(i) != ' ' && shown.startsWith("  ", i - 2)) {
        indent = i;
      }
    }
    return indent;
  }

  private static int columns(String text) {
    return COLOUR.matcher(text).replaceAll("").length();
  }
}
