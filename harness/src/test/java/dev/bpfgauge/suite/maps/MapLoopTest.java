package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The timed loops on the real kernel, in this JVM and untimed: are their results right? */
class MapLoopTest {
  private static final int INVOCATIONS = 60;

  /** What the kernel of this test refuses, by its own answer; all else must work. */
  private static final Set<MapOperation> NOT_ON_ARRAYS =
      EnumSet.of(MapOperation.INSERT, MapOperation.DELETE, MapOperation.BATCH_DELETE);

  @BeforeEach
  void needsBpf() {
    Requires.that(Preflight.objection(cell(MapOperation.LOOKUP, Map.of())).isEmpty(), "BPF maps");
  }

  @ParameterizedTest
  @EnumSource(MapKind.class)
  void everyOperationEitherGivesRightResultsOrIsRefusedByTheKernel(MapKind kind) {
    for (MapOperation operation : MapOperation.values()) {
      MapCell cell = cell(operation, Map.of("map", kind.word()));
      Optional<Outcome> objection = Preflight.objection(cell);
      if (works(kind, operation)) {
        assertEquals(Optional.empty(), objection, kind + " " + operation);
        assertEquals(0, wrongResults(cell), kind + " " + operation);
      } else {
        assertInstanceOf(Outcome.Refused.class, objection.orElseThrow(), kind + " " + operation);
      }
    }
  }

  private static boolean works(MapKind kind, MapOperation operation) {
    if (operation == MapOperation.MMAP_READ) {
      return kind == MapKind.ARRAY;
    }
    return kind.keyed() || !NOT_ON_ARRAYS.contains(operation);
  }

  @ParameterizedTest
  @EnumSource(
      value = MapOperation.class,
      names = {"LOOKUP", "LOOKUP_MISS", "UPDATE", "INSERT", "DELETE", "ITERATE"})
  void theSystemCallPathGivesTheSameResults(MapOperation operation) {
    assertEquals(0, wrongResults(cell(operation, Map.of("path", "syscall"))));
    assertEquals(0, wrongResults(cell(operation, Map.of("path", "syscall", "map", "percpu-hash"))));
  }

  /** Any error was taken for a miss once: here the map is gone, and nothing is looked up at all. */
  @Test
  void onlyENOENTIsAMiss() {
    MapLoop byLibbpf = missing("libbpf");
    assertTrue(byLibbpf.misses() > 0, "EBADF is no miss");
    assertThrows(IllegalStateException.class, byLibbpf::check);
    MapLoop bySyscall = missing("syscall");
    bySyscall.misses();
    IllegalStateException wrong = assertThrows(IllegalStateException.class, bySyscall::check);
    assertTrue(String.valueOf(wrong.getMessage()).contains("not ENOENT"), wrong.getMessage());
  }

  @Test
  void anUnknownCommandIsRefusedByBpfItself() {
    assertEquals(Optional.empty(), Preflight.notRefusedByBpf());
  }

  private static MapLoop missing(String path) {
    MapCell cell = cell(MapOperation.LOOKUP_MISS, Map.of("path", path));
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      assertEquals(0, loop.misses());
      loop.check();
      return loop;
    }
  }

  @Test
  void otherSizesFillsAndOrdersGiveRightResults() {
    for (MapOperation operation : MapOperation.values()) {
      MapKind kind = operation == MapOperation.MMAP_READ ? MapKind.ARRAY : MapKind.PERCPU_HASH;
      Map<String, String> params =
          Map.of(
              "map",
              kind.word(),
              "entries",
              "5000",
              "value",
              "20",
              "fill",
              "37",
              "order",
              "sequential",
              "batch",
              "100",
              "key",
              kind == MapKind.ARRAY ? "4" : "12");
      assertEquals(0, wrongResults(cell(operation, params)), operation.word());
    }
  }

  @Test
  void smallMapsAreMeasuredInSmallerBatches() {
    for (MapOperation operation : MapOperation.values()) {
      if (operation != MapOperation.MMAP_READ) {
        assertEquals(0, wrongResults(cell(operation, Map.of("entries", "3"))), operation.word());
      }
    }
  }

  @Test
  void threadsOnOneMapDeleteDifferentKeys() {
    MapCell cell = cell(MapOperation.DELETE, Map.of("threads", "3"));
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop[] loops = new MapLoop[3];
      for (int thread = 0; thread < 3; thread++) {
        loops[thread] = new MapLoop(cell, filled, thread, 1, 0, false);
      }
      for (int invocation = 0; invocation < INVOCATIONS; invocation++) {
        for (MapLoop loop : loops) {
          loop.undo();
          assertEquals(0, loop.deletes());
        }
      }
    }
  }

  @Test
  void aValueChangedBehindTheLoopIsAWrongResult() {
    MapCell cell = cell(MapOperation.LOOKUP, Map.of());
    try (FilledMap filled = FilledMap.of(cell);
        Arena arena = Arena.ofConfined()) {
      var key = arena.allocateFrom(ValueLayout.JAVA_INT, 77);
      filled.map().update(key, arena.allocateFrom(ValueLayout.JAVA_LONG, 1L), Uapi.BPF_EXIST);
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      int wrong = 0;
      for (int lookups = 0; lookups < cell.entries(); lookups += cell.timedTogether()) {
        wrong += loop.lookups();
      }
      assertEquals(1, wrong);
    }
  }

  @Test
  void anElementTakenAwayIsAWrongResultOfLookupUpdateDeleteAndWalk() {
    for (MapOperation operation :
        new MapOperation[] {
          MapOperation.LOOKUP,
          MapOperation.UPDATE,
          MapOperation.DELETE,
          MapOperation.ITERATE,
          MapOperation.BATCH_LOOKUP,
          MapOperation.BATCH_DELETE
        }) {
      MapCell cell = cell(operation, Map.of());
      try (FilledMap filled = FilledMap.of(cell);
          Arena arena = Arena.ofConfined()) {
        MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
        filled.map().delete(arena.allocateFrom(ValueLayout.JAVA_INT, 5));
        int wrong = 0;
        for (int invocation = 0; invocation < 20; invocation++) {
          wrong += invoke(loop, operation);
        }
        assertTrue(wrong > 0, operation.word());
      }
    }
  }

  @Test
  void deletesThatAreNotUndoneAreWrongResults() {
    MapCell cell = cell(MapOperation.DELETE, Map.of());
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      int wrong = 0;
      for (int invocation = 0; invocation < 17; invocation++) {
        wrong += loop.deletes();
      }
      assertEquals(64, wrong);
    }
  }

  /** Counted by the kernel: each lookup is a bpf(2) call, a mapped array is read without one. */
  @Test
  void aMappedArrayIsReadWithoutACall() {
    MapCell lookup = cell(MapOperation.LOOKUP, Map.of());
    assertEquals((long) INVOCATIONS * lookup.timedTogether(), calls(lookup));
    assertEquals(0, calls(cell(MapOperation.MMAP_READ, Map.of("map", "array"))));
  }

  /** The bpf(2) calls of this process while the loop runs {@link #INVOCATIONS} times. */
  private static long calls(MapCell cell) {
    Requires.machine(SyscallNumbers.current().isPresent(), "known system call numbers");
    try (FilledMap filled = FilledMap.of(cell);
        BpfObject counter = BpfObject.builtIn("maps/selftest")) {
      counter
          .variable("target_tgid")
          .set(ValueLayout.JAVA_INT, 0, Math.toIntExact(ProcessHandle.current().pid()));
      counter
          .variable("target_call")
          .set(ValueLayout.JAVA_LONG, 0, SyscallNumbers.current().orElseThrow().bpf());
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      counter.load();
      MemorySegment counted = counter.variable("sequence");
      try (BpfLink _ = attached(counter.program("on_sys_enter"))) {
        long before = counted.get(ValueLayout.JAVA_LONG, 0);
        for (int invocation = 0; invocation < INVOCATIONS; invocation++) {
          assertEquals(0, invoke(loop, cell.operation()));
        }
        return counted.get(ValueLayout.JAVA_LONG, 0) - before;
      }
    }
  }

  private static BpfLink attached(BpfProgram program) {
    try {
      return program.attach();
    } catch (BpfException e) {
      Requires.machine(false, "a kernel that lets system calls be traced: " + e.getMessage());
      throw e;
    }
  }

  /** Once it is compiled, which takes as long as it takes. */
  @ParameterizedTest
  @ValueSource(strings = {"libbpf", "syscall"})
  void aWarmLookupAllocatesNothing(String path) {
    MapCell cell = cell(MapOperation.LOOKUP, Map.of("path", path));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      long bytes = Long.MAX_VALUE;
      for (int stretch = 0; stretch < 1000 && bytes > 0; stretch++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int invocation = 0; invocation < 1000; invocation++) {
          loop.lookups();
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertEquals(0, bytes, "bytes in the last 64 000 lookups");
    }
  }

  private static int wrongResults(MapCell cell) {
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 0, false);
      int wrong = 0;
      for (int invocation = 0; invocation < INVOCATIONS; invocation++) {
        if (cell.operation().consumesKeys()) {
          loop.undo();
        }
        wrong += invoke(loop, cell.operation());
      }
      return wrong;
    }
  }

  private static int invoke(MapLoop loop, MapOperation operation) {
    return switch (operation) {
      case LOOKUP -> loop.lookups();
      case LOOKUP_MISS -> loop.misses();
      case UPDATE, INSERT -> loop.updates();
      case DELETE -> loop.deletes();
      case ITERATE -> loop.nextKeys();
      case BATCH_LOOKUP -> loop.batchLookups();
      case BATCH_UPDATE -> loop.batchUpdates();
      case BATCH_DELETE -> loop.batchDeletes();
      case MMAP_READ -> loop.mappedReads();
    };
  }

  private static MapCell cell(MapOperation operation, Map<String, String> params) {
    return MapCell.of(operation, new TreeMap<>(params));
  }
}
