package dev.bpfgauge.tool;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Texts as the kernel's programs write them. */
final class Texts {
  private static final byte DELETE = 127;

  private Texts() {}

  /** Up to the first zero, or all; what would disturb a terminal becomes a question mark. */
  static String of(MemorySegment bytes) {
    byte[] all = bytes.toArray(ValueLayout.JAVA_BYTE);
    int end = 0;
    while (end < all.length && all[end] != 0) {
      if ((all[end] >= 0 && all[end] < ' ') || all[end] == DELETE) {
        all[end] = '?';
      }
      end++;
    }
    return new String(all, 0, end, StandardCharsets.UTF_8);
  }
}
