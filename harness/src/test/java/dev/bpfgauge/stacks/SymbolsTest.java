package dev.bpfgauge.stacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.LibStdCxx;
import dev.bpfgauge.stacks.Symbols.Mapping;
import dev.bpfgauge.suite.tools.Sleeper;
import dev.bpfgauge.suite.tools.TestPrograms;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
    SymbolTable table = perfMap("7f10 20 Interpreter", "7f40 10 java.lang.String.of(int)");

    assertEquals("java.lang.String.of(int)", table.name(0x7f4f));
    assertNull(table.name(0x7f50));
    assertNull(table.name(0x7f30));
  }

  @Test
  void perfMapsOfJcmdHave0xAndABadLineCostsOnlyItself() {
    SymbolTable table =
        perfMap(
            "0x00007f10 0x20 Interpreter",
            "not a line",
            "zzzz 10 bad",
            "7f40",
            "99999999999999999 10 too long",
            "7f40 10 java.lang.String.of(int)");

    assertEquals("Interpreter", table.name(0x7f11));
    assertEquals("java.lang.String.of(int)", table.name(0x7f40));
  }

  private static SymbolTable perfMap(String... lines) {
    SymbolTable.Builder table = new SymbolTable.Builder();
    Stream.of(lines).forEach(table::addOfPerfMap);
    return table.build();
  }

  @Test
  void aPerfMapsLinesAreBoundedInLengthAndNumber() throws IOException {
    String endless = "7f10 20 " + "x".repeat(100_000) + "\n7f40 10 f\n7f50 10 g\n";
    List<String> lines = new ArrayList<>();
    PerfMap.lines(new ByteArrayInputStream(endless.getBytes(UTF_8)), 100_025, lines::add);

    assertEquals(List.of("7f40 10 f"), lines);
  }

  /** A process as /proc has it, whose root is a folder of ours. */
  private Path process(String status) throws IOException {
    Path tmp = Files.createDirectories(folder.resolve("77/root/tmp"));
    Files.writeString(folder.resolve("77/maps"), "");
    Files.writeString(folder.resolve("77/status"), status);
    return tmp;
  }

  private String named(int address) {
    return new Symbols(folder).ofProcess(77, new long[] {address}).getFirst();
  }

  @Test
  void aNameThatIsNotUtf8AndANumberInsideAContainer() throws Exception {
    Path tmp = process("NSpid:\t77\t5\nUid:\t%d\t0\t0\t0\n".formatted(uid()));
    Files.write(tmp.resolve("perf-5.map"), "10 10 caf\u00e9\n20 10 f\n".getBytes(ISO_8859_1));

    assertEquals("f", named(0x20));
    assertEquals("caf\ufffd", named(0x10));
  }

  @Test
  void aPerfMapOfNearlyNoEndIsNotRead() throws Exception {
    Path tmp = process("NSpid:\t77\nUid:\t%d\t0\t0\t0\n".formatted(uid()));
    Path map = Files.writeString(tmp.resolve("perf-77.map"), "10 10 f\n");
    assertEquals("f", named(0x10));
    try (RandomAccessFile sparse = new RandomAccessFile(map.toFile(), "rw")) {
      sparse.setLength(10L << 30);
    }

    assertEquals("[unknown] 0x10", named(0x10));
  }

  @Test
  void aPerfMapOfSomebodyElseIsNotRead() throws Exception {
    Requires.root();
    Path tmp = process("NSpid:\t77\nUid:\t1001\t0\t0\t0\n");
    Path map = Files.writeString(tmp.resolve("perf-77.map"), "10 10 f\n");
    assertEquals("f", named(0x10), "root's counts for everybody");
    Files.setAttribute(map, "unix:uid", 1002);
    assertEquals("[unknown] 0x10", named(0x10));
    Files.setAttribute(map, "unix:uid", 1001);
    assertEquals("f", named(0x10));
  }

  @Test
  void linksStayInTheProcessesRoot() throws Exception {
    Path outside = Files.writeString(folder.resolve("outside.map"), "10 10 outside\n");
    Path tmp = process("NSpid:\t77\nUid:\t%d\t0\t0\t0\n".formatted(uid()));
    Files.createSymbolicLink(tmp.resolve("perf-77.map"), outside);
    assertEquals("[unknown] 0x10", named(0x10));

    Path inside = folder.resolve("77/root" + outside);
    Files.createDirectories(inside.getParent());
    Files.writeString(inside, "10 10 inside\n");
    assertEquals("inside", named(0x10));
  }

  private int uid() throws IOException {
    return (Integer) Files.getAttribute(folder, "unix:uid");
  }

  @Test
  void aProgramThatWasDeletedOrReplacedKeepsItsNames() throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder)) {
      Path program = folder.resolve("sleeper");
      assertNamed(sleeper.pid());
      Files.delete(program);
      assertNamed(sleeper.pid());
      Files.writeString(program, "another file");
      assertNamed(sleeper.pid());
    }
  }

  private static void assertNamed(int pid) throws IOException {
    Mapping code =
        Files.readAllLines(Path.of("/proc/" + pid + "/maps")).stream()
            .filter(line -> line.contains(" r-xp ") && line.contains("/sleeper"))
            .flatMap(line -> Stream.ofNullable(Mapping.parse(line)))
            .findFirst()
            .orElseThrow();
    List<String> names =
        new Symbols(Path.of("/proc"))
            .ofProcess(pid, LongStream.range(code.start(), code.end()).toArray());
    assertTrue(names.contains("slumber"), names.toString());
    assertTrue(names.stream().noneMatch(name -> name.contains("(deleted)")), names.toString());
  }

  @Test
  void aMappingIsALineOfMapsWithAFile() {
    assertEquals(
        new Mapping(0x7f1000, 0x7f3000, 0x2000, 1234, "/usr/lib/my lib.so"),
        Mapping.parse("7f1000-7f3000 r-xp 00002000 fe:00 1234       /usr/lib/my lib.so (deleted)"));
    assertEquals(
        new Mapping(0x7f1000, 0x7f3000, 0x2000, 1234, "/usr/lib/my lib.so"),
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
    Path tmp = process("NSpid:\t77\nUid:\t%d\t0\t0\t0\n".formatted(uid()));
    TestPrograms.run("mkfifo", tmp.resolve("perf-77.map").toString());

    assertEquals(List.of("[unknown] 0x10"), new Symbols(folder).ofProcess(77, new long[] {0x10}));
  }

  @Test
  void stacksBeginWhereTheTracepointWasPassed() {
    assertEquals(
        List.of("__schedule", "schedule", "bpf_map_wait"),
        Symbols.withoutTracing(
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
        Symbols.withoutTracing(List.of("[unknown] 0x1", "[unknown] 0x2")));
  }

  @Test
  void aNameIsShownAsItWasDeclared() {
    Requires.machine(LibStdCxx.isAvailable(), "libstdc++.so.6");
    DeclaredName declared = new DeclaredName();
    assertEquals("Thread::call_run()", declared.of("_ZN6Thread8call_runEv"));
    assertEquals("core::fmt::write", declared.of("_ZN4core3fmt5write17h0123456789abcdefE"));
    assertEquals("_Znonsense", declared.of("_Znonsense"));
    assertEquals("main", declared.of("main"));
  }

  /** Each part repeats what stands before it twice: as declared it has 2⁶⁰ letters. */
  @Test
  void aNameThatWouldFillTheMemoryStaysAsItIs() {
    StringBuilder bomb = new StringBuilder("_Z1fI1XE1AIS_S_E");
    for (int i = 0; i < 60; i++) {
      String id = Integer.toString(i, 36).toUpperCase(Locale.ROOT);
      bomb.append("1AIS").append(id).append("_S").append(id).append("_E");
    }
    assertEquals(bomb.toString(), new DeclaredName().of(bomb.toString()));
  }
}
