package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every hook on the real kernel. */
class HooksMeterTest {
  @TempDir Path folder;

  @BeforeEach
  void bpf() {
    Requires.bpf();
  }

  private Settings shortly() {
    return Settings.of(5, 5, 2, 1, folder.resolve("log"));
  }

  private Outcome measure(Hook hook, Body body) {
    return new HooksMeter().attempt(HooksSuite.cell(hook, body), shortly());
  }

  /** The meter itself fails a cell whose program ran too rarely or too often. */
  @Test
  void eachHookIsMeasuredOrSaysWhyNotAndSomeAreMeasured() {
    Map<Hook, Outcome> outcomes = new EnumMap<>(Hook.class);
    for (Hook hook : Hook.values()) {
      outcomes.put(hook, measure(hook, Body.COUNTER));
    }
    assertAll(
        outcomes.entrySet().stream()
            .map(entry -> () -> assertSound(entry.getKey(), entry.getValue())));
    assertTrue(
        outcomes.values().stream().anyMatch(Outcome.Measured.class::isInstance),
        outcomes.toString());
  }

  private static void assertSound(Hook hook, Outcome outcome) {
    switch (outcome) {
      case Outcome.Measured(Measurement measured, String _) -> {
        assertTrue(Double.isFinite(measured.meanNanosPerOp()), hook.word());
        assertTrue(extra(measured, "runs_per_op") >= 1);
        assertTrue(extra(measured, "runtime_stats_ns") > 0);
        assertTrue(extra(measured, "program_bytes") >= 4096);
        assertTrue(extra(measured, "maps_bytes") >= 4096);
      }
      case Outcome.Unavailable(String reason) ->
          assertTrue(
              reason.matches("(denied: EPERM|denied: EACCES|absent: )[^\\n]*"),
              hook.word() + ": " + reason);
      case Outcome.Failed(String reason) -> throw new AssertionError(hook.word() + ": " + reason);
      case Outcome.Refused(String reason) -> throw new AssertionError(hook.word() + ": " + reason);
    }
  }

  private static double extra(Measurement measured, String name) {
    return Objects.requireNonNull(measured.extras()).getOrDefault(name, Double.NaN);
  }

  @ParameterizedTest
  @EnumSource(Body.class)
  void everyBodyOfARawTracepointDoesItsWork(Body body) {
    try (Traced traced = Hook.RAW_TP.traced();
        HookProgram program = HookProgram.load(Hook.RAW_TP, body);
        RunTimeStats _ = RunTimeStats.enable()) {
      try (Traced.Attachment _ = traced.attach(program.program())) {
        traced.operate(1000);
      }
      program.drain(); // fails where the kernel refused an update or a record
      long ran = program.program().info().runCount();
      assertTrue(ran >= 1000, () -> ran + " runs by the kernel's count");
      assertTrue(
          body.counts() ? program.runs() >= 1000 : program.runs() == 0,
          () -> program.runs() + " runs by its own count");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"TRACEPOINT", "XDP_RUN", "TC_RUN", "UPROBE", "USDT"})
  void theProgramCountsEachOperationOfThisThreadOnce(Hook hook) {
    try (Traced traced = hook.traced();
        HookProgram program = HookProgram.load(hook, Body.COUNTER)) {
      traced.operate(10);
      assertEquals(0, program.runs(), "not attached yet");
      try (Traced.Attachment _ = traced.attach(program.program())) {
        traced.operate(1000);
        assertEquals(1000, program.runs(1000));
      } catch (BpfException e) {
        Requires.machine(e.errno() != Errno.EPERM, "a kernel that permits " + hook.word());
        throw e;
      }
      traced.operate(10);
      assertEquals(1000, program.runs(), "detached");
    }
  }

  @Test
  void aProbeThatIsNotThereIsNamed() {
    Requires.machine(Hook.USDT.absent().isEmpty(), "CONFIG_UPROBE_EVENTS");
    try (HookProgram program = HookProgram.load(Hook.USDT, Body.EMPTY)) {
      BpfException e =
          assertThrows(
              BpfException.class,
              () -> program.program().attachUsdt(Path.of("/proc/self/exe"), "bpfgauge", "none"));
      String said = HooksMeter.refused(Hook.USDT, e);
      assertTrue(said.contains("bpfgauge:none of /proc/self/exe"), said);
    }
  }

  @Test
  void aTracepointThatDoesNotExistIsNamed() {
    try (HookProgram program = HookProgram.load(Hook.TRACEPOINT, Body.EMPTY)) {
      BpfException e =
          assertThrows(
              BpfException.class,
              () -> program.program().attachTracepoint("syscalls", "sys_enter_getppidd"));
      String said = HooksMeter.refused(Hook.TRACEPOINT, e);
      assertTrue(said.startsWith("absent: tracepoint "), said);
      assertTrue(said.contains("syscalls/sys_enter_getppidd"), said);
      assertEquals(1, said.lines().count());
    }
  }

  /** An inlined function has no entry in BTF, as one that never was. */
  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"FENTRY", "FEXIT"})
  void aTargetThatWasInlinedIsAbsent(Hook hook) {
    Requires.machine(hook.absent().isEmpty(), "CONFIG_DEBUG_INFO_BTF");
    try (BpfObject object = BpfObject.builtIn("hooks/hooks")) {
      BpfProgram program = object.program(hook.program());
      program.setAutoload(true);
      BpfException e =
          assertThrows(
              BpfException.class,
              () -> {
                program.setAttachTarget("bpfgauge_no_such_function");
                object.load();
              });
      String said = HooksMeter.refused(hook, e);
      assertTrue(said.startsWith("absent: function "), said);
      assertTrue(said.contains("inlined or not there"), said);
      assertEquals(1, said.lines().count());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"KPROBE", "KRETPROBE", "KPROBE_MULTI"})
  void withoutKprobesTheOptionIsNamed(Hook hook) {
    Requires.machine(
        !Files.exists(Path.of("/sys/bus/event_source/devices/kprobe")), "a kernel without kprobes");
    assertEquals(new Outcome.Unavailable("absent: CONFIG_KPROBES"), measure(hook, Body.EMPTY));
  }

  /** Hosting kernels refuse both of them to root too. */
  @ParameterizedTest
  @EnumSource(
      value = Hook.class,
      names = {"FENTRY", "FEXIT"})
  void whatIsRefusedToRootIsDenied(Hook hook) {
    Requires.machine(hook.absent().isEmpty(), "CONFIG_DEBUG_INFO_BTF");
    Outcome outcome = measure(hook, Body.EMPTY);
    Requires.machine(outcome instanceof Outcome.Unavailable, "a kernel that refuses fentry");
    String said = ((Outcome.Unavailable) outcome).reason();
    assertTrue(said.startsWith("denied: EPERM: bpf_object__load"), said);
    assertEquals(1, said.lines().count());
  }

  @Test
  void otherThreadsDoNotCount() throws InterruptedException {
    try (Traced traced = Hook.TRACEPOINT.traced();
        HookProgram program = HookProgram.load(Hook.TRACEPOINT, Body.COUNTER);
        Traced.Attachment _ = traced.attach(program.program())) {
      Thread other = new Thread(() -> traced.operate(500));
      other.start();
      other.join();
      assertEquals(0, program.runs());
      LibC.getppid();
      assertEquals(1, program.runs());
    }
  }

  @Test
  void aRingBufferThatOverflowsIsNoMeasurement() {
    try (Traced traced = Hook.XDP_RUN.traced();
        HookProgram program = HookProgram.load(Hook.XDP_RUN, Body.RINGBUF);
        Traced.Attachment _ = traced.attach(program.program())) {
      traced.operate(400_000);
      assertThrows(IllegalStateException.class, program::drain);
    }
  }

  @Test
  void theProgramIsGoneAfterwards() throws InterruptedException {
    int id;
    try (Traced traced = Hook.RAW_TP.traced();
        HookProgram program = HookProgram.load(Hook.RAW_TP, Body.COUNTER);
        Traced.Attachment _ = traced.attach(program.program())) {
      id = program.program().info().id();
    }
    assertTrue(isGone(id), "program " + id + " is still loaded");
  }

  /** Nothing is pinned, so that what has no descriptor any more is gone. */
  @ParameterizedTest
  @EnumSource(Hook.class)
  void noDescriptorAndNoNetworkIsLeft(Hook hook) throws IOException {
    Path network = Path.of("/proc/thread-self/ns/net");
    Path before = Files.readSymbolicLink(network);
    List<String> open = kernelObjects();
    measure(hook, Body.ALL);
    assertEquals(open, kernelObjects());
    assertEquals(before, Files.readSymbolicLink(network));
  }

  /** Maps, programs, links, perf events and sockets that this process holds. */
  private static List<String> kernelObjects() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .map(HooksMeterTest::target)
          .filter(target -> target.matches("anon_inode:.*(bpf|perf).*|socket:.*|net:.*|/memfd:.*"))
          .sorted()
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile, as the one that lists the folder is
    }
  }

  /** Freeing a program waits for an RCU grace period. */
  private static boolean isGone(int id) throws InterruptedException {
    for (int attempt = 0; attempt < 500; attempt++) {
      int fd = LibBpf.bpf_prog_get_fd_by_id(id);
      if (fd == -Errno.ENOENT) {
        return true;
      }
      close(fd);
      Thread.sleep(10);
    }
    return false;
  }

  private static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(Errno.allocate(arena), fd);
    }
  }

  @Test
  void unknownWordsAreRefusedWithTheNearest() {
    Refusal hook =
        assertThrows(Refusal.class, () -> HooksSuite.cells(List.of("raw_tq"), List.of()));
    assertTrue(String.valueOf(hook.getMessage()).contains("raw_tp"));
    assertThrows(Refusal.class, () -> HooksSuite.cells(List.of(), List.of("nothing")));
  }

  @Test
  void aPlaceInAFileIsFoundFromTheMemoryMap() {
    List<String> maps =
        List.of(
            "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ",
            "7f0000001000-7f0000003000 r-xp 00026000 fe:01 42                        "
                + " /usr/lib/libc.so.6");
    assertEquals(
        new LibraryCall.Place(Path.of("/usr/lib/libc.so.6"), 0x26010 + 0x1000),
        LibraryCall.Place.of(maps, 0x7f0000002010L));
    assertThrows(IllegalStateException.class, () -> LibraryCall.Place.of(maps, 0x7f0000000010L));
  }
}
