package dev.bpfgauge.tool;

import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Processes that a tool is limited to. */
final class Processes {
  private static final int NONE = -1;
  private static final String TGID = "Tgid:";

  private Processes() {}

  /**
   * Checks what the user gave.
   *
   * @param pid 0 for all processes
   * @throws Refusal where there is no such process
   */
  static void require(int pid) {
    int process = pid == 0 ? 0 : processOf(pid);
    if (process == NONE) {
      throw Refusal.usage("there is no process " + pid + "; `ps -e` lists them.");
    }
    if (process != pid) {
      throw Refusal.usage(
          "%d is a thread of process %d: give that process.".formatted(pid, process));
    }
  }

  /**
   * Checks what the user gave.
   *
   * @param tid 0 for all threads
   * @throws Refusal where there is no such thread
   */
  static void requireThread(int tid) {
    if (tid != 0 && processOf(tid) == NONE) {
      throw Refusal.usage("there is no thread " + tid + "; `ps -eL` lists them.");
    }
  }

  /** The process that a thread is of; {@link #NONE} where there is no such thread. */
  private static int processOf(int tid) {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + tid + "/status"))) {
      return status
          .filter(line -> line.startsWith(TGID))
          .findFirst()
          .map(line -> Integer.parseInt(line.substring(TGID.length()).strip()))
          .orElse(NONE);
    } catch (IOException | UncheckedIOException e) {
      return NONE;
    }
  }
}
