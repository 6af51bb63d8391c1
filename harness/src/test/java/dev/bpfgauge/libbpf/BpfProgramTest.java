package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attaching and running programs on the real kernel. */
class BpfProgramTest {

  @BeforeEach
  void bpf() {
    OnThisKernel.requireBpf();
  }

  /** Loads the self-test with this process as the one whose calls it counts. */
  private static BpfObject watchingUs() {
    BpfObject object = BpfObject.builtIn("maps/selftest");
    object.variable("target_tgid").set(JAVA_INT, 0, Math.toIntExact(ProcessHandle.current().pid()));
    return object.load();
  }

  private static long counted(BpfObject object) {
    return object.variable("sequence").get(JAVA_LONG, 0);
  }

  /** Attaches, or skips the test where this kernel refuses tracing to anyone. */
  private static BpfLink attach(BpfProgram program, Function<BpfProgram, BpfLink> how) {
    try {
      return how.apply(program);
    } catch (BpfException e) {
      Requires.machine(false, "a kernel that attaches " + program + ": " + said(e));
      throw e;
    }
  }

  @Test
  void aTracepointProgramSeesOurSystemCallsWhileItIsAttached() {
    try (BpfObject object = watchingUs()) {
      BpfLink link = attach(object.program("on_getppid"), BpfProgram::attach);
      assertTrue(link.fd() > 0);
      for (int i = 0; i < 10; i++) {
        LibC.getppid();
      }
      long seen = counted(object);
      assertTrue(seen >= 10, "seen: " + seen);
      link.close();
      link.close();
      long atTheEnd = counted(object);
      LibC.getppid();
      assertEquals(atTheEnd, counted(object), "detached");
      assertThrows(IllegalStateException.class, link::fd);
    }
  }

  @Test
  void aRawTracepointProgramAttachesBySectionAndByName() {
    try (BpfObject object = watchingUs()) {
      BpfProgram program = object.program("on_sys_enter");
      try (BpfLink bySection = attach(program, BpfProgram::attach)) {
        LibC.getppid();
        assertTrue(bySection.fd() > 0);
      }
      long before = counted(object);
      assertTrue(before >= 1);
      try (BpfLink byName = attach(program, p -> p.attachRawTracepoint("sys_enter"))) {
        LibC.getppid();
        assertTrue(byName.fd() > 0);
      }
      assertTrue(counted(object) > before);
    }
  }

  @Test
  void closingTheObjectDetachesItsLinks() {
    try (BpfObject watcher = watchingUs()) {
      BpfObject object = watchingUs();
      BpfLink link = attach(object.program("on_getppid"), BpfProgram::attach);
      int id = object.program("on_getppid").info().id();
      object.close();
      assertThrows(IllegalStateException.class, link::fd);
      assertTrue(programIsGone(id), "program " + id + " is still loaded");
      assertEquals(0, counted(watcher));
    }
  }

  /** Freeing a program waits for an RCU grace period: asked for up to some seconds. */
  private static boolean programIsGone(int id) {
    for (int attempt = 0; attempt < 500; attempt++) {
      int fd = LibBpf.bpf_prog_get_fd_by_id(id);
      if (fd == -Errno.ENOENT) {
        return true;
      }
      if (fd >= 0) {
        BpfMap.closeFd(fd);
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return false;
  }

  @Test
  void unknownTracepointsAreRefusedByName() {
    try (BpfObject object = watchingUs()) {
      BpfProgram program = object.program("on_getppid");
      attach(program, BpfProgram::attach).close();
      BpfException e =
          assertThrows(BpfException.class, () -> program.attachTracepoint("syscalls", "no_such"));
      assertEquals(Errno.ENOENT, e.errno());
      assertTrue(said(e).contains("syscalls/no_such"), said(e));
      assertThrows(IllegalArgumentException.class, () -> program.attachTracepoint("../..", "etc"));
      BpfException raw =
          assertThrows(
              BpfException.class,
              () -> object.program("on_sys_enter").attachRawTracepoint("no_such"));
      assertEquals(Errno.ENOENT, raw.errno());
    }
  }

  @Test
  void aProgramWithoutAHookCannotBeAttachedBySection() {
    try (BpfObject object = watchingUs()) {
      BpfException e =
          assertThrows(BpfException.class, () -> object.program("packet_length").attach());
      assertEquals("bpf_program__attach", e.call());
      assertTrue(said(e).contains("packet_length to socket"), said(e));
    }
  }

  @Test
  void aPacketProgramIsRunAsOftenAsAsked() {
    try (BpfObject object = watchingUs()) {
      MemorySegment packet = MemorySegment.ofArray(new byte[64]);
      BpfProgram program = object.program("packet_length");
      try (RunTimeStats _ = RunTimeStats.enable()) {
        BpfProgram.RunOutput output = program.run(RunInput.packet(packet, 1000));
        // The kernel takes the Ethernet header off before a socket filter sees the packet.
        assertEquals(64 - 14, output.returnValue());
      }
      assertEquals(1000, program.info().runCount());
    }
  }

  @Test
  void runTimeStatisticsGrowOnlyWhileTheyAreOn() {
    try (BpfObject object = watchingUs()) {
      BpfLink link = attach(object.program("on_sys_enter"), BpfProgram::attach);
      try (RunTimeStats stats = RunTimeStats.enable()) {
        assertTrue(stats.fd() > 0);
        for (int i = 0; i < 100; i++) {
          LibC.getppid();
        }
      }
      BpfProgram.Info info = object.program("on_sys_enter").info();
      assertTrue(info.runCount() >= 100, info.toString());
      assertTrue(info.runTimeNanos() > 0, info.toString());
      link.close();
    }
  }

  @Test
  void theStatisticsSwitchClosesOnce() {
    RunTimeStats stats = RunTimeStats.enable();
    stats.close();
    stats.close();
    assertThrows(IllegalStateException.class, stats::fd);
  }

  @Test
  void theKernelDescribesTheProgram() {
    try (BpfObject object = watchingUs()) {
      BpfProgram.Info info = object.program("touch").info();
      assertEquals("touch", info.name());
      assertTrue(info.id() > 0);
      assertTrue(info.tag().matches("[0-9a-f]{16}"), info.tag());
      assertTrue(info.translatedBytes() > 0 && info.translatedBytes() % 8 == 0, info.toString());
      info.verifiedInstructions().ifPresent(count -> assertTrue(count > 0, info.toString()));
    }
  }

  @Test
  void inputTheProgramCannotTakeIsRefused() {
    try (BpfObject object = watchingUs();
        Arena arena = Arena.ofConfined()) {
      MemorySegment small = arena.allocate(4);
      BpfException e =
          assertThrows(
              BpfException.class,
              () -> object.program("packet_length").run(RunInput.packet(small, 1)));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(said(e).startsWith("bpf_prog_test_run_opts(program packet_length)"), said(e));
      MemorySegment packet = arena.allocate(64);
      assertThrows(
          BpfException.class, () -> object.program("touch").run(RunInput.packet(packet, 5)));
      assertThrows(
          BpfException.class, () -> object.program("on_getppid").run(RunInput.packet(packet, 1)));
    }
  }

  @Test
  void inputThatNoProgramCouldTakeIsRefusedBeforeTheKernelSeesIt() {
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(IllegalArgumentException.class, () -> RunInput.packet(arena.allocate(64), 0));
      assertThrows(
          IllegalArgumentException.class, () -> RunInput.context(arena.allocate(64).asReadOnly()));
    }
  }

  @Test
  void inputWhoseMemoryIsGoneIsRefused() {
    MemorySegment gone;
    try (Arena arena = Arena.ofConfined()) {
      gone = arena.allocate(64);
    }
    try (BpfObject object = watchingUs()) {
      assertThrows(
          IllegalStateException.class,
          () -> object.program("packet_length").run(RunInput.packet(gone, 1)));
    }
  }
}
