package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.ExitMonitor.End;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that end in known ways, held against the rows. */
class ExitMonitorTest {
  /** Children use CPU time in several threads; their parent says what wait4(2) says of each. */
  private static final String BURNERS =
      """
      #define _GNU_SOURCE
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/resource.h>
      #include <sys/wait.h>
      #include <time.h>
      #include <unistd.h>

      static void *burn(void *millis) {
        struct timespec t;
        do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < (long)millis);
        return 0;
      }

      int main(void) {
        for (long millis = 0; millis < 24; millis += 3) {
          pid_t pid = fork();
          if (!pid) {
            pthread_t other[3];
            for (int i = 0; millis >= 12 && i < 3; i++) pthread_create(&other[i], 0, burn, (void *)millis);
            burn((void *)millis);
            for (int i = 0; millis >= 12 && i < 3; i++) pthread_join(other[i], 0);
            exit(7);
          }
          struct rusage use;
          if (wait4(pid, 0, 0, &use) != pid) return 1;
          printf("%d %lld %ld\\n", pid, (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000ll
                 + use.ru_utime.tv_usec + use.ru_stime.tv_usec, millis);
        }
        return 0;
      }
      """;

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(ExitMonitor.ROW, "tools/exit-monitor");
    CompiledStructs.requireSame(Identity.WHO, "tools/exit-monitor");
  }

  @Test
  void aThousandProcessesEndAsTheyAreShown() {
    KnownEnds ends = new KnownEnds(4);
    assertTrue(ends.count() > 1000);
    try (ExitMonitor module = attach(options(false, false))) {
      ends.proveSeenBy(module::ways);
      assertEquals(ends.count(), module.tally().seen());
      assertEquals(0, module.tally().lost());
    }
  }

  /** Those of other kernels too, as far as this one takes them. */
  @Test
  void everyWayShowsTheSame() {
    requirePrograms();
    int taken = 0;
    for (HookSet way : ExitMonitor.WAYS) {
      try (ExitMonitor module = ExitMonitor.attach(options(false, false), List.of(way))) {
        new KnownEnds(1).proveSeenBy(module::ways);
        taken++;
      } catch (Refusal e) {
        // Of another kernel.
      }
    }
    assertTrue(taken > 0);
  }

  @Test
  void cpuTimeIsWhatTheKernelTellsTheParent() throws Exception {
    String program = compiled();
    try (ExitMonitor module = attach(options(true, false))) {
      Map<Integer, long[]> truth = new HashMap<>();
      for (String line : run(program).lines().toList()) {
        String[] fields = line.split(" ", -1);
        truth.put(
            Integer.valueOf(fields[0]),
            new long[] {Long.parseLong(fields[1]), Long.parseLong(fields[2])});
      }
      List<End> ends = module.events();
      assertEquals(truth.keySet().size(), ends.size(), ends.toString());
      for (End end : ends) {
        long[] told = Objects.requireNonNull(truth.get(end.who().pid()), end.toString());
        assertEquals((double) told[0], end.cpuNanos() / 1000.0, 2, end + " " + told[1]);
        assertTrue(end.livedNanos() >= told[1] * 1_000_000, end.toString());
        assertEquals("code 7", end.how().toString());
      }
    }
  }

  @Test
  void threadsHaveARowEachWhereThatIsAskedFor() throws Exception {
    String program = compiled();
    try (ExitMonitor module = attach(options(true, true))) {
      run(program);
      // Four of the eight have three further threads, which end with 0.
      assertEquals(8, module.events().size());
    }
    try (ExitMonitor module = attach(options(false, true))) {
      run(program);
      List<End> ends =
          module.events().stream().filter(end -> end.comm().equals("burners")).toList();
      assertEquals(1 + 8 + 4 * 3, ends.size(), ends.toString());
      assertEquals(4 * 3, ends.stream().filter(end -> end.tid() != end.who().pid()).count());
    }
  }

  @Test
  void aStatusIsReadAsWaitHasIt() {
    assertEquals("code 255", new WaitStatus(255 << 8).toString());
    assertEquals("SIGKILL", new WaitStatus(9).toString());
    assertEquals("SIGSEGV, core", new WaitStatus(11 | 0x80).toString());
    assertEquals("SIGRTMIN+3", new WaitStatus(37).toString());
    assertEquals("signal 32", new WaitStatus(32).toString());
  }

  private static void requirePrograms() {
    Requires.bpf();
    Requires.root();
  }

  private static ExitMonitor attach(ExitMonitor.Options options) {
    requirePrograms();
    return ExitMonitor.attach(options);
  }

  private static ExitMonitor.Options options(boolean onlyFailed, boolean threads) {
    int self = Math.toIntExact(ProcessHandle.current().pid());
    return new ExitMonitor.Options(onlyFailed, threads, -1, self, 0);
  }

  private String compiled() throws IOException, InterruptedException {
    Requires.that(Files.isExecutable(Path.of("/usr/bin/cc")), "cc");
    Path source = Files.writeString(folder.resolve("burners.c"), BURNERS);
    String program = folder.resolve("burners").toString();
    run("cc", "-O1", "-pthread", "-o", program, source.toString());
    return program;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
