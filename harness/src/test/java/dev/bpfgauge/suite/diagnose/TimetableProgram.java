package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.os.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program of one thread with a timetable: at each line on its standard input so many times spins
 * so long, by the CPU time it has, and sleeps so long; then it says by its own clocks what that
 * took.
 */
final class TimetableProgram implements AutoCloseable {
  private static final String SOURCE =
      """
      #include <stdio.h>
      #include <sys/syscall.h>
      #include <time.h>
      #include <unistd.h>

      static long long now(clockid_t clock) {
        struct timespec t;
        clock_gettime(clock, &t);
        return t.tv_sec * 1000000000ll + t.tv_nsec;
      }

      int main(void) {
        int times, spin, sleep;
        while (scanf("%d %d %d", &times, &spin, &sleep) == 3) {
          long long cpu = now(CLOCK_THREAD_CPUTIME_ID), slept = 0;
          for (int i = 0; i < times; i++) {
            struct timespec doze = {0, sleep * 1000000};
            long long from = now(CLOCK_THREAD_CPUTIME_ID);
            while (now(CLOCK_THREAD_CPUTIME_ID) - from < spin * 1000000ll) {
              for (volatile int j = 0; j < 1000; j++) ;
            }
            from = now(CLOCK_MONOTONIC);
            if (sleep) syscall(SYS_nanosleep, &doze, 0);
            slept += now(CLOCK_MONOTONIC) - from;
          }
          printf("%lld %lld\\n", now(CLOCK_THREAD_CPUTIME_ID) - cpu, slept);
          fflush(stdout);
        }
        return 0;
      }
      """;

  private final Process process;
  private final BufferedReader answers;

  /**
   * What it says.
   *
   * @param cpuNanos its CPU time
   * @param sleptNanos how long its sleeps took, the way back to the CPU included
   */
  record Took(long cpuNanos, long sleptNanos) {}

  /** What the kernel accounts to it, ns: on a CPU, and waiting for one; schedstats.rst. */
  record Schedstat(long running, long runnable) {}

  private TimetableProgram(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Compiles it into the folder; returns its path. */
  static String in(Path folder) throws IOException, InterruptedException {
    Requires.that(SearchPath.find("cc").isPresent(), "cc");
    Path source = Files.writeString(folder.resolve("timetable.c"), SOURCE);
    String program = folder.resolve("timetable").toString();
    CallingProgram.run("cc", "-O1", "-o", program, source.toString());
    return program;
  }

  /** Starts it, by a command where it is wrapped; it waits for its first line then. */
  static TimetableProgram start(String... command) throws IOException, InterruptedException {
    TimetableProgram started = new TimetableProgram(new ProcessBuilder(command).start());
    started.begin(1, 0, 0);
    var _ = started.took();
    return started;
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /** Has it begin; milliseconds. */
  void begin(int times, int spin, int sleep) throws IOException {
    Writer orders = process.outputWriter(StandardCharsets.UTF_8);
    orders.write("%d %d %d%n".formatted(times, spin, sleep));
    orders.flush();
  }

  /** Waits for its end; it waits for its next line then. */
  Took took() throws IOException, InterruptedException {
    String[] said = answers.readLine().split(" ", -1);
    Path self = Path.of("/proc/" + pid());
    Patience.until("the program to wait", () -> ThreadStates.of(self).equals("S"));
    return new Took(Long.parseLong(said[0]), Long.parseLong(said[1]));
  }

  Schedstat schedstat() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/" + pid() + "/schedstat")).split(" ", -1);
    return new Schedstat(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    answers.close();
  }
}
