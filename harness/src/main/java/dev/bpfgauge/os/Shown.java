package dev.bpfgauge.os;

import java.io.PrintWriter;

/**
 * Text that others wrote (names of processes, files, symbols, devices, runs), safe to be shown: a
 * name must not move the cursor, colour the screen, end a line or turn its direction. What could is
 * replaced by a question mark.
 */
public final class Shown {
  private static final char REPLACEMENT = '?';
  private static final char ESCAPE = '\u001b';

  private Shown() {}

  /**
   * Whether a terminal or a page would act on it instead of showing it: C0, DEL, C1, the separators
   * of lines and paragraphs, and the marks, embeddings, overrides and isolates of the Unicode
   * Bidirectional Algorithm (UAX 9).
   */
  public static boolean disturbs(int character) {
    return character < ' '
        || (character >= 0x7f && character < 0xa0)
        || character == 0x061c
        || character == 0x200e
        || character == 0x200f
        || (character >= 0x2028 && character <= 0x202e)
        || (character >= 0x2066 && character <= 0x2069);
  }

  /** A name: one line. */
  public static String name(String foreign) {
    return cleaned(foreign, false);
  }

  /** A text of several lines, with tabs. */
  public static String text(String foreign) {
    return cleaned(foreign, true);
  }

  private static String cleaned(String foreign, boolean lines) {
    for (int i = 0; i < foreign.length(); i++) {
      if (isReplaced(foreign.charAt(i), lines)) {
        return replaced(foreign, i, lines);
      }
    }
    return foreign;
  }

  private static String replaced(String foreign, int from, boolean lines) {
    char[] all = foreign.toCharArray();
    for (int i = from; i < all.length; i++) {
      if (isReplaced(all[i], lines)) {
        all[i] = REPLACEMENT;
      }
    }
    return new String(all);
  }

  private static boolean isReplaced(char c, boolean lines) {
    return disturbs(c) && !(lines && (c == '\n' || c == '\t'));
  }

  /**
   * The last net before a terminal, for names that nobody cleaned on the way. Line ends, tabs and
   * this program's own colours ({@code ESC [ … m}) and cleared lines ({@code ESC [ K}) pass.
   */
  public static PrintWriter on(PrintWriter out) {
    return new Net(out);
  }

  private static final class Net extends PrintWriter {
    Net(PrintWriter out) {
      super(out, true);
    }

    @Override
    public void write(int c) {
      write(new char[] {(char) c}, 0, 1);
    }

    @Override
    public void write(String text, int from, int length) {
      write(text.substring(from, from + length).toCharArray(), 0, length);
    }

    @Override
    public void write(char[] text, int from, int length) {
      char[] shown = null;
      int end = from + length;
      for (int i = from; i < end; i++) {
        if (disturbs(text[i]) && !isOurs(text, i, end)) {
          shown = shown == null ? text.clone() : shown;
          shown[i] = REPLACEMENT;
        }
      }
      super.write(shown == null ? text : shown, from, length);
    }

    private static boolean isOurs(char[] text, int at, int end) {
      return switch (text[at]) {
        case '\n', '\t', '\r' -> true;
        case ESCAPE -> {
          int i = at + 1;
          if (i < end && text[i] == '[') {
            i++;
            while (i < end && (text[i] == ';' || (text[i] >= '0' && text[i] <= '9'))) {
              i++;
            }
            yield i < end && (text[i] == 'm' || text[i] == 'K');
          }
          yield false;
        }
        default -> false;
      };
    }
  }
}
