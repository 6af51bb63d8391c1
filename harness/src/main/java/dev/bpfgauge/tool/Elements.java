package dev.bpfgauge.tool;

import dev.bpfgauge.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;

/**
 * Reads all of a hash map in batches, so that thousands of elements take a few system calls. One
 * thread at a time.
 */
final class Elements implements AutoCloseable {
  private static final int BATCH = 1024;

  private final BpfMap map;
  private final Arena arena = Arena.ofShared();
  private final long keyBytes;
  private final long valueBytes;
  private final MemorySegment cursor;
  private final MemorySegment keys;
  private final MemorySegment values;

  Elements(BpfMap map) {
    this.map = map;
    this.keyBytes = map.info().keySize();
    this.valueBytes = map.valueStride();
    this.cursor = arena.allocate(Math.max(keyBytes, Long.BYTES), Long.BYTES);
    this.keys = arena.allocate(BATCH * keyBytes, Long.BYTES);
    this.values = arena.allocate(BATCH * valueBytes, Long.BYTES);
  }

  /** Hands over each element; the segments are good during the call only. */
  synchronized void forEach(BiConsumer<MemorySegment, MemorySegment> element) {
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

  @Override
  public void close() {
    arena.close();
  }
}
