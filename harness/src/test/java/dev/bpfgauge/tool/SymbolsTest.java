package dev.bpfgauge.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.tool.Symbols.Mapping;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names of functions: of this JVM's own libc, and of files as kernels and runtimes write them. */
class SymbolsTest {
  private static final int PID = Math.toIntExact(ProcessHandle.current().pid());

  @TempDir Path folder;

  @Test
  void functionsOfOurOwnLibcAreFoundWhereTheyAreLoaded() {
    long getpid = Linker.nativeLinker().defaultLookup().find("getpid").orElseThrow().address();

    List<String> names = new Symbols(Path.of("/proc")).ofProcess(PID, new long[] {getpid + 1, 1});

    assertTrue(names.getFirst().endsWith("getpid"), names.toString());
    assertEquals("[unknown] 0x1", names.getLast());
  }

  @Test
  void aProcessThatIsGoneIsSaidToBe() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertEquals(
        List.of("[exited] 0x7f0000001234"),
        new Symbols(Path.of("/proc"))
            .ofProcess(Math.toIntExact(ended.pid()), new long[] {0x7f0000001234L}));
  }

  @Test
  void theKernelsFunctionsReachUpToTheNext() {
    SymbolTable table =
        SymbolTable.ofKernel(
            Stream.of(
                "ffffffff81000000 T _stext",
                "ffffffff81000100 t do_nanosleep",
                "ffffffff81000200 D jiffies",
                "ffffffff81000300 W weak_one",
                "ffffffffc0000000 t of_a_module\t[loop]"));

    assertEquals("do_nanosleep", table.name(0xffffffff81000100L));
    assertEquals("do_nanosleep", table.name(0xffffffff810002ffL));
    assertEquals("weak_one", table.name(0xffffffff81000310L));
    assertEquals("of_a_module", table.name(0xffffffffc0000001L));
    assertNull(table.name(0x1000));
  }

  @Test
  void hiddenAddressesGiveNoNames() {
    assertTrue(SymbolTable.ofKernel(Stream.of("0000000000000000 T _stext")).isEmpty());
  }

  @Test
  void whatARuntimeCompiledIsInItsPerfMap() {
    SymbolTable table =
        SymbolTable.ofPerfMap(Stream.of("7f10 20 Interpreter", "7f40 10 java.lang.String.of(int)"));

    assertEquals("java.lang.String.of(int)", table.name(0x7f4f));
    assertNull(table.name(0x7f50));
    assertNull(table.name(0x7f30));
  }

  @Test
  void aMappingIsALineOfMapsWithAFile() {
    assertEquals(
        new Mapping(0x7f1000, 0x7f3000, 0x2000, "/usr/lib/my lib.so"),
        Mapping.parse("7f1000-7f3000 r-xp 00002000 fe:00 1234       /usr/lib/my lib.so"));
    assertNull(Mapping.parse("7ffd1000-7ffd3000 rw-p 00000000 00:00 0      [stack]"));
    assertNull(Mapping.parse("7ffd1000-7ffd3000 rw-p 00000000 00:00 0 "));
  }

  @Test
  void whatIsNoElfFileHasNoNames() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no ELF file");
    byte[] torn = Files.readAllBytes(Path.of("/proc/self/exe"));
    Path half = Files.write(folder.resolve("half"), java.util.Arrays.copyOf(torn, 100));

    assertNull(ElfSymbols.read(text).name(1));
    assertNull(ElfSymbols.read(half).name(1));
    assertNull(ElfSymbols.read(folder.resolve("missing")).name(1));
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void aPipeInPlaceOfAPerfMapIsNotWaitedFor() throws Exception {
    Path tmp = Files.createDirectories(folder.resolve("77/root/tmp"));
    Files.writeString(folder.resolve("77/maps"), "");
    TestPrograms.run("mkfifo", tmp.resolve("perf-77.map").toString());

    assertEquals(List.of("[unknown] 0x10"), new Symbols(folder).ofProcess(77, new long[] {0x10}));
  }

  @Test
  void stacksBeginWhereTheTracepointWasPassed() {
    assertEquals(
        List.of("__schedule", "schedule", "bpf_map_wait"),
        Offwaketime.withoutTracing(
            List.of(
                "[unknown] 0xffffffffc0000001",
                "bpf_trace_run4",
                "__bpf_trace_sched_switch",
                "__traceiter_sched_switch",
                "__schedule",
                "schedule",
                "bpf_map_wait")));
    assertEquals(
        List.of("[unknown] 0x1", "[unknown] 0x2"),
        Offwaketime.withoutTracing(List.of("[unknown] 0x1", "[unknown] 0x2")));
  }
}
