package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.suite.diagnose.SysCost.Counted;
import dev.bpfgauge.suite.diagnose.SysCost.Options;
import dev.bpfgauge.suite.diagnose.SysCost.Sort;
import dev.bpfgauge.suite.diagnose.SysCost.Who;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** System calls of a program that knows what it does, held against its own count and strace's. */
class SysCostTest {
  private static final Pattern DEFINED = Pattern.compile("#define __NR_(\\w+) (\\d+)");

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(SysCost.KEY, "tools/sys-cost");
    CompiledStructs.requireSame(SysCost.COUNT, "tools/sys-cost");
    CompiledStructs.requireSame(SysCost.ERROR_KEY, "tools/sys-cost");
  }

  @Test
  void namesAreThoseOfThisMachinesHeaders() throws Exception {
    Requires.that(SearchPath.find("cc").isPresent(), "cc");
    String said = run("cc", "-dM", "-E", "-include", "sys/syscall.h", "-x", "c", "/dev/null");
    SystemCalls names = SystemCalls.current();
    int known = 0;
    Matcher call = DEFINED.matcher(said);
    while (call.find()) {
      assertEquals(call.group(1), names.name(Integer.parseInt(call.group(2)), false));
      known++;
    }
    assertTrue(known > 300, known + " calls");
    assertEquals("#1000", names.name(1000, false));
    assertEquals("ENOENT", ErrnoName.of(2));
    assertEquals("errno 999", ErrnoName.of(999));
    assertEquals("write (32-bit)", SystemCalls.of("amd64").name(4, true));
    assertEquals("write (32-bit)", SystemCalls.of("aarch64").name(4, true));
    assertEquals("getppid", SystemCalls.of("aarch64").name(173, false));
    assertEquals("read (x32)", SystemCalls.of("amd64").name(0x4000_0000, false));
  }

  @Test
  void ownCallsAreCountedOneByOne() {
    Requires.bpf();
    Requires.root();
    try (SysCost module = attach(false)) {
      module.prove();
      assertEquals(0, module.tally().lost());
    }
  }

  /** Both look on the same run: strace stops the program, and its calls are none of the program. */
  @Test
  void countsAndErrorsAreThoseOfStrace() throws Exception {
    Requires.bpf();
    Requires.root();
    Requires.that(SearchPath.find("strace").isPresent(), "strace");
    String caller = CallingProgram.in(folder);
    try (SysCost module = attach(true)) {
      Path summary = folder.resolve("summary");
      run("strace", "-f", "-c", "-o", summary.toString(), caller, "once");
      Map<String, Counted> ours = ofCaller(module.since());
      Map<String, Counted> straces = summary(Files.readAllLines(summary));
      for (String call : List.of("getppid", "dup", "openat", "nanosleep", "getrandom")) {
        Counted theirs = straces.getOrDefault(call, none());
        Counted found = ours.getOrDefault(call, none());
        assertEquals(theirs.count(), found.count(), call + " of " + ours);
        assertEquals(theirs.failed(), found.failed(), call + " of " + ours);
      }
      assertEquals(1000, ours.getOrDefault("getppid", none()).count());
      assertEquals(300, ours.getOrDefault("dup", none()).failed());
      assertEquals(9, ours.getOrDefault("dup", none()).error());
      assertEquals(200, ours.getOrDefault("openat", none()).failed());
      assertEquals(2, ours.getOrDefault("openat", none()).error());
      assertEquals(1, ours.getOrDefault("exit_group", none()).count());
    }
  }

  /** Sleeping takes wall time, filling memory with random bytes takes time on a CPU. */
  @Test
  void wallTimeAndTimeOnACpuAreApart() throws Exception {
    Requires.bpf();
    Requires.root();
    String caller = CallingProgram.in(folder);
    try (SysCost module = attach(true)) {
      String[] said = run(caller, "once").strip().split(" ", -1);
      long slept = Long.parseLong(said[0]);
      long filled = Long.parseLong(said[1]);
      Map<String, Counted> ours = ofCaller(module.since());
      Counted nanosleep = ours.getOrDefault("nanosleep", none());
      assertEquals(5, nanosleep.count());
      assertTrue(nanosleep.wallNanos() >= 50_000_000, nanosleep.toString());
      assertTrue(nanosleep.wallNanos() <= slept, nanosleep + " of " + slept);
      assertTrue(nanosleep.longestNanos() >= 10_000_000, nanosleep.toString());
      assertTrue(nanosleep.longestNanos() <= nanosleep.wallNanos(), nanosleep.toString());
      assertTrue(nanosleep.cpuNanos() < nanosleep.wallNanos() / 2, nanosleep.toString());
      Counted getrandom = ours.getOrDefault("getrandom", none());
      assertTrue(getrandom.cpuNanos() <= filled * 11 / 10, getrandom + " of " + filled);
      assertTrue(getrandom.cpuNanos() >= filled * 9 / 10, getrandom + " of " + filled);
      assertEquals(0, module.tally().lost());
    }
  }

  @Test
  void callsThatGoOnAreShownWhetherTheyBeganBeforeOrNot() throws Exception {
    Requires.bpf();
    Requires.root();
    String caller = CallingProgram.in(folder);
    Process before = new ProcessBuilder(caller, "wait").start();
    try (BufferedReader said = before.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("waits", said.readLine());
      try (SysCost module = attach(true)) {
        assertEquals(1, ofCaller(module.since()).getOrDefault("nanosleep", none()).unended());
        Process after = new ProcessBuilder(caller, "wait").start();
        try (BufferedReader alsoSaid = after.inputReader(StandardCharsets.UTF_8)) {
          assertEquals("waits", alsoSaid.readLine());
          assertEquals(2, unendedSleeps(module));
        } finally {
          after.destroyForcibly().waitFor();
        }
        before.destroyForcibly().waitFor();
        assertEquals(2, ofCaller(module.since()).getOrDefault("nanosleep", none()).count());
      }
    } finally {
      before.destroyForcibly().waitFor();
    }
  }

  /** The program says so before it waits. */
  private static long unendedSleeps(SysCost module) throws InterruptedException {
    long found = 0;
    for (int i = 0; i < 200 && found < 2; i++) {
      Thread.sleep(10);
      found = ofCaller(module.since()).getOrDefault("nanosleep", none()).unended();
    }
    return found;
  }

  @Test
  void wrongOrdersAndNumbersAreRefused() {
    String said = assertThrows(Refusal.class, () -> SysCost.sort("wal")).getMessage();
    assertTrue(String.valueOf(said).contains("did you mean \"wall\"?"), said);
    assertThrows(Refusal.class, () -> new Options(false, 0, Sort.CPU, 0, 0));
  }

  private static SysCost attach(boolean eachProcess) {
    int own = eachProcess ? 0 : (int) ProcessHandle.current().pid();
    return SysCost.attach(new Options(eachProcess, own, Sort.CPU, 1000, 0));
  }

  private static Counted none() {
    return new Counted(0, 0, 0, 0, 0, 0, 0, 0, "");
  }

  private static Map<String, Counted> ofCaller(Map<Who, Counted> found) {
    SystemCalls names = SystemCalls.current();
    Map<String, Counted> calls = new HashMap<>();
    found.forEach((who, counted) -> {
      Counted plus = calls.getOrDefault(names.name(who.number(), who.isCompat()), none());
      if (counted.comm().equals("caller") || counted.comm().isEmpty()) {
        calls.put(names.name(who.number(), who.isCompat()), counted.plus(plus));
      }
    });
    return calls;
  }

  /** Of {@code strace -c}: share, seconds, usecs/call, calls, errors where there are, name. */
  private static Map<String, Counted> summary(List<String> lines) {
    Map<String, Counted> calls = new HashMap<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length >= 5 && fields[0].matches("[\\d.]+")) {
        long errors = fields.length > 5 ? Long.parseLong(fields[4]) : 0;
        calls.put(
            fields[fields.length - 1],
            new Counted(Long.parseLong(fields[3]), errors, 0, 0, 0, 0, 0, 0, ""));
      }
    }
    return calls;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    return CallingProgram.run(command);
  }
}
