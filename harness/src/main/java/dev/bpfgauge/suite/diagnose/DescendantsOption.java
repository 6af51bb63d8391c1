package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Processes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --pid}, where a module can be limited to a process and what comes of it. */
final class DescendantsOption {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "Only this process and its descendants, 16 generations.")
  private @Nullable Integer pid;

  /** 0 for all processes. */
  int orAll() {
    return Processes.orAll("process", "ps -e", pid);
  }
}
