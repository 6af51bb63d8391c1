package dev.bpfgauge.libbpf.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The raw layer: what it gives back, what it costs, and what it says where libbpf is absent. */
class LibBpfTest {

  /** Run in a JVM of its own, for a library is looked up once. */
  static final class Absent {

    private Absent() {}

    public static void main(String[] args) {
      System.out.println("reason: " + LibBpf.unavailable().orElse("none"));
      System.out.println("has: " + LibBpf.has("bpf_map_create"));
      try {
        BpfMap.create(new BpfMap.Spec("x", Uapi.BPF_MAP_TYPE_HASH, 4, 4, 1, 0)).close();
      } catch (UnsupportedOperationException e) {
        System.out.println("refused: " + e.getMessage());
      }
      System.out.println("libc: " + (LibC.getppid() > 0));
    }
  }

  private static String inOwnJvm(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Absent.class.getName()));
    Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, java.waitFor(), output);
    return output;
  }

  @Test
  void withoutLibbpfTheReasonAndTheFixAreAValue() throws IOException, InterruptedException {
    String output =
        inOwnJvm("--enable-native-access=ALL-UNNAMED", "-Dbpfgauge.libbpf=/nonexistent");
    assertTrue(output.contains("reason: /nonexistent cannot be opened: install libbpf"), output);
    assertTrue(output.contains("apt install libbpf1"), output);
    assertTrue(output.contains("has: false"), output);
    assertTrue(output.contains("refused: bpf_map_create: /nonexistent cannot"), output);
    assertTrue(output.contains("libc: true"), output);
  }

  @Test
  void anotherLibraryIsNotTakenForLibbpf() throws IOException, InterruptedException {
    String output = inOwnJvm("--enable-native-access=ALL-UNNAMED", "-Dbpfgauge.libbpf=libc.so.6");
    assertTrue(output.contains("reason: the library found is not libbpf"), output);
    assertTrue(output.contains("refused: bpf_map_create: the library found"), output);
  }

  @Test
  void withoutNativeAccessTheReasonIsTheFlag() throws IOException, InterruptedException {
    String output = inOwnJvmWithoutLibc("--illegal-native-access=deny");
    assertTrue(output.contains("start java with --enable-native-access=ALL-UNNAMED"), output);
    assertFalse(output.contains("ExceptionInInitializerError"), output);
  }

  private static String inOwnJvmWithoutLibc(String option)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            option,
            "-cp",
            System.getProperty("java.class.path"),
            Absent.class.getName());
    Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    java.waitFor();
    return output;
  }

  @Test
  void theVersionIsOneWeSupport() {
    Requires.that(LibBpf.unavailable().isEmpty(), "libbpf");
    assertEquals(1, LibBpf.libbpf_major_version());
    assertTrue(LibBpf.libbpf_minor_version() >= 1);
    assertTrue(LibBpf.libbpf_version_string().startsWith("v1."));
    assertTrue(LibBpf.libbpf_num_possible_cpus() >= 1);
    assertTrue(LibBpf.has("bpf_map_create"));
    assertFalse(LibBpf.has("bpf_map_create_of_tomorrow"));
  }

  @Test
  void aSymbolOfALaterVersionIsRefusedWhenCalledNotWhenBound() {
    var handle =
        NativeLibrary.libc().bind("abs_of_tomorrow", FunctionDescriptor.of(NativeLibrary.INT));
    var e = assertThrows(UnsupportedOperationException.class, () -> handle.invoke());
    assertTrue(String.valueOf(e.getMessage()).contains("a newer version is needed"));
  }

  @Test
  void aRefusedCallLeavesItsErrnoInItsOwnSegment() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = Errno.allocate(arena);
      MemorySegment second = Errno.allocate(arena);
      MemorySegment path = arena.allocateFrom("/nonexistent/file");
      assertEquals(-1, LibC.open(first, path, 0, 0));
      assertEquals(-1, LibC.close(second, -1));
      assertEquals(Errno.ENOENT, Errno.of(first));
      assertEquals(Errno.EBADF, Errno.of(second));
      assertFalse(LibC.strerror(Errno.EPERM).isEmpty());
    }
  }

  @Test
  void theNoOpAndTheCheapestCallAnswerRight() {
    assertEquals(5, LibC.abs(-5));
    assertEquals(
        ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L), LibC.getppid());
  }

  @Test
  void unknownArchitecturesAreAValueWithAReason() {
    assertTrue(SyscallNumbers.of("sparc").isEmpty());
    assertTrue(SyscallNumbers.unavailable("sparc").orElse("").contains("sparc"));
    assertEquals(321, SyscallNumbers.of("amd64").orElseThrow().bpf());
    assertEquals(280, SyscallNumbers.of("aarch64").orElseThrow().bpf());
    assertTrue(SyscallNumbers.unavailable("aarch64").isEmpty());
  }

  @Test
  void lookupsByEitherPathAgreeAndAllocateNothing() {
    Requires.that(LibBpf.unavailable().isEmpty(), "libbpf");
    Requires.machine(SyscallNumbers.current().isPresent(), "known system call numbers");
    long bpf = SyscallNumbers.current().orElseThrow().bpf();
    try (Arena arena = Arena.ofConfined();
        BpfMap map = mapOrSkip()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, 42);
      map.update(key, value, Uapi.BPF_ANY);
      MemorySegment attr = Uapi.bpf_attr_elem.allocate(arena);
      Uapi.bpf_attr_elem.setInt(attr, "map_fd", map.fd());
      Uapi.bpf_attr_elem.setPointer(attr, "key", key);
      Uapi.bpf_attr_elem.setPointer(attr, "value", value);
      int fd = map.fd();

      value.set(ValueLayout.JAVA_LONG, 0, 0);
      assertEquals(0, LibBpf.bpf_map_lookup_elem(fd, key, value));
      assertEquals(42, value.get(ValueLayout.JAVA_LONG, 0));
      value.set(ValueLayout.JAVA_LONG, 0, 0);
      assertEquals(0, LibC.syscall(bpf, Uapi.BPF_MAP_LOOKUP_ELEM, attr, attr.byteSize()));
      assertEquals(42, value.get(ValueLayout.JAVA_LONG, 0));

      // Once it is compiled, which takes as long as it takes.
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      int operations = 50_000;
      long bytes = Long.MAX_VALUE;
      for (int stretch = 0; stretch < 1000 && bytes >= operations; stretch++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        lookups(fd, key, value, bpf, attr, operations);
        bytes = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertTrue(bytes < operations, bytes + " bytes in " + operations + " operations");
    }
  }

  private static BpfMap mapOrSkip() {
    try {
      return BpfMap.create(new BpfMap.Spec("alloc", Uapi.BPF_MAP_TYPE_HASH, 4, 8, 4, 0));
    } catch (BpfException e) {
      Requires.that(false, "the right to create BPF maps (root or CAP_BPF)");
      throw e;
    }
  }

  private static void lookups(
      int fd, MemorySegment key, MemorySegment value, long bpf, MemorySegment attr, int count) {
    long failures = 0;
    for (int i = 0; i < count; i++) {
      failures |= LibBpf.bpf_map_lookup_elem(fd, key, value);
      failures |= LibC.syscall(bpf, Uapi.BPF_MAP_LOOKUP_ELEM, attr, attr.byteSize());
    }
    assertEquals(0, failures);
  }
}
