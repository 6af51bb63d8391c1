package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.hash;
import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static dev.bpfgauge.libbpf.OnThisKernel.u32;
import static dev.bpfgauge.libbpf.OnThisKernel.u64;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps on the real kernel: what they answer, and that no misuse harms the JVM. */
class BpfMapTest {

  private static final long FOUR_BILLION = 4_000_000_000L;

  private final Arena arena = Arena.ofConfined();

  @BeforeEach
  void bpf() {
    OnThisKernel.requireBpf();
  }

  @AfterEach
  void free() {
    arena.close();
  }

  private static BpfMap create(int type, int valueSize, int entries, int flags) {
    return BpfMap.create(new BpfMap.Spec("t", type, Integer.BYTES, valueSize, entries, flags));
  }

  @Test
  void aHashMapFindsWhatWasPutInAndForgetsWhatWasDeleted() {
    try (BpfMap map = hash("counts", 8)) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      assertFalse(map.lookup(u32(arena, 7), value));
      map.update(u32(arena, 7), u64(arena, 42), Uapi.BPF_NOEXIST);
      assertTrue(map.lookup(u32(arena, 7), value));
      assertEquals(42, value.get(ValueLayout.JAVA_LONG, 0));
      assertTrue(map.delete(u32(arena, 7)));
      assertFalse(map.delete(u32(arena, 7)));
      assertFalse(map.lookup(u32(arena, 7), value));
    }
  }

  @Test
  void lookupAndDeleteTakesTheElementOut() {
    try (BpfMap map = hash("taken", 8)) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      map.update(u32(arena, 1), u64(arena, 5), Uapi.BPF_ANY);
      assertTrue(map.lookupAndDelete(u32(arena, 1), value));
      assertEquals(5, value.get(ValueLayout.JAVA_LONG, 0));
      assertFalse(map.lookupAndDelete(u32(arena, 1), value));
    }
  }

  @Test
  void theKernelDescribesTheMapAsItWasAskedFor() {
    try (BpfMap map =
        BpfMap.create(
            new BpfMap.Spec(
                "lru", Uapi.BPF_MAP_TYPE_LRU_HASH, 8, 24, 128, Uapi.BPF_F_NO_COMMON_LRU))) {
      BpfMap.Info info = map.info();
      assertEquals("lru", info.name());
      assertEquals(Uapi.BPF_MAP_TYPE_LRU_HASH, info.type());
      assertEquals(8, info.keySize());
      assertEquals(24, info.valueSize());
      assertEquals(Uapi.BPF_F_NO_COMMON_LRU, info.flags());
      assertTrue(info.maxEntries() >= 128, "per-CPU LRU lists round up: " + info);
      assertTrue(info.id() > 0);
      assertEquals(24, map.valueStride());
    }
  }

  @Test
  void aPerCpuValueHasRoomForEveryPossibleCpu() {
    assertEquals(8 * 128, BpfMap.valueStride(Uapi.BPF_MAP_TYPE_PERCPU_HASH, 1, 128));
    assertEquals(24 * 2, BpfMap.valueStride(Uapi.BPF_MAP_TYPE_PERCPU_ARRAY, 17, 2));
    assertEquals(17, BpfMap.valueStride(Uapi.BPF_MAP_TYPE_HASH, 17, 2));
    try (BpfMap map = create(Uapi.BPF_MAP_TYPE_PERCPU_ARRAY, Long.BYTES, 4, 0)) {
      MemorySegment values = arena.allocate(map.valueStride(), Long.BYTES);
      for (int cpu = 0; cpu < BpfMap.possibleCpus(); cpu++) {
        values.setAtIndex(ValueLayout.JAVA_LONG, cpu, 100 + cpu);
      }
      map.update(u32(arena, 3), values, Uapi.BPF_ANY);
      MemorySegment read = arena.allocate(map.valueStride(), Long.BYTES);
      assertTrue(map.lookup(u32(arena, 3), read));
      assertEquals(-1, values.mismatch(read));
    }
  }

  @Test
  void walkingTheKeysMeetsEachOnce() {
    try (BpfMap map = hash("walk", 64)) {
      for (int key = 0; key < 50; key++) {
        map.update(u32(arena, key), u64(arena, key), Uapi.BPF_ANY);
      }
      Set<Integer> seen = new TreeSet<>();
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
      for (boolean more = map.firstKey(next); more; more = map.nextKey(key, next)) {
        key.copyFrom(next);
        assertTrue(seen.add(key.get(ValueLayout.JAVA_INT, 0)));
      }
      assertEquals(50, seen.size());
    }
  }

  @Test
  void anEmptyMapHasNoFirstKey() {
    try (BpfMap map = hash("empty", 4)) {
      assertFalse(map.firstKey(arena.allocate(ValueLayout.JAVA_INT)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Uapi.BPF_MAP_TYPE_HASH,
        Uapi.BPF_MAP_TYPE_ARRAY,
        Uapi.BPF_MAP_TYPE_PERCPU_HASH,
        Uapi.BPF_MAP_TYPE_PERCPU_ARRAY
      })
  void batchesGoInAndComeOutWhole(int type) {
    int entries = 100;
    try (BpfMap map = create(type, Long.BYTES, entries, 0)) {
      MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, entries);
      MemorySegment values = arena.allocate(map.valueStride() * entries, Long.BYTES);
      for (int i = 0; i < entries; i++) {
        keys.setAtIndex(ValueLayout.JAVA_INT, i, i);
        values.set(ValueLayout.JAVA_LONG, i * map.valueStride(), 1000 + i);
      }
      map.updateBatch(keys, values, entries);

      MemorySegment cursor = arena.allocate(Integer.BYTES, Integer.BYTES);
      MemorySegment nextCursor = arena.allocate(Integer.BYTES, Integer.BYTES);
      MemorySegment gotKeys = arena.allocate(ValueLayout.JAVA_INT, entries);
      MemorySegment gotValues = arena.allocate(map.valueStride() * entries, Long.BYTES);
      Set<Integer> seen = new TreeSet<>();
      BpfMap.Batch batch = map.lookupBatch(null, nextCursor, gotKeys, gotValues, 40);
      while (true) {
        for (int i = 0; i < batch.count(); i++) {
          int key = gotKeys.getAtIndex(ValueLayout.JAVA_INT, i);
          assertTrue(seen.add(key));
          assertEquals(1000 + key, gotValues.get(ValueLayout.JAVA_LONG, i * map.valueStride()));
        }
        if (batch.last()) {
          break;
        }
        cursor.copyFrom(nextCursor);
        batch = map.lookupBatch(cursor, nextCursor, gotKeys, gotValues, 40);
      }
      assertEquals(entries, seen.size());
    }
  }

  @Test
  void aBatchThatMeetsAMissingKeySaysHowFarItCame() {
    try (BpfMap map = hash("gaps", 16)) {
      for (int key = 0; key < 3; key++) {
        map.update(u32(arena, key), u64(arena, key), Uapi.BPF_ANY);
      }
      MemorySegment keys = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 1, 99, 2);
      BpfException e = assertThrows(BpfException.class, () -> map.deleteBatch(keys, 4));
      assertEquals(Errno.ENOENT, e.errno());
      assertEquals("bpf_map_delete_batch", e.call());
      assertTrue(said(e).contains("2 of 4 elements done"), e.getMessage());
    }
  }

  @Test
  void lookupAndDeleteBatchEmptiesTheMap() {
    try (BpfMap map = hash("drained", 16)) {
      for (int key = 0; key < 10; key++) {
        map.update(u32(arena, key), u64(arena, key), Uapi.BPF_ANY);
      }
      BpfMap.Batch batch =
          map.lookupAndDeleteBatch(
              null,
              arena.allocate(Integer.BYTES, Integer.BYTES),
              arena.allocate(ValueLayout.JAVA_INT, 16),
              arena.allocate(ValueLayout.JAVA_LONG, 16),
              16);
      assertEquals(10, batch.count());
      assertTrue(batch.last());
      assertFalse(map.firstKey(arena.allocate(ValueLayout.JAVA_INT)));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void drainHandsOverEachOfManyElementsOnceAndLeavesNone(boolean batches) {
    int elements = 100_000;
    try (BpfMap map = hash("many", elements)) {
      for (int key = 0; key < elements; key++) {
        map.update(u32(arena, key), u64(arena, 3L * key), Uapi.BPF_ANY);
      }
      BitSet seen = new BitSet();
      long drained =
          map.drain(
              (key, value) -> {
                int number = key.get(ValueLayout.JAVA_INT, 0);
                assertFalse(seen.get(number), "twice: " + number);
                assertEquals(3L * number, value.get(ValueLayout.JAVA_LONG, 0));
                seen.set(number);
              },
              batches);

      assertEquals(elements, drained);
      assertEquals(elements, seen.cardinality());
      assertFalse(map.firstKey(arena.allocate(ValueLayout.JAVA_INT)));
    }
  }

  @Test
  void drainOfAnEmptyMapHandsOverNothing() {
    try (BpfMap map = hash("empty", 4)) {
      assertEquals(0, map.drain((_, _) -> fail("there is none")));
    }
  }

  @Test
  void anArrayCanBeReadAndWrittenWithoutSystemCalls() {
    try (BpfMap map = create(Uapi.BPF_MAP_TYPE_ARRAY, Long.BYTES, 1000, Uapi.BPF_F_MMAPABLE)) {
      map.update(u32(arena, 999), u64(arena, 77), Uapi.BPF_ANY);
      MemorySegment elements = map.mmap();
      assertEquals(1000L * Long.BYTES, elements.byteSize());
      assertEquals(77, elements.getAtIndex(ValueLayout.JAVA_LONG, 999));
      elements.setAtIndex(ValueLayout.JAVA_LONG, 3, 33);
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      assertTrue(map.lookup(u32(arena, 3), value));
      assertEquals(33, value.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Test
  void aMappingEndsWithItsMap() {
    MemorySegment elements;
    try (BpfMap map = create(Uapi.BPF_MAP_TYPE_ARRAY, Long.BYTES, 10, Uapi.BPF_F_MMAPABLE)) {
      elements = map.mmap();
      MemorySegment again = map.mmap();
      again.set(ValueLayout.JAVA_LONG, 0, 9);
      assertEquals(9, elements.get(ValueLayout.JAVA_LONG, 0));
    }
    assertThrows(IllegalStateException.class, () -> elements.get(ValueLayout.JAVA_LONG, 0));
  }

  @Test
  void mappingAnOrdinaryMapIsRefusedInWords() {
    try (BpfMap map = hash("plain", 4)) {
      var e = assertThrows(IllegalStateException.class, map::mmap);
      assertTrue(said(e).contains("BPF_F_MMAPABLE"), e.getMessage());
    }
  }

  @Test
  void anArrayRefusesDeleteWithEinval() {
    try (BpfMap map = create(Uapi.BPF_MAP_TYPE_ARRAY, Long.BYTES, 4, 0)) {
      BpfException e = assertThrows(BpfException.class, () -> map.delete(u32(arena, 0)));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(said(e).startsWith("bpf_map_delete_elem(t: type array"), e.getMessage());
      assertTrue(said(e).contains("EINVAL (Invalid argument)"), e.getMessage());
    }
  }

  @Test
  void aFullMapSaysThatItIsFull() {
    try (BpfMap map = hash("full", 1)) {
      map.update(u32(arena, 0), u64(arena, 0), Uapi.BPF_ANY);
      BpfException e =
          assertThrows(
              BpfException.class, () -> map.update(u32(arena, 1), u64(arena, 1), Uapi.BPF_ANY));
      assertEquals(Errno.E2BIG, e.errno());
      assertTrue(said(e).endsWith("the map is full"), e.getMessage());
    }
  }

  @Test
  void insertingTwiceIsRefused() {
    try (BpfMap map = hash("once", 4)) {
      map.update(u32(arena, 0), u64(arena, 0), Uapi.BPF_NOEXIST);
      BpfException e =
          assertThrows(
              BpfException.class, () -> map.update(u32(arena, 0), u64(arena, 0), Uapi.BPF_NOEXIST));
      assertEquals(Errno.EEXIST, e.errno());
    }
  }

  // Specifications the kernel cannot follow

  private static BpfException refused(String name, int type, int key, int value, long entries) {
    BpfMap.Spec spec = new BpfMap.Spec(name, type, key, value, entries, 0);
    return assertThrows(BpfException.class, () -> BpfMap.create(spec).close());
  }

  @Test
  void aMapOfNoEntriesIsRefusedWithTheReason() {
    BpfException e = refused("none", Uapi.BPF_MAP_TYPE_HASH, 4, 8, 0);
    assertEquals(Errno.EINVAL, e.errno());
    assertTrue(said(e).contains("at least 1 entry"), e.getMessage());
  }

  @Test
  void aMapOfFourBillionEntriesIsRefusedWithTheReason() {
    BpfException e = refused("huge", Uapi.BPF_MAP_TYPE_ARRAY, 4, 4096, FOUR_BILLION);
    assertTrue(e.errno() == Errno.E2BIG || e.errno() == Errno.ENOMEM, e.getMessage());
    assertTrue(said(e).contains("4000000000 entries"), e.getMessage());
    assertTrue(said(e).matches(".*(not enough memory|maps this large).*"), e.getMessage());
  }

  @Test
  void aHashOfFourBillionEntriesIsRefusedToo() {
    BpfException e = refused("huge", Uapi.BPF_MAP_TYPE_HASH, 4, 4096, FOUR_BILLION);
    assertTrue(e.errno() == Errno.E2BIG || e.errno() == Errno.ENOMEM, e.getMessage());
  }

  @Test
  void moreEntriesThanAnU32HoldsAreRefusedBeforeTheKernelSeesThem() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new BpfMap.Spec("over", Uapi.BPF_MAP_TYPE_HASH, 4, 8, 1L << 32, 0));
    assertTrue(said(e).contains("4294967296 entries"), e.getMessage());
  }

  @Test
  void negativeSizesAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new BpfMap.Spec("minus", Uapi.BPF_MAP_TYPE_HASH, -1, 8, 1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new BpfMap.Spec("minus", Uapi.BPF_MAP_TYPE_HASH, 4, -8, 1, 0));
  }

  @Test
  void aKeyOfNoBytesIsRefusedWithTheReason() {
    BpfException e = refused("nokey", Uapi.BPF_MAP_TYPE_HASH, 0, 8, 4);
    assertTrue(said(e).contains("a key has at least 1 byte"), e.getMessage());
  }

  @Test
  void anArrayWithAWideKeyIsRefusedWithTheReason() {
    BpfException e = refused("wide", Uapi.BPF_MAP_TYPE_ARRAY, 8, 8, 4);
    assertTrue(said(e).contains("u32 of 4 bytes"), e.getMessage());
  }

  @Test
  void anUnknownTypeIsRefused() {
    BpfException e = refused("what", 9999, 4, 8, 4);
    assertTrue(said(e).contains("type 9999"), e.getMessage());
  }

  @Test
  void aNameTheKernelDoesNotTakeIsRefusedWithTheReason() {
    BpfException e = refused("a b", Uapi.BPF_MAP_TYPE_HASH, 4, 8, 4);
    assertTrue(said(e).contains("letters, digits"), e.getMessage());
  }

  @Test
  void aLongNameIsCutAsTheKernelCutsIt() {
    try (BpfMap map = hash("a_name_of_more_than_fifteen", 4)) {
      assertEquals("a_name_of_more_", map.info().name());
    }
  }

  // Misuse

  @Test
  void aKeyOfTheWrongSizeIsRefusedWithBothSizes() {
    try (BpfMap map = hash("sized", 4)) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      var e = assertThrows(IllegalArgumentException.class, () -> map.lookup(u64(arena, 1), value));
      assertEquals("bpf_map_lookup_elem: key has 8 bytes, map sized takes 4", e.getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> map.update(u64(arena, 1), value, Uapi.BPF_ANY));
      assertThrows(IllegalArgumentException.class, () -> map.delete(u64(arena, 1)));
      assertThrows(IllegalArgumentException.class, () -> map.nextKey(u64(arena, 1), u32(arena, 0)));
      assertThrows(IllegalArgumentException.class, () -> map.firstKey(u64(arena, 1)));
    }
  }

  @Test
  void aPerCpuValueOfOneCpuIsRefused() {
    try (BpfMap map = create(Uapi.BPF_MAP_TYPE_PERCPU_HASH, 1, 4, 0)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> map.lookup(u32(arena, 0), arena.allocate(1)),
          "the kernel would write past the end");
    }
  }

  @Test
  void batchBuffersThatAreTooSmallAreRefused() {
    try (BpfMap map = hash("batch", 4)) {
      MemorySegment cursor = arena.allocate(Integer.BYTES, Integer.BYTES);
      MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, 2);
      MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, 2);
      assertThrows(
          IllegalArgumentException.class, () -> map.lookupBatch(null, cursor, keys, values, 3));
      assertThrows(
          IllegalArgumentException.class,
          () -> map.lookupBatch(null, arena.allocate(1), keys, values, 2));
      assertThrows(
          IllegalArgumentException.class,
          () -> map.lookupBatch(arena.allocate(1), cursor, keys, values, 2));
      assertThrows(IllegalArgumentException.class, () -> map.updateBatch(keys, values, 3));
      assertThrows(IllegalArgumentException.class, () -> map.deleteBatch(keys, 3));
      assertThrows(IllegalArgumentException.class, () -> map.deleteBatch(keys, 0));
      assertThrows(IllegalArgumentException.class, () -> map.deleteBatch(keys, -1));
    }
  }

  @Test
  void heapAndReadOnlyMemoryIsRefused() {
    try (BpfMap map = hash("memory", 4)) {
      MemorySegment heap = MemorySegment.ofArray(new int[1]);
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      var e = assertThrows(IllegalArgumentException.class, () -> map.lookup(heap, value));
      assertTrue(said(e).contains("key is on the Java heap"), e.getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> map.lookup(u32(arena, 0), value.asReadOnly()));
    }
  }

  @Test
  @SuppressWarnings({"NullAway", "DataFlowIssue"}) // null is the point
  void nullIsRefusedByName() {
    try (BpfMap map = hash("nulls", 4)) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      assertEquals(
          "key",
          assertThrows(NullPointerException.class, () -> map.lookup(null, value)).getMessage());
      assertEquals(
          "value",
          assertThrows(NullPointerException.class, () -> map.lookup(u32(arena, 0), null))
              .getMessage());
      assertThrows(NullPointerException.class, () -> map.firstKey(null));
      assertThrows(NullPointerException.class, () -> map.deleteBatch(null, 1));
      assertThrows(NullPointerException.class, () -> BpfMap.create(null));
      assertThrows(NullPointerException.class, () -> new BpfMap.Spec(null, 1, 4, 4, 1, 0));
    }
  }

  @Test
  void aClosedMapRefusesEveryCall() {
    BpfMap map = hash("gone", 4);
    map.close();
    map.close();
    MemorySegment key = u32(arena, 0);
    MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
    var e = assertThrows(IllegalStateException.class, () -> map.lookup(key, value));
    assertEquals("bpf_map_lookup_elem: map gone is closed", e.getMessage());
    assertThrows(IllegalStateException.class, () -> map.update(key, value, Uapi.BPF_ANY));
    assertThrows(IllegalStateException.class, () -> map.delete(key));
    assertThrows(IllegalStateException.class, () -> map.firstKey(key));
    assertThrows(IllegalStateException.class, () -> map.nextKey(key, key));
    assertThrows(IllegalStateException.class, () -> map.lookupAndDelete(key, value));
    assertThrows(IllegalStateException.class, () -> map.deleteBatch(key, 1));
    assertThrows(IllegalStateException.class, () -> map.updateBatch(key, value, 1));
    assertThrows(IllegalStateException.class, () -> map.lookupBatch(null, key, key, value, 1));
    assertThrows(IllegalStateException.class, map::mmap);
    assertThrows(IllegalStateException.class, map::fd);
  }

  @Test
  void memoryOfAClosedArenaIsRefused() {
    MemorySegment stale;
    try (Arena shortLived = Arena.ofConfined()) {
      stale = u32(shortLived, 0);
    }
    try (BpfMap map = hash("stale", 4)) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      assertThrows(IllegalStateException.class, () -> map.lookup(stale, value));
    }
  }

  @Test
  void anotherThreadsConfinedMemoryIsRefusedAndTheMapWorksThere() throws InterruptedException {
    try (BpfMap map = hash("shared", 4)) {
      MemorySegment mine = u32(arena, 1);
      Throwable[] refusal = new Throwable[1];
      Thread other =
          Thread.ofPlatform()
              .start(() -> {
                try (Arena theirs = Arena.ofConfined()) {
                  map.update(u32(theirs, 1), u64(theirs, 11), Uapi.BPF_ANY);
                  MemorySegment value = u64(theirs, 0);
                  refusal[0] =
                      assertThrows(WrongThreadException.class, () -> map.lookup(mine, value));
                }
              });
      other.join();
      assertTrue(refusal[0] instanceof WrongThreadException);
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      assertTrue(map.lookup(mine, value));
      assertEquals(11, value.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Test
  void closingWhileAnotherThreadLooksUpHarmsNeither() throws InterruptedException {
    BpfMap map = hash("raced", 4);
    Throwable[] end = new Throwable[1];
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try (Arena theirs = Arena.ofConfined()) {
                MemorySegment key = u32(theirs, 1);
                MemorySegment value = u64(theirs, 0);
                end[0] =
                    assertThrows(
                        IllegalStateException.class,
                        () -> {
                          while (true) {
                            map.lookup(key, value);
                          }
                        });
              }
            });
    map.close();
    reader.join();
    assertTrue(end[0] instanceof IllegalStateException);
  }
}
