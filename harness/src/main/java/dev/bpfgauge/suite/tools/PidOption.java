package dev.bpfgauge.suite.tools;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --pid}, where a tool can be limited to one. */
public final class PidOption {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "Only this process.")
  private @Nullable Integer pid;

  /** 0 for all processes. */
  public int orAll() {
    return Processes.orAll("process", "ps -e", pid);
  }
}
