package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.Requires;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code caller once}: 1000 getppid, 300 dup of no file, 200 openat of no file, 5 nanosleep of 10
 * ms, getrandom of 16 MiB; prints the nanoseconds of its own clock that sleeping took, and those of
 * its CPU time that getrandom took. {@code caller wait} says so and sleeps until it is ended.
 */
final class CallingProgram {
  private static final String SOURCE =
      """
      #include <fcntl.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/syscall.h>
      #include <time.h>
      #include <unistd.h>

      static char bytes[16 << 20];

      static long long now(clockid_t clock) {
        struct timespec t;
        clock_gettime(clock, &t);
        return t.tv_sec * 1000000000ll + t.tv_nsec;
      }

      int main(int argc, char **argv) {
        struct timespec doze = {0, 10000000};
        long long slept, filled;
        if (argc > 1 && !strcmp(argv[1], "wait")) {
          puts("waits");
          fflush(stdout);
          doze.tv_sec = 1000;
          syscall(SYS_nanosleep, &doze, 0);
          return 0;
        }
        memset(bytes, 1, sizeof(bytes));
        for (int i = 0; i < 1000; i++) syscall(SYS_getppid);
        for (int i = 0; i < 300; i++) syscall(SYS_dup, -1);
        for (int i = 0; i < 200; i++) syscall(SYS_openat, AT_FDCWD, "/nonexistent/file", O_RDONLY);
        slept = now(CLOCK_MONOTONIC);
        for (int i = 0; i < 5; i++) syscall(SYS_nanosleep, &doze, 0);
        slept = now(CLOCK_MONOTONIC) - slept;
        filled = now(CLOCK_THREAD_CPUTIME_ID);
        syscall(SYS_getrandom, bytes, sizeof(bytes), 0);
        filled = now(CLOCK_THREAD_CPUTIME_ID) - filled;
        printf("%lld %lld\\n", slept, filled);
        return 0;
      }
      """;

  private CallingProgram() {}

  /** Compiles it into the folder; returns its path. */
  static String in(Path folder) throws IOException, InterruptedException {
    Requires.that(SearchPath.find("cc").isPresent(), "cc");
    Path source = Files.writeString(folder.resolve("caller.c"), SOURCE);
    String program = folder.resolve("caller").toString();
    run("cc", "-O1", "-o", program, source.toString());
    return program;
  }

  /** Runs a command to its end and returns what it printed; it must succeed. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
    return said;
  }
}
