package dev.bpfgauge.suite.maps;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.suite.InTurns;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Real forks on the real kernel, as short as they can be. */
class CellRunnerTest {
  private static final Cell LOOKUP = cell("lookup", Map.of());

  @TempDir private Path folder;

  @BeforeEach
  void needsBpf() {
    Requires.that(Preflight.objection(MapCell.of(LOOKUP)).isEmpty(), "BPF maps");
  }

  @ParameterizedTest
  @EnumSource(MapKind.class)
  void everyKindIsMeasured(MapKind kind) {
    assertConsistent(measure(cell("lookup", Map.of("map", kind.word())), brief()));
  }

  @ParameterizedTest
  @EnumSource(
      value = MapOperation.class,
      mode = Mode.EXCLUDE,
      names = {"LOOKUP", "MMAP_READ"})
  void everyOperationIsMeasured(MapOperation operation) {
    assertConsistent(measure(cell(operation.word(), Map.of()), brief()));
  }

  @Test
  void readsOfAMappedArrayAreMeasured() {
    assertConsistent(measure(cell("mmap-read", Map.of("map", "array")), brief()));
  }

  @Test
  void whatAForkAllocatesIsMeasuredToo() {
    Measurement lookup = measure(cell("lookup", Map.of()), brief());
    assertTrue(Double.isFinite(requireNonNull(lookup.bytesPerOp())), lookup.toString());
  }

  @Test
  void everyStepOfTheFloorIsMeasured() {
    for (Cell step : MapsSuite.floor()) {
      Measurement measured = measure(step, brief());
      assertTrue(measured.meanNanosPerOp() > 0, step.id());
      assertEquals(3, measured.iterationNanosPerOp().size(), step.id());
    }
  }

  @Test
  void theSeedsLoopIsMeasuredForAllMapsEvenWhereTheKernelRefuses() {
    for (String benchmark : List.of("lookup", "insert", "delete")) {
      for (MapKind kind : List.of(MapKind.ARRAY, MapKind.PERCPU_HASH)) {
        Cell cell =
            new Cell(
                "maps-seed",
                "maps-seed." + benchmark,
                Map.of("map", kind.word(), "calls", "1023"),
                "idle");
        Measurement measured = measure(cell, brief());
        assertEquals(8L * 1023, measured.operations(), cell.id());
        assertTrue(measured.meanNanosPerOp() > 0, cell.id());
      }
    }
  }

  @Test
  void threadsShareOneMapOrHaveOneEach() {
    for (String sharing : List.of("shared", "own")) {
      assertConsistent(
          measure(cell("update", Map.of("threads", "2", "sharing", sharing)), brief()));
    }
  }

  @Test
  void theKernelSaysThatArraysHaveNoDelete() {
    for (String map : List.of("array", "percpu-array")) {
      assertEquals(
          new Outcome.Refused("EINVAL: arrays have no delete"),
          CellRunner.run(cell("delete", Map.of("map", map)), brief()));
    }
  }

  @Test
  void aMapTheKernelDoesNotMakeIsRefusedInOneSentence() {
    Outcome none = CellRunner.run(cell("lookup", Map.of("entries", "0")), brief());
    assertTrue(assertInstanceOf(Outcome.Refused.class, none).reason().contains("entries=0"));
    Outcome four = CellRunner.run(cell("lookup", Map.of("entries", "4294967295")), brief());
    assertTrue(assertInstanceOf(Outcome.Refused.class, four).reason().contains("4294967295"));
    Outcome huge =
        CellRunner.run(
            cell("lookup", Map.of("entries", "500000000", "value", "30000000")), brief());
    assertTrue(huge.toString().contains("bpf_map_create"), huge.toString());
  }

  @Test
  void mistypedWordsAreRefusedWithTheNearestName() {
    Cell mistyped = new Cell("maps", "maps.lokup", Map.of("map", "hash"), "idle");
    String reason =
        assertInstanceOf(Outcome.Refused.class, CellRunner.run(mistyped, brief())).reason();
    assertTrue(reason.startsWith("unknown operation \"lokup\": did you mean \"lookup\"?"), reason);
  }

  @Test
  void aKilledForkHasFailedAndSaysBySignal() throws Exception {
    Settings endless = Settings.of(60_000, 60_000, 1, 42, folder.resolve("fork.log"));
    Cell odd = cell("lookup", Map.of("entries", "1033"));
    Set<Long> before = children();
    FutureTask<Outcome> fork = new FutureTask<>(() -> CellRunner.run(odd, endless));
    Thread.ofPlatform().daemon().start(fork);
    FilledMapOfFork.find(1033, fork).close();
    ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child.pid()))
        .forEach(ProcessHandle::destroyForcibly);
    assertEquals(new Outcome.Failed("fork killed by SIGKILL"), fork.get());
  }

  @Test
  void anInterruptEndsTheForkAndLeavesNoProcess() throws Exception {
    Settings endless = Settings.of(60_000, 60_000, 1, 42, folder.resolve("fork.log"));
    for (String runtime : List.of("java", "c")) {
      Set<Long> before = children();
      Cell cell = cell("lookup", Map.of("runtime", runtime));
      FutureTask<Outcome> fork = new FutureTask<>(() -> CellRunner.run(cell, endless));
      Thread thread = Thread.ofPlatform().daemon().start(fork);
      awaitChild(before, fork);
      thread.interrupt();
      assertEquals(new Outcome.Failed("interrupted"), fork.get());
      ProcessHandle.current()
          .children()
          .filter(child -> !before.contains(child.pid()))
          .forEach(child -> child.onExit().join());
      assertEquals(before, children());
    }
  }

  @Test
  void aForkOutOfMemoryHasFailedAndSaysSo() {
    Settings tiny =
        new Settings(
            20,
            20,
            1,
            42,
            0,
            folder.resolve("fork.log"),
            List.of("-Xms8m", "-Xmx8m"),
            Path.of(System.getProperty("java.home")),
            false);
    Outcome outcome = CellRunner.run(cell("lookup", Map.of("entries", "4000000")), tiny);
    assertTrue(
        assertInstanceOf(Outcome.Failed.class, outcome).reason().contains("OutOfMemoryError"),
        outcome.toString());
  }

  @Test
  void aValueChangedFromOutsideFailsAProcessOfManyCells() throws Exception {
    InTurns.Slot odd = new InTurns.Slot(cell("lookup", Map.of("entries", "1049")), "", 0, 0);
    InTurns.Slot other = new InTurns.Slot(cell("update", Map.of()), "", 0, 0);
    assertFoundWrong(
        1049,
        seconds ->
            assertInstanceOf(
                    InTurns.Not.class,
                    new TurnsFork().measure(List.of(odd, other), seconds).getLast())
                .outcome());
  }

  @Test
  void aValueChangedFromOutsideFailsTheForkAndIsNoMeasurement() throws Exception {
    Cell odd = cell("lookup", Map.of("entries", "1039"));
    assertFoundWrong(1039, seconds -> CellRunner.run(odd, seconds));
  }

  /** What is wrong in a fork's map of so many entries is no measurement. */
  private void assertFoundWrong(int entries, Function<Settings, Outcome> measure) throws Exception {
    Settings seconds = Settings.of(100, 2000, 30, 42, folder.resolve("fork.log"));
    FutureTask<Outcome> fork = new FutureTask<>(() -> measure.apply(seconds));
    Thread.ofPlatform().daemon().start(fork);
    try (FilledMapOfFork map = FilledMapOfFork.find(entries, fork)) {
      while (!fork.isDone()) {
        map.overwrite(77, 1);
        Thread.sleep(5);
      }
    }
    assertTrue(
        assertInstanceOf(Outcome.Failed.class, fork.get()).reason().contains("results were wrong"),
        fork.get().toString());
  }

  @Test
  void theCRunnerMeasuresTheSameCells() {
    for (String runtime : List.of("c", "c-thread")) {
      for (String path : List.of("libbpf", "syscall")) {
        assertConsistent(
            measure(
                cell("lookup", Map.of("runtime", runtime, "path", path, "map", "percpu-array")),
                brief()));
      }
    }
    for (String operation : List.of("update", "delete")) {
      assertConsistent(measure(cell(operation, Map.of("runtime", "c")), brief()));
    }
    assertEquals(
        new Outcome.Refused("EINVAL: arrays have no delete"),
        CellRunner.run(cell("delete", Map.of("runtime", "c", "map", "array")), brief()));
  }

  private static void assertConsistent(Measurement measured) {
    Measurement.Batches batches = batches(measured);
    assertTrue(measured.meanNanosPerOp() > 0, measured.toString());
    assertEquals(3, measured.iterationNanosPerOp().size());
    assertTrue(batches.p50() > 0 && batches.p50() <= batches.p90(), measured.toString());
    assertTrue(batches.p90() <= batches.p99() && batches.p99() <= batches.max());
    assertTrue(batches.size() * batches.count() >= measured.operations(), measured.toString());
  }

  private static Measurement.Batches batches(Measurement measured) {
    return requireNonNull(measured.batches());
  }

  private static Measurement measure(Cell cell, Settings settings) {
    Outcome outcome = CellRunner.run(cell, settings);
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }

  private Settings brief() {
    return Settings.of(20, 20, 3, 42, folder.resolve("fork.log"));
  }

  private static Cell cell(String operation, Map<String, String> params) {
    return new Cell("maps", "maps." + operation, params, "idle");
  }

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  /** Fails where the fork ends before. */
  private static void awaitChild(Set<Long> before, FutureTask<Outcome> fork) throws Exception {
    while (children().equals(before)) {
      assertFalse(fork.isDone(), () -> "it ended: " + fork.resultNow());
      Thread.sleep(10);
    }
    Thread.sleep(300);
  }

  /** The map of another process, found among all of the kernel's by an odd number of entries. */
  private record FilledMapOfFork(int fd) implements AutoCloseable {

    /** Fails where the fork ends before. */
    static FilledMapOfFork find(int entries, FutureTask<Outcome> fork) throws Exception {
      while (!fork.isDone()) {
        for (int id = next(0); id > 0; id = next(id)) {
          FilledMapOfFork map = new FilledMapOfFork(LibBpf.bpf_map_get_fd_by_id(id));
          if (map.fd >= 0) {
            if (map.entries() == entries && map.holds(entries - 1)) {
              return map;
            }
            map.close();
          }
        }
        Thread.sleep(10);
      }
      throw new AssertionError("the fork ended before its map was seen: " + fork.get());
    }

    private static int next(int id) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
        int result = LibBpf.bpf_map_get_next_id(id, next);
        return result == 0 ? next.get(ValueLayout.JAVA_INT, 0) : 0;
      }
    }

    private int entries() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment info = Uapi.bpf_map_info.allocate(arena);
        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
        LibBpf.bpf_obj_get_info_by_fd(fd, info, size);
        return Uapi.bpf_map_info.getInt(info, "max_entries");
      }
    }

    private boolean holds(int key) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment value = arena.allocate(1 << 16);
        return LibBpf.bpf_map_lookup_elem(fd, arena.allocateFrom(ValueLayout.JAVA_INT, key), value)
            == 0;
      }
    }

    void overwrite(int key, long value) {
      try (Arena arena = Arena.ofConfined()) {
        LibBpf.bpf_map_update_elem(
            fd,
            arena.allocateFrom(ValueLayout.JAVA_INT, key),
            arena.allocateFrom(ValueLayout.JAVA_LONG, value),
            Uapi.BPF_EXIST);
      }
    }

    @Override
    public void close() {
      try (Arena arena = Arena.ofConfined()) {
        LibC.close(Errno.allocate(arena), fd);
      }
    }
  }
}
