package dev.bpfgauge.cli;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.suite.mllb.Export;
import dev.bpfgauge.suite.mllb.Model;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mllb export}. */
@Command(
    name = "export",
    description = {
      "Write a model in integers.",
      "No sum can overflow for any input in its range; a model whose sums could overflow is"
          + " refused."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class MllbExport implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "A model file of mllb train.")
  Path model = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "WORD",
      required = true,
      description = {
        "q16, q11: JSON, weights of 32 bits with 16 or 11 fraction bits. int8: JSON, bytes.",
        "header: C for BPF programs, with 16 fraction bits. json: floating point."
      })
  Export format = Export.HEADER;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write.")
  Path output = Path.of("");

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    DurableFile.requireNoInput(output, List.of(model));
    String text = format.of(Model.read(model));
    if (DurableFile.isStandardOutput(output)) {
      out.print(text);
    } else {
      DurableFile.writeTo(output, text);
      out.println("Written: " + output);
    }
    out.flush();
    return ExitCode.DONE;
  }
}
