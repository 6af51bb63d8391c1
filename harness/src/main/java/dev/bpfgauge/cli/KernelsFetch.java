package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.KernelFetch;
import dev.bpfgauge.lab.KernelImage;
import dev.bpfgauge.lab.KernelStore;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kernels fetch}. */
@Command(
    name = "fetch",
    description = {
      "Fetch Debian's kernels through apt, into the user's cache.",
      "The host's packages and lists stay as they are."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KernelsFetch implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin KernelsCommand.Architecture architecture;

  @Parameters(
      paramLabel = "KERNEL",
      arity = "1..*",
      split = ",",
      description = "debian:6.12 or 6.12: the newest of that version.")
  List<String> kernels = List.of();

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "Debian's mirror. Default: the one of this machine's apt.",
      defaultValue = "")
  String mirror = "";

  @Option(names = "--again", description = "Fetch also what is in the cache.")
  boolean again;

  @Option(
      names = "--debian-libbpf",
      description = "Debian's libbpf as well, for kernels run --debian-libbpf.")
  boolean libbpf;

  @Option(
      names = "--emulator",
      description =
          "Also a newer QEMU, if this machine's is too old for guests with several processors; it"
              + " is unpacked, not installed.")
  boolean emulator;

  @Override
  public Integer call() {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    GuestArch arch = architecture.get();
    KernelFetch fetch =
        new KernelFetch(
            new KernelStore(arch),
            arch,
            mirror,
            line -> {
              out.println(line);
              out.flush();
            });
    for (KernelImage kernel : fetch.fetch(kernels, again, libbpf, emulator)) {
      out.println(KernelsCommand.line(kernel));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
