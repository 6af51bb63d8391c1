package dev.bpfgauge.suite.tools;

import dev.bpfgauge.os.Shown;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Texts as the kernel's programs write them. */
public final class Texts {
  private Texts() {}

  /** Appended in a column: to the left where its width is negative, without a cut. */
  static void pad(StringBuilder line, String text, int width) {
    int blanks = Math.max(0, Math.abs(width) - text.length());
    if (width > 0) {
      line.repeat(' ', blanks).append(text);
    } else {
      line.append(text).repeat(' ', blanks);
    }
  }

  /** Ends a line; blanks at its end go. */
  static void endLine(StringBuilder text) {
    while (!text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
      text.setLength(text.length() - 1);
    }
    text.append('\n');
  }

  /** Up to the first zero, or all; what would disturb a terminal becomes a question mark. */
  public static String of(MemorySegment bytes) {
    byte[] all = bytes.toArray(ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < all.length && all[end] != 0) {
      end++;
    }
    return Shown.name(new String(all, 0, end, StandardCharsets.UTF_8));
  }
}
