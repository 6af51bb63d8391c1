package dev.bpfgauge.suite.maps;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Keys and values of many elements side by side, as the batch calls take them.
 *
 * @param keyBytes bytes of one key
 * @param valueBytes user-space bytes of one value, over all CPUs
 * @param keys all keys
 * @param values all values
 */
record ElementBlock(long keyBytes, long valueBytes, MemorySegment keys, MemorySegment values) {

  static ElementBlock allocate(Arena arena, long keyBytes, long valueBytes, long elements) {
    return new ElementBlock(
        keyBytes,
        valueBytes,
        arena.allocate(keyBytes * elements, Long.BYTES),
        arena.allocate(valueBytes * elements, Long.BYTES));
  }

  MemorySegment key(int index) {
    return keys.asSlice(index * keyBytes, keyBytes);
  }

  MemorySegment value(int index) {
    return values.asSlice(index * valueBytes, valueBytes);
  }

  /** Writes the elements of {@code count} keys, from the block's start. */
  void set(int[] from, int at, int count) {
    for (int i = 0; i < count; i++) {
      keys.set(ValueLayout.JAVA_INT_UNALIGNED, i * keyBytes, from[at + i]);
      fill(values.asSlice(i * valueBytes, valueBytes), Elements.valueOf(from[at + i]));
    }
  }

  /** Writes the word over and over, so that each CPU's value begins with it. */
  private static void fill(MemorySegment value, long word) {
    for (long at = 0; at + Long.BYTES <= value.byteSize(); at += Long.BYTES) {
      value.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word);
    }
  }
}
