package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * One thread's loop over a map: what is timed. Everything is prepared beforehand; a method runs so
 * many operations as are timed together, allocates nothing, checks each result and gives the number
 * of wrong ones.
 *
 * <p>The memory lives as long as the process, which is a fork made for one measurement.
 */
final class MapLoop {
  /** A sequence is at least so long, that a branch predictor does not learn it by heart. */
  private static final int SHORTEST_SEQUENCE = 16_384;

  private final MapCell cell;
  private final int fd;
  private final int elements;
  private final MemorySegment key;
  private final MemorySegment value;
  private final long lastCpu;
  private final int[] sequence;
  private final int timedTogether;
  private final MapCalls calls;
  private final int missed;
  private final Batches batches;
  private final MemorySegment mapped;
  private final long mappedStride;
  private int at;
  private int done = -1;
  private int walked = -1;

  /**
   * Prepares a thread's loop.
   *
   * @param thread number of the thread among those on this map, from 0
   * @param seed seed of the key order
   * @param injectNanos busy delay in every operation on one element, 0 for none
   * @param counted the clock counts instructions: so does the delay
   */
  MapLoop(
      MapCell cell, FilledMap filled, int thread, long seed, long injectNanos, boolean counted) {
    Arena arena = Arena.global();
    long valueBytes = filled.map().valueStride();
    this.cell = cell;
    this.fd = filled.map().fd();
    this.elements = filled.keys().length;
    this.key = arena.allocate(cell.keyBytes(), Long.BYTES);
    this.value = arena.allocate(valueBytes, Long.BYTES);
    this.lastCpu = cell.kind().perCpu() ? valueBytes - roundUp8(cell.valueBytes()) : 0;
    this.timedTogether = cell.timedTogether();
    this.sequence = sequence(cell, filled.keys(), thread, seed);
    MapCalls plain = MapCalls.by(cell.path(), fd, key, value, updateFlags(cell));
    this.calls =
        injectNanos > 0 && cell.operation().ofOneElement()
            ? new MapCalls.Delayed(plain, BusyDelay.of(injectNanos, counted))
            : plain;
    this.missed = calls.missed();
    this.batches = new Batches(arena, cell, valueBytes, sequence);
    if (cell.operation() == MapOperation.LOOKUP_MISS) {
      for (int absent : sequence) {
        key.set(ValueLayout.JAVA_INT, 0, absent);
        requireMiss();
      }
    }
    if (cell.operation() == MapOperation.BATCH_LOOKUP && elements != cell.filled()) {
      throw new IllegalStateException(
          "%s evicted %d of %d elements while it was filled; use a smaller fill"
              .formatted(cell.kind().word(), cell.filled() - elements, cell.filled()));
    }
    boolean maps = cell.operation() == MapOperation.MMAP_READ;
    this.mapped = maps ? filled.map().mmap() : MemorySegment.NULL;
    this.mappedStride = roundUp8(cell.valueBytes());
  }

  /** The keys in the order of their use, a whole number of timings long. */
  static int[] sequence(MapCell cell, int[] present, int thread, long seed) {
    int together = cell.operation() == MapOperation.BATCH_LOOKUP ? 1 : cell.timedTogether();
    int threads = cell.threadsOnOneMap();
    int[] keys =
        switch (cell.operation()) {
          case LOOKUP_MISS, INSERT -> absent(cell, thread, Math.max(together, SHORTEST_SEQUENCE));
          case DELETE, BATCH_DELETE ->
              IntStream.range(0, present.length)
                  .filter(i -> i % threads == thread)
                  .map(i -> present[i])
                  .toArray();
          default -> present;
        };
    int turns = Math.max(1, SHORTEST_SEQUENCE / keys.length);
    int length = cell.operation().consumesKeys() ? keys.length : turns * keys.length;
    if (cell.operation().batched()) {
      length = Math.min(length, Math.max(together, SHORTEST_SEQUENCE));
    }
    int whole = Math.max(1, length / together) * together;
    return cell.order().sequence(keys, whole, seed + thread);
  }

  /** Keys beyond the map's last, different for each thread. */
  private static int[] absent(MapCell cell, int thread, int count) {
    int first = Math.toIntExact(cell.entries() + (long) thread * count);
    return IntStream.range(first, first + count).toArray();
  }

  /**
   * The flags make an update say whether its key was there. A map that evicts cannot promise it.
   */
  private static long updateFlags(MapCell cell) {
    return switch (cell.operation()) {
      case UPDATE -> cell.kind().evicts() ? Uapi.BPF_ANY : Uapi.BPF_EXIST;
      case INSERT -> Uapi.BPF_NOEXIST;
      default -> Uapi.BPF_ANY;
    };
  }

  int lookups() {
    int wrong = 0;
    for (int i = begin(), end = i + timedTogether; i < end; i++) {
      int k = sequence[i];
      key.set(ValueLayout.JAVA_INT, 0, k);
      long expected = Elements.valueOf(k);
      if (calls.lookup() != 0
          || value.get(ValueLayout.JAVA_LONG, 0) != expected
          || value.get(ValueLayout.JAVA_LONG, lastCpu) != expected) {
        wrong++;
      }
    }
    return wrong;
  }

  int misses() {
    int wrong = 0;
    for (int i = begin(), end = i + timedTogether; i < end; i++) {
      key.set(ValueLayout.JAVA_INT, 0, sequence[i]);
      wrong += calls.lookup() == missed ? 0 : 1;
    }
    return wrong;
  }

  /**
   * Looks at the last miss once more, outside the timing: only {@code ENOENT} is one.
   *
   * @throws IllegalStateException where the kernel gives another error, or finds the key
   */
  private void requireMiss() {
    int error = calls.lookupError();
    if (error != Errno.ENOENT) {
      throw new IllegalStateException(
          "a lookup of a key that is not in the map gives errno %d, not ENOENT".formatted(error));
    }
  }

  /** Checks what a batch could not, after an iteration. */
  void check() {
    if (cell.operation() == MapOperation.LOOKUP_MISS) {
      requireMiss();
    }
  }

  int updates() {
    int wrong = 0;
    for (int i = begin(), end = i + timedTogether; i < end; i++) {
      wrong += put(sequence[i]) == 0 ? 0 : 1;
    }
    return wrong;
  }

  int deletes() {
    int wrong = 0;
    for (int i = begin(), end = i + timedTogether; i < end; i++) {
      key.set(ValueLayout.JAVA_INT, 0, sequence[i]);
      wrong += calls.delete() == 0 ? 0 : 1;
    }
    return wrong;
  }

  /** Goes on where it stopped; at the map's end it counts what it has seen and starts over. */
  int nextKeys() {
    int wrong = 0;
    for (int i = 0; i < timedTogether; i++) {
      if (walked >= 0 && calls.nextKey() == 0) {
        walked++;
      } else {
        wrong += walked < 0 || walked == elements ? 0 : 1;
        wrong += calls.firstKey() == 0 ? 0 : 1;
        walked = 1;
      }
    }
    return wrong;
  }

  /** The whole map, in as many calls as that takes. */
  int batchLookups() {
    return batches.lookUpAll(fd) == elements ? 0 : 1;
  }

  int batchUpdates() {
    return batches.update(fd, begin(), timedTogether) == timedTogether ? 0 : 1;
  }

  int batchDeletes() {
    return batches.delete(fd, begin(), timedTogether) == timedTogether ? 0 : 1;
  }

  int mappedReads() {
    int wrong = 0;
    for (int i = begin(), end = i + timedTogether; i < end; i++) {
      int k = sequence[i];
      wrong += mapped.get(ValueLayout.JAVA_LONG, k * mappedStride) == Elements.valueOf(k) ? 0 : 1;
    }
    return wrong;
  }

  /**
   * Undoes what the last timing did to the map, outside the timing.
   *
   * @throws IllegalStateException where the map is not as that timing should have left it
   */
  void undo() {
    if (done < 0) {
      return;
    }
    int wrong = 0;
    for (int i = done, end = done + timedTogether; i < end; i++) {
      key.set(ValueLayout.JAVA_INT, 0, sequence[i]);
      int result = cell.operation() == MapOperation.INSERT ? calls.delete() : put(sequence[i]);
      wrong += result == 0 || cell.kind().evicts() ? 0 : 1;
    }
    if (wrong > 0) {
      throw new IllegalStateException(
          "%d of %d elements could not be put back between two timings of %s"
              .formatted(wrong, timedTogether, cell.operation().word()));
    }
  }

  private int put(int k) {
    key.set(ValueLayout.JAVA_INT, 0, k);
    long word = Elements.valueOf(k);
    value.set(ValueLayout.JAVA_LONG, 0, word);
    value.set(ValueLayout.JAVA_LONG, lastCpu, word);
    return calls.update();
  }

  private int begin() {
    int from = at;
    done = from;
    int next = from + timedTogether;
    at = next < sequence.length ? next : 0;
    return from;
  }

  private static long roundUp8(long bytes) {
    return (bytes + 7) & ~7L;
  }

  /** The batch calls' memory: for updates and deletes the whole sequence, laid out beforehand. */
  private static final class Batches {
    private final ElementBlock block;
    private final int atOnce;
    private final MemorySegment count;
    private final MemorySegment cursor;

    Batches(Arena arena, MapCell cell, long valueBytes, int[] sequence) {
      boolean lookup = cell.operation() == MapOperation.BATCH_LOOKUP;
      int elements = lookup ? cell.batch() : cell.operation().batched() ? sequence.length : 0;
      this.atOnce = cell.batch();
      this.block = ElementBlock.allocate(arena, cell.keyBytes(), valueBytes, elements);
      this.count = arena.allocate(ValueLayout.JAVA_INT);
      this.cursor = arena.allocate(Math.max(Long.BYTES, cell.keyBytes()), Long.BYTES);
      if (!lookup && elements > 0) {
        block.set(sequence, 0, elements);
      }
    }

    /** Elements whose value is right; the value alone tells the key. */
    int lookUpAll(int fd) {
      int right = 0;
      int result = 0;
      for (boolean first = true; result == 0; first = false) {
        count.set(ValueLayout.JAVA_INT, 0, atOnce);
        result =
            LibBpf.bpf_map_lookup_batch(
                fd,
                first ? MemorySegment.NULL : cursor,
                cursor,
                block.keys(),
                block.values(),
                count,
                MemorySegment.NULL);
        right += result == 0 || result == -Errno.ENOENT ? right() : 0;
      }
      return right;
    }

    private int right() {
      int right = 0;
      for (int i = 0, read = count.get(ValueLayout.JAVA_INT, 0); i < read; i++) {
        int k = block.keys().get(ValueLayout.JAVA_INT_UNALIGNED, i * block.keyBytes());
        long word = block.values().get(ValueLayout.JAVA_LONG_UNALIGNED, i * block.valueBytes());
        right += word == Elements.valueOf(k) ? 1 : 0;
      }
      return right;
    }

    int update(int fd, int from, int elements) {
      count.set(ValueLayout.JAVA_INT, 0, elements);
      int result =
          LibBpf.bpf_map_update_batch(
              fd, keysFrom(from), valuesFrom(from), count, MemorySegment.NULL);
      return result == 0 ? count.get(ValueLayout.JAVA_INT, 0) : result;
    }

    int delete(int fd, int from, int elements) {
      count.set(ValueLayout.JAVA_INT, 0, elements);
      int result = LibBpf.bpf_map_delete_batch(fd, keysFrom(from), count, MemorySegment.NULL);
      return result == 0 ? count.get(ValueLayout.JAVA_INT, 0) : result;
    }

    private MemorySegment keysFrom(int index) {
      return block.keys().asSlice(index * block.keyBytes());
    }

    private MemorySegment valuesFrom(int index) {
      return block.values().asSlice(index * block.valueBytes());
    }
  }
}
