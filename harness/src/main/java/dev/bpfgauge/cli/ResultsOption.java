package dev.bpfgauge.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where runs are kept. */
final class ResultsOption {
  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Folder of the runs. Default: ${DEFAULT-VALUE}.",
      defaultValue = "results")
  Path folder = Path.of("results");
}
