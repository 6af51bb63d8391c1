package dev.bpfgauge.suite.tools;

import picocli.CommandLine.Option;

/** {@code --disk}, where a tool can be limited to one. */
final class DiskOption {
  @Option(
      names = {"-d", "--disk"},
      paramLabel = "DISK",
      description = "Only this disk, e.g. sda.",
      defaultValue = "")
  String name = "";
}
