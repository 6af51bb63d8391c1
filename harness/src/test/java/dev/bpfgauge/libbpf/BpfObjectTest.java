package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static dev.bpfgauge.libbpf.OnThisKernel.u32;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The self-test object on the real kernel: opened, loaded, refused, misused. */
class BpfObjectTest {

  @BeforeEach
  void bpf() {
    OnThisKernel.requireBpf();
  }

  private static byte[] selftestBytes() throws IOException {
    String arch = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "x86";
    try (InputStream in =
        Objects.requireNonNull(
            BpfObjectTest.class.getResourceAsStream("/bpf/" + arch + "/maps/selftest.bpf.o"))) {
      return in.readAllBytes();
    }
  }

  @Test
  void itsMapsAndProgramsAreFoundByName() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      assertEquals(
          List.of("touch", "packet_length", "on_getppid", "on_sys_enter", "refused"),
          object.programNames());
      assertTrue(
          object
              .mapNames()
              .containsAll(List.of("hash", "array", "percpu_hash", "percpu_array", "events")),
          object.mapNames().toString());
      object.load();
      assertEquals(Uapi.BPF_MAP_TYPE_PERCPU_HASH, object.map("percpu_hash").info().type());
      assertEquals(64, object.map("hash").info().maxEntries());
      assertEquals("tp/syscalls/sys_enter_getppid", object.program("on_getppid").section());
      assertEquals(Uapi.BPF_PROG_TYPE_SYSCALL, object.program("touch").type());
    }
  }

  @Test
  void anObjectFileOpensByItsPath(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("copy.bpf.o");
    Files.write(file, selftestBytes());
    try (BpfObject object = BpfObject.open(file)) {
      assertEquals("copy", object.name());
      assertTrue(object.load().map("hash").fd() > 0);
    }
  }

  @Test
  void aSyscallProgramTouchesAllFourKindsOfMap() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest").load();
        Arena arena = Arena.ofConfined()) {
      MemorySegment context = arena.allocate(24, 8);
      context.set(JAVA_INT, 0, 7);
      context.set(JAVA_LONG, 8, 1000);
      BpfProgram.RunOutput output = object.program("touch").run(RunInput.context(context));
      assertEquals(0, output.returnValue());
      assertEquals(0, context.get(JAVA_INT, 4), "no map failed");
      assertEquals(4000, context.get(JAVA_LONG, 16));
      for (String name : List.of("hash", "array", "percpu_hash", "percpu_array")) {
        BpfMap map = object.map(name);
        MemorySegment values = arena.allocate(map.valueStride(), 8);
        assertTrue(map.lookup(u32(arena, 7), values), name);
        long sum = 0;
        for (long cpu = 0; cpu < values.byteSize() / 8; cpu++) {
          sum += values.getAtIndex(JAVA_LONG, cpu);
        }
        assertEquals(1000, sum, name);
      }
    }
  }

  @Test
  void globalVariablesCanBeSetBeforeLoadAndReadAfter() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest");
        Arena arena = Arena.ofConfined()) {
      MemorySegment target = object.variable("target_tgid");
      assertEquals(Integer.BYTES, target.byteSize());
      target.set(JAVA_INT, 0, 4711);
      object.variable("sequence").set(JAVA_LONG, 0, 40);
      object.load();
      assertEquals(4711, object.variable("target_tgid").get(JAVA_INT, 0));
      object.program("touch").run(RunInput.context(arena.allocate(24, 8)));
      assertEquals(41, object.variable("sequence").get(JAVA_LONG, 0));
    }
  }

  @Test
  void aConstantCannotBeWrittenAfterLoad() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      MemorySegment before = object.variable("target_tgid");
      object.load();
      // Either write would hit a read-only page and end the JVM.
      assertThrows(IllegalStateException.class, () -> before.set(JAVA_INT, 0, 1));
      MemorySegment after = object.variable("target_tgid");
      assertThrows(IllegalArgumentException.class, () -> after.set(JAVA_INT, 0, 1));
    }
  }

  @Test
  void variablesEndWithTheirObject() {
    MemorySegment sequence;
    try (BpfObject object = BpfObject.builtIn("maps/selftest").load()) {
      sequence = object.variable("sequence");
    }
    assertThrows(IllegalStateException.class, () -> sequence.get(JAVA_LONG, 0));
  }

  // Refusals

  @Test
  void aProgramTheVerifierRefusesComesWithItsLog() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      object.program("refused").setAutoload(true);
      BpfException e = assertThrows(BpfException.class, object::load);
      assertEquals("bpf_object__load", e.call());
      assertEquals(Errno.EACCES, e.errno());
      assertTrue(e.log().contains("invalid mem access 'map_value_or_null'"), e.log());
      assertTrue(said(e).contains("invalid mem access 'map_value_or_null'"), said(e));
      assertTrue(said(e).startsWith("bpf_object__load(selftest) failed: EACCES"), said(e));
      var again = assertThrows(IllegalStateException.class, object::load);
      assertTrue(said(again).contains("failed to load"), said(again));
      assertThrows(IllegalStateException.class, () -> object.map("hash"));
      assertThrows(IllegalStateException.class, () -> object.variable("sequence"));
      assertThrows(IllegalStateException.class, () -> object.program("touch").fd());
    }
  }

  @Test
  void bytesThatAreNoObjectAreRefusedByName() {
    BpfException e =
        assertThrows(
            BpfException.class, () -> BpfObject.open("noise", new byte[] {1, 2, 3, 4}).close());
    assertTrue(said(e).startsWith("bpf_object__open_mem(noise) failed: "), said(e));
    assertThrows(BpfException.class, () -> BpfObject.open("nothing", new byte[0]).close());
  }

  @Test
  void anObjectCutShortIsRefusedWhereverItWasCut() throws IOException {
    byte[] whole = selftestBytes();
    int refused = 0;
    for (int length = 0; length < whole.length; length += 997) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(BpfException.class, () -> BpfObject.open("cut", cut).close());
      refused++;
    }
    assertTrue(refused > 10);
  }

  @Test
  void unknownNamesAreAnsweredWithTheKnownOnes() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest").load()) {
      var map = assertThrows(IllegalArgumentException.class, () -> object.map("hush"));
      assertTrue(said(map).contains("has no map hush; it has [hash, array"), said(map));
      var program = assertThrows(IllegalArgumentException.class, () -> object.program("tuch"));
      assertTrue(said(program).contains("no program tuch; it has [touch"), said(program));
      assertThrows(IllegalArgumentException.class, () -> object.variable("sequel"));
      assertThrows(IllegalArgumentException.class, () -> BpfObject.builtIn("maps/none"));
    }
  }

  // Misuse

  @Test
  void nothingOfAnObjectWorksAfterItsEnd() {
    BpfObject object = BpfObject.builtIn("maps/selftest").load();
    BpfMap map = object.map("hash");
    BpfMap events = object.map("events");
    BpfProgram program = object.program("on_sys_enter");
    BpfLink link = program.attach();
    object.close();
    object.close();
    try (Arena arena = Arena.ofConfined()) {
      var e =
          assertThrows(
              IllegalStateException.class,
              () -> map.lookup(u32(arena, 0), arena.allocate(JAVA_LONG)));
      assertEquals("bpf_map_lookup_elem: object selftest is closed", said(e));
      assertThrows(IllegalStateException.class, map::fd);
      assertThrows(IllegalStateException.class, program::fd);
      assertThrows(IllegalStateException.class, program::attach);
      assertThrows(IllegalStateException.class, program::info);
      assertThrows(IllegalStateException.class, program::section);
      assertThrows(
          IllegalStateException.class, () -> program.run(RunInput.context(arena.allocate(8))));
      assertThrows(IllegalStateException.class, link::fd);
      link.close();
      map.close();
      assertThrows(IllegalStateException.class, object::load);
      assertThrows(IllegalStateException.class, () -> object.map("hash"));
      assertThrows(IllegalStateException.class, () -> object.program("touch"));
      assertThrows(IllegalStateException.class, object::mapNames);
      assertThrows(IllegalStateException.class, () -> object.variable("sequence"));
      assertThrows(IllegalStateException.class, () -> RingBuffer.open(events, r -> {}).close());
    }
  }

  @Test
  void stepsOutOfOrderAreRefusedInWords() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      var early = assertThrows(IllegalStateException.class, () -> object.map("hash"));
      assertTrue(said(early).contains("call load() first"), said(early));
      assertThrows(IllegalStateException.class, () -> object.program("on_sys_enter").attach());
      assertThrows(IllegalStateException.class, () -> object.program("touch").info());
      object.load();
      var twice = assertThrows(IllegalStateException.class, object::load);
      assertTrue(said(twice).contains("is loaded already"), said(twice));
      assertThrows(IllegalStateException.class, () -> object.program("touch").setAutoload(false));
    }
  }

  @Test
  void closingAMapOfAnObjectLeavesItToTheObject() {
    try (BpfObject object = BpfObject.builtIn("maps/selftest").load()) {
      object.map("hash").close();
      assertTrue(object.map("hash").fd() > 0);
      assertFalse(object.map("hash").info().name().isEmpty());
    }
  }

  @Test
  @SuppressWarnings({"NullAway", "DataFlowIssue"}) // null is the point
  void nullIsRefusedByName() {
    assertThrows(NullPointerException.class, () -> BpfObject.open("x", null));
    assertThrows(NullPointerException.class, () -> BpfObject.open(null, new byte[0]));
    assertThrows(NullPointerException.class, () -> BpfObject.open((Path) null));
    assertThrows(NullPointerException.class, () -> BpfObject.builtIn(null));
    try (BpfObject object = BpfObject.builtIn("maps/selftest")) {
      assertEquals(
          "map", assertThrows(NullPointerException.class, () -> object.map(null)).getMessage());
      assertThrows(NullPointerException.class, () -> object.program(null));
      assertThrows(NullPointerException.class, () -> object.variable(null));
    }
  }

  @Test
  void manyThreadsMayAskOneObject() throws InterruptedException {
    try (BpfObject object = BpfObject.builtIn("maps/selftest").load()) {
      List<Thread> threads =
          IntStream.range(0, 4)
              .mapToObj(n ->
                  Thread.ofPlatform()
                      .start(() -> {
                        for (int i = 0; i < 200; i++) {
                          object.map("hash").fd();
                          object.program("touch").info();
                          object.mapNames();
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(object.map("hash").fd() > 0);
    }
  }
}
