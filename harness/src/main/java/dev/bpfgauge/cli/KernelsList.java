package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import dev.bpfgauge.os.Program;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kernels list}. */
@Command(
    name = "list",
    description = "Show the kernels in the cache.",
    mixinStandardHelpOptions = true)
final class KernelsList implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin KernelsCommand.Architecture architecture;

  @Option(names = "--json", description = "As JSON.")
  boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<KernelImage> kernels = new KernelStore(architecture.get()).all();
    if (json) {
      out.print(Json.indented(kernels));
    } else if (kernels.isEmpty()) {
      out.println("There is none yet: " + Program.command("kernels", "fetch", "debian:6.12,7.2"));
    } else {
      PrintWriter folded = FoldedLines.on(out);
      kernels.forEach(kernel -> folded.println(KernelsCommand.line(kernel)));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
