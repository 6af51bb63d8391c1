package dev.bpfgauge.suite.tools;

import dev.bpfgauge.Requires;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that waits and knows how long: at each line on its standard input it dozes so many
 * times for 20 ms and answers with the nanoseconds it waited by its own clock.
 */
public final class Sleeper implements AutoCloseable {
  private static final String SOURCE =
      """
      #include <stdio.h>
      #include <sys/syscall.h>
      #include <time.h>
      #include <unistd.h>

      static long long now(void) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * 1000000000ll + t.tv_nsec;
      }

      __attribute__((noinline)) long long doze(void) {
        struct timespec t = {0, 20000000};
        long long before = now();
        syscall(SYS_nanosleep, &t, 0);
        return now() - before;
      }

      __attribute__((noinline)) long long slumber(int times) {
        long long waited = 0;
        while (times-- > 0) waited += doze();
        return waited;
      }

      int main(void) {
        int times;
        while (scanf("%d", &times) == 1) {
          printf("%lld\\n", slumber(times));
          fflush(stdout);
        }
        return 0;
      }
      """;

  private final Process process;
  private final BufferedReader answers;

  private Sleeper(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Compiles it into the folder and starts it. */
  public static Sleeper in(Path folder) throws IOException, InterruptedException {
    TestPrograms.require("cc");
    Requires.root();
    Path source = Files.writeString(folder.resolve("sleeper.c"), SOURCE);
    String program = folder.resolve("sleeper").toString();
    TestPrograms.run("cc", "-O1", "-fno-omit-frame-pointer", "-o", program, source.toString());
    Sleeper sleeper = new Sleeper(new ProcessBuilder(program).start());
    sleeper.sleep(1); // It has begun, and waits for its next line.
    return sleeper;
  }

  public int pid() {
    return Math.toIntExact(process.pid());
  }

  /** Has it doze; returns the nanoseconds it waited. */
  long sleep(int times) throws IOException, InterruptedException {
    process.outputWriter(StandardCharsets.UTF_8).write(times + "\n");
    process.outputWriter(StandardCharsets.UTF_8).flush();
    long waited = Long.parseLong(answers.readLine());
    TestPrograms.await(() -> ProcStat.of(pid()).state().equals("S"), "the sleeper to wait");
    return waited;
  }

  void end() throws IOException, InterruptedException {
    process.outputWriter(StandardCharsets.UTF_8).close();
    process.waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    answers.close();
  }
}
