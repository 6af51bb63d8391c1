package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where runs are kept. */
final class ResultsOption {
  static final String DEFAULT = RunFolder.RESULTS;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Folder of the runs. Default: ${DEFAULT-VALUE}.",
      defaultValue = DEFAULT)
  Path folder = Path.of(DEFAULT);
}
