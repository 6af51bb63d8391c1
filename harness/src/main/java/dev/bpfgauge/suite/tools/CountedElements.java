package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads all of a hash map whose values begin with counters, in batches, so that thousands of
 * elements take a few system calls. What a program counts is read as the difference to the reading
 * before. Elements that nobody counts in any more are taken out once the map is half full.
 */
public final class CountedElements implements AutoCloseable {
  private static final int BATCH = 1024;

  private final BpfMap map;
  private final int counters;
  private final Arena arena = Arena.ofShared();
  private final long keyBytes;
  private final long valueBytes;
  private final MemorySegment cursor;
  private final MemorySegment keys;
  private final MemorySegment values;
  private final Map<ByteBuffer, long[]> before = new HashMap<>();

  /** What was counted in elements that are no longer there. */
  private final long[] takenOut;

  /**
   * Begins at nothing.
   *
   * @param counters 64-bit numbers that values begin with
   */
  public CountedElements(BpfMap map, int counters) {
    this.map = map;
    this.counters = counters;
    this.takenOut = new long[counters];
    this.keyBytes = map.info().keySize();
    this.valueBytes = map.valueStride();
    this.cursor = arena.allocate(Math.max(keyBytes, Long.BYTES), Long.BYTES);
    this.keys = arena.allocate(BATCH * keyBytes, Long.BYTES);
    this.values = arena.allocate(BATCH * valueBytes, Long.BYTES);
  }

  /** An element in which something was counted; the segments are good during the call only. */
  public interface Change {
    /**
     * Takes it.
     *
     * @param added what was counted since the reading before
     */
    void of(MemorySegment key, MemorySegment value, long[] added);
  }

  /** Hands over each element in which something was counted since this was called before. */
  public synchronized void takeChanges(Change change) {
    List<byte[]> idle = new ArrayList<>();
    long[] count = new long[1];
    forEach((key, value) -> {
      count[0]++;
      if (!take(key, value, change)) {
        idle.add(key.toArray(ValueLayout.JAVA_BYTE));
      }
    });
    if (count[0] > map.info().maxEntries() / 2) {
      idle.forEach(key -> takeOut(key, change));
    }
  }

  /** Whether anything was counted there. */
  private boolean take(MemorySegment key, MemorySegment value, Change change) {
    long[] now = counters(value);
    long[] then = before.put(name(key), now);
    long[] added = now.clone();
    for (int i = 0; then != null && i < counters; i++) {
      added[i] -= then[i];
    }
    boolean counted = Arrays.stream(added).anyMatch(n -> n != 0);
    if (counted) {
      change.of(key, value, added);
    }
    return counted;
  }

  /** What is counted between reading and taking out is handed over, too. */
  private void takeOut(byte[] idle, Change change) {
    MemorySegment key = keys.asSlice(0, keyBytes).copyFrom(MemorySegment.ofArray(idle));
    MemorySegment value = values.asSlice(0, valueBytes);
    if (map.lookupAndDelete(key, value)) {
      take(key, value, change);
      before.remove(name(key));
      add(value, takenOut);
    }
  }

  /** All that was counted so far, the same whenever {@link #takeChanges} is called. */
  public synchronized long[] totals() {
    long[] sum = takenOut.clone();
    forEach((_, value) -> add(value, sum));
    return sum;
  }

  private void forEach(BiConsumer<MemorySegment, MemorySegment> element) {
    boolean first = true;
    boolean last;
    do {
      BpfMap.Batch batch = map.lookupBatch(first ? null : cursor, cursor, keys, values, BATCH);
      for (int i = 0; i < batch.count(); i++) {
        element.accept(
            keys.asSlice(i * keyBytes, keyBytes), values.asSlice(i * valueBytes, valueBytes));
      }
      first = false;
      last = batch.last();
    } while (!last);
  }

  private long[] counters(MemorySegment value) {
    return value.asSlice(0, (long) counters * Long.BYTES).toArray(ValueLayout.JAVA_LONG_UNALIGNED);
  }

  private void add(MemorySegment value, long[] sum) {
    long[] counted = counters(value);
    for (int i = 0; i < counters; i++) {
      sum[i] += counted[i];
    }
  }

  private static ByteBuffer name(MemorySegment key) {
    return ByteBuffer.wrap(key.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public void close() {
    arena.close();
  }
}
