package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.Requires;
import dev.bpfgauge.suite.tools.TestPrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that does what it is told, and knows by its own clock how long each part took. */
final class KnownWork implements AutoCloseable {
  private static final String SOURCE =
      """
      #include <stdio.h>
      #include <sys/syscall.h>
      #include <time.h>
      #include <unistd.h>

      static volatile unsigned long sink;

      static long long cpu(void) {
        struct timespec t;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return t.tv_sec * 1000000000ll + t.tv_nsec;
      }

      /* In the function itself: a leaf that it called might be without a frame. */
      #define SPIN(ns) \\
        long long begin = cpu(); \\
        while (cpu() - begin < ns) \\
          for (unsigned long i = 0; i < 20000; i++) sink += i; \\
        return cpu() - begin;

      __attribute__((noinline)) long long first(long long ns) { SPIN(ns) }

      __attribute__((noinline)) long long second(long long ns) { SPIN(ns) }

      __attribute__((noinline)) long third(long value) {
        sink += value;
        return syscall(SYS_getppid);
      }

      __attribute__((noinline)) int deep(int n) {
        sink += n;
        return n > 1 ? 1 + deep(n - 1) : 1;
      }

      int main(void) {
        char what;
        long long a, b;
        while (scanf(" %c %lld %lld", &what, &a, &b) == 3) {
          if (what == 's') {
            long long one = first(a);
            printf("%lld %lld\\n", one, second(b));
          } else if (what == 'c') {
            for (long long i = 0; i < a; i++) third(i % b);
            printf("%lld %lld\\n", a, b);
          } else {
            for (long long i = 0; i < a; i++) deep(b);
            printf("%lld %lld\\n", a, b);
          }
          fflush(stdout);
        }
        return 0;
      }
      """;

  private final Path file;
  private final Process process;
  private final BufferedReader answers;

  private KnownWork(Path file, Process process) {
    this.file = file;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Compiles it into the folder and starts it. */
  static KnownWork in(Path folder) throws IOException, InterruptedException {
    TestPrograms.require("cc");
    Requires.root();
    Path source = Files.writeString(folder.resolve("known-work.c"), SOURCE);
    Path file = folder.resolve("known-work");
    // No tail calls: a caller is to stay on the stack.
    TestPrograms.run(
        "cc",
        "-O1",
        "-fno-omit-frame-pointer",
        "-fno-optimize-sibling-calls",
        "-o",
        file.toString(),
        source.toString());
    return new KnownWork(file, new ProcessBuilder(file.toString()).start());
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  Path file() {
    return file;
  }

  /** CPU time in {@code first} and {@code second}, in nanoseconds; as long as asked, or longer. */
  long[] spin(long firstNanos, long secondNanos) throws IOException {
    return ask("s", firstNanos, secondNanos);
  }

  /**
   * Calls {@code third} so many times, and it getppid(2) once each.
   *
   * @param values its argument takes the values from 0 to this, without it, in turn
   */
  void call(int times, int values) throws IOException {
    var _ = ask("c", times, values);
  }

  /** Calls {@code deep} so many times, which calls itself until there are so many of it. */
  void nest(int times, int depth) throws IOException {
    var _ = ask("n", times, depth);
  }

  private long[] ask(String what, long a, long b) throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).write("%s %d %d\n".formatted(what, a, b));
    process.outputWriter(StandardCharsets.UTF_8).flush();
    String[] answer = answers.readLine().split(" ", -1);
    return new long[] {Long.parseLong(answer[0]), Long.parseLong(answer[1])};
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    answers.close();
  }
}
