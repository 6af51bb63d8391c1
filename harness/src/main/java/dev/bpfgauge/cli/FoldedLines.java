package dev.bpfgauge.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lines that a terminal is too narrow for, broken between words; what follows stands below the
 * line's last column of words. Lines of a pipe or a file stay whole: grep wants them so.
 */
final class FoldedLines extends Writer {
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  /** What begins behind more of the line leaves too little room below it. */
  private static final double DEEPEST = 0.6;

  private final Writer out;
  private final IntSupplier terminal;
  private int width;
  private final StringBuilder line = new StringBuilder();

  private FoldedLines(Writer out, IntSupplier terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Standard error, folded where it is a terminal: asked for when something is said there. */
  static PrintWriter onError(PrintWriter err) {
    return new PrintWriter(new FoldedLines(err, Terminal::widthOfError), true);
  }

  /** The same output, folded where it is a terminal. */
  static PrintWriter on(PrintWriter out) {
    return Terminal.isTerminal()
        ? new PrintWriter(new FoldedLines(out, Terminal::width), true)
        : out;
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    for (int i = from; i < from + length; i++) {
      if (text[i] == '\n') {
        out.write(fold(line.toString(), width()) + "\n");
        line.setLength(0);
      } else {
        line.append(text[i]);
      }
    }
  }

  private int width() {
    if (width == 0) {
      width = terminal.getAsInt();
    }
    return width;
  }

  @Override
  public void flush() throws IOException {
    out.write(line.toString());
    line.setLength(0);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }

  /** The line, in as many as are needed for that width; a longer word stays whole. */
  static String fold(String line, int width) {
    if (columns(line) <= width) {
      return line;
    }
    int indent = hanging(line, width);
    int longest = Stream.of(line.split("\\s+", -1)).mapToInt(FoldedLines::columns).max().orElse(0);
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
