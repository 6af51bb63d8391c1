package dev.bpfgauge.suite.tools;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --cgroup}, where a tool can be limited to one. */
final class CgroupOption {
  @Option(
      names = {"-c", "--cgroup"},
      paramLabel = "DIR",
      description = "Only tasks of this control group.")
  @Nullable Path folder;
}
