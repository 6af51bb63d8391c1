package dev.bpfgauge.cli;

import dev.bpfgauge.lab.GuestArch;
import dev.bpfgauge.lab.KernelImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kernels}: the lab. */
@Command(
    name = "kernels",
    description = {
      "Measure the same operations on other Linux kernels.",
      "This is the lab: it boots them in QEMU guests."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {KernelsFetch.class, KernelsList.class, KernelsRun.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  kernels fetch debian:6.1,6.12,7.2",
      "      Debian's kernels, into the user's cache",
      "  kernels list                                what is there",
      "  kernels run --kernels 6.12,7.2",
      "      instructions for each operation, compared",
      "  kernels run --kernels 6.12,6.12 --delay 50",
      "      a night of the lab: an equal and a delayed arm",
      "  kernels run --kernels 6.12,7.2 --mode functional --suite kernel-maps",
      "  kernels run --kernel ./vmlinuz --suite maps --map hash --op lookup",
      "  kernels fetch --arch arm64 debian:6.12",
      "      and what else its guests need",
      "  kernels run --arch arm64 --kernels 6.12     emulated, whatever this machine is",
      "  kernels run --resume latest",
      "      continue the newest run of the lab"
    })
final class KernelsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The option {@code --arch} of all of them. */
  static final class Architecture {
    @Option(
        names = "--arch",
        paramLabel = "ARCH",
        description = "The guests' architecture, amd64 or arm64. Default: this machine's.",
        defaultValue = "")
    String name = "";

    GuestArch get() {
      return name.isEmpty() ? GuestArch.ofThisMachine() : GuestArch.ofDebian(name);
    }
  }

  static String line(KernelImage kernel) {
    return "%-8s %s  %s  sha256 %s…"
        .formatted(
            kernel.label(), kernel.release(), kernel.origin(), kernel.sha256().substring(0, 12));
  }
}
