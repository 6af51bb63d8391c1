package dev.bpfgauge.tool;

import dev.bpfgauge.results.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processes that a tool is limited to. */
final class Processes {
  private Processes() {}

  /**
   * Checks what the user gave.
   *
   * @param pid 0 for all processes
   * @throws Refusal where there is no such process
   */
  static int require(int pid) {
    if (pid != 0 && !Files.isDirectory(Path.of("/proc/" + pid))) {
      throw Refusal.usage("there is no process " + pid + "; `ps -e` lists them.");
    }
    return pid;
  }
}
