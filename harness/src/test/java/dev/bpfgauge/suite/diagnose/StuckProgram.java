package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.os.SearchPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A program with threads that spin, and processes in state D: each waits for what it made by
 * vfork(2), which waits until the program ends.
 */
final class StuckProgram implements AutoCloseable {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/syscall.h>
      #include <sys/wait.h>
      #include <unistd.h>

      static volatile unsigned long turns;
      static long spinner[64];

      __attribute__((noinline)) void spin(void) {
        for (;;) turns++;
      }

      static void *run(void *place) {
        *(long *)place = syscall(SYS_gettid);
        spin();
        return 0;
      }

      int main(int argc, char **argv) {
        int spinning = atoi(argv[1]), blocked = atoi(argv[2]), until[2];
        pthread_t thread;
        char byte;
        if (pipe(until)) return 1;
        for (int i = 0; i < blocked; i++) {
          int child = fork();
          if (!child) {
            close(until[1]);
            close(0);
            if (!vfork()) {
              (void)!read(until[0], &byte, 1);
              _exit(0);
            }
            _exit(0);
          }
          printf("%d ", child);
        }
        printf("\\n");
        for (int i = 0; i < spinning; i++) {
          pthread_create(&thread, 0, run, &spinner[i]);
          while (!*(volatile long *)&spinner[i]) usleep(100);
          printf("%ld ", spinner[i]);
        }
        printf("\\n");
        fflush(stdout);
        (void)!read(0, &byte, 1);
        close(until[1]);
        while (wait(0) > 0) ;
        return 0;
      }
      """;

  private final Process process;
  private final List<Integer> blocked;
  private final List<Integer> spinning;

  private StuckProgram(Process process, List<Integer> blocked, List<Integer> spinning) {
    this.process = process;
    this.blocked = blocked;
    this.spinning = spinning;
  }

  /** Compiles it into the folder and starts it; the blocked ones are in state D by then. */
  static StuckProgram start(Path folder, int spinning, int blocked)
      throws IOException, InterruptedException {
    Requires.that(SearchPath.find("cc").isPresent(), "cc");
    Path source = Files.writeString(folder.resolve("stuck.c"), SOURCE);
    String program = folder.resolve("stuck").toString();
    CallingProgram.run(
        "cc", "-O1", "-fno-omit-frame-pointer", "-pthread", "-o", program, source.toString());
    Process process =
        new ProcessBuilder(program, Integer.toString(spinning), Integer.toString(blocked)).start();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    StuckProgram stuck =
        new StuckProgram(process, numbers(said.readLine()), numbers(said.readLine()));
    for (int pid : stuck.blocked) {
      Path thread = Path.of("/proc/" + pid);
      Patience.until(pid + " to be in state D", () -> ThreadStates.of(thread).equals("D"));
    }
    return stuck;
  }

  private static List<Integer> numbers(String line) {
    return Arrays.stream(line.strip().split(" ", -1))
        .filter(number -> !number.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }

  /** Processes in state D. */
  List<Integer> blocked() {
    return blocked;
  }

  /** Threads that spin. */
  List<Integer> spinning() {
    return spinning;
  }

  /** Stops those that spin: they are there, and take nobody's time. */
  void pause() {
    LibC.kill(Math.toIntExact(process.pid()), LibC.SIGSTOP);
  }

  @Override
  public void close() {
    LibC.kill(Math.toIntExact(process.pid()), LibC.SIGCONT);
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
    } catch (IOException e) {
      // It has ended.
    }
    process.onExit().join();
  }
}
