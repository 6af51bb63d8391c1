package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A map with its elements put in: the state of the data when the timing starts. The key of element
 * i begins with the number i, and its value, on every CPU, begins with {@link Elements#valueOf}(i).
 */
final class FilledMap implements AutoCloseable {

  /** Bits of a name the kernel keeps are few; maps of a fork are found by it in bpftool. */
  static final String NAME = "bpfgauge";

  private static final int AT_ONCE = 1024;

  private final BpfMap map;
  private final int[] keys;

  private FilledMap(BpfMap map, int[] keys) {
    this.map = map;
    this.keys = keys;
  }

  BpfMap map() {
    return map;
  }

  /** The elements that are there: on maps that evict, perhaps fewer than were put in. */
  int[] keys() {
    return keys;
  }

  /** Creates the cell's map, empty. */
  static BpfMap create(MapCell cell) {
    return create(cell, 0);
  }

  private static BpfMap create(MapCell cell, int furtherFlags) {
    return BpfMap.create(
        new BpfMap.Spec(
            NAME,
            cell.kind().type(),
            cell.keyBytes(),
            cell.valueBytes(),
            cell.entries(),
            cell.mapFlags() | furtherFlags));
  }

  /** Creates and fills the cell's map. */
  static FilledMap of(MapCell cell) {
    return of(cell, 0);
  }

  /** The same with further {@code map_flags}. */
  static FilledMap of(MapCell cell, int furtherFlags) {
    BpfMap map = create(cell, furtherFlags);
    try {
      int[] wanted = IntStream.range(0, cell.filled()).toArray();
      put(map, cell, wanted);
      return new FilledMap(map, cell.kind().evicts() ? keysOf(map, cell, wanted) : wanted);
    } catch (RuntimeException e) {
      map.close();
      throw e;
    }
  }

  @Override
  public void close() {
    map.close();
  }

  private static void put(BpfMap map, MapCell cell, int[] keys) {
    try (Arena arena = Arena.ofConfined()) {
      ElementBlock block =
          ElementBlock.allocate(arena, cell.keyBytes(), map.valueStride(), AT_ONCE);
      for (int from = 0; from < keys.length; from += AT_ONCE) {
        int count = Math.min(AT_ONCE, keys.length - from);
        block.set(keys, from, count);
        put(map, block, count);
      }
    }
  }

  /** One call for the whole block where the kernel has that for this kind, else one for each. */
  private static void put(BpfMap map, ElementBlock block, int count) {
    try {
      map.updateBatch(block.keys(), block.values(), count);
    } catch (BpfException e) {
      for (int i = 0; i < count; i++) {
        map.update(block.key(i), block.value(i), Uapi.BPF_ANY);
      }
    }
  }

  private static int[] keysOf(BpfMap map, MapCell cell, int[] put) {
    int[] keys = new int[put.length];
    int count = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(cell.keyBytes(), Long.BYTES);
      for (boolean there = map.firstKey(key); there; there = map.nextKey(key, key)) {
        keys[count++] = key.get(ValueLayout.JAVA_INT, 0);
      }
    }
    int[] present = Arrays.copyOf(keys, count);
    Arrays.sort(present);
    return present;
  }
}
