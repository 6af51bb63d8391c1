package dev.bpfgauge.cli;

import dev.bpfgauge.export.Format;
import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: runs in the formats of other programs. */
@Command(
    name = "export",
    description = {
      "Write runs in a format that another program reads.",
      "docs/ci.md has an example of each."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  export latest --format openmetrics -o /var/lib/node_exporter/bpfgauge.prom",
      "  export latest --format github-action-benchmark -o benchmark.json",
      "  export results/2026* --format otava -o bpfgauge.csv",
      "      several runs, one row each"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "A run's id, a prefix of it, a folder, or latest. csv-wide, otava and otava-config take"
              + " several.")
  List<String> runs = List.of();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "jmh, csv, csv-wide, otava, otava-config, github-action-benchmark, bencher, openmetrics.")
  String format = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = {
        "Written whole or not at all; a device or a pipe is written through. Default: standard",
        "output."
      })
  @Nullable Path output;

  @Option(
      names = "--across-fingerprints",
      description = "Put runs with different fingerprints into one series.")
  boolean acrossFingerprints;

  @Mixin ResultsOption results;

  @Override
  public Integer call() {
    Format wanted = Format.ofWord(format);
    List<RunData> read =
        runs.stream()
            .map(run -> RunFolder.resolve(results.folder, run))
            .map(run -> Remarks.read(run, spec.commandLine().getErr()))
            .toList();
    if (wanted.needsComparableRuns() && !acrossFingerprints) {
      read.forEach(run -> requireSame(read.getFirst().info(), run.info()));
    }
    String text = wanted.render(read);
    PrintWriter out = spec.commandLine().getOut();
    Path file = output;
    if (file == null || DurableFile.isStandardOutput(file)) {
      out.print(text);
    } else {
      DurableFile.writeTo(file, text);
      out.println("Wrote " + file);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private void requireSame(RunInfo first, RunInfo other) {
    List<FingerprintDifference> differences = FingerprintDifference.between(other, first);
    if (!differences.isEmpty()) {
      throw Refusal.environment(
          "%s and %s are not comparable, %s would take the difference for a change: %s. --across-fingerprints exports them anyway."
              .formatted(
                  first.id(),
                  other.id(),
                  format,
                  differences.stream()
                      .map(FingerprintDifference::words)
                      .collect(Collectors.joining("; "))));
    }
  }
}
