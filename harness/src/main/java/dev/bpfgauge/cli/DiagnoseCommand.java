package dev.bpfgauge.cli;

import dev.bpfgauge.suite.tools.ToolSpec;
import dev.bpfgauge.suite.tools.ToolSpec.Family;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code diagnose}: modules that find what makes a loaded host slow, each a subcommand. */
@Command(
    name = "diagnose",
    description = {
      "Find what makes a loaded host slow.",
      "Each module is attached until its last interval or Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "MODULE",
    modelTransformer = DiagnoseCommand.Modules.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  diagnose irq-stats 1 5     interrupts of each second, five times",
      "  diagnose irq-stats -C 10   the same each ten seconds, by CPU",
      "  diagnose perf -o cpu.svg 10 1   where CPU time went, a flame graph",
      "  diagnose kprobe -e vfs_read -t   how long vfs_read takes, until Ctrl-C",
      "  diagnose exec-monitor -x   programs that could not be started, and who tried",
      "  diagnose exit-monitor -x   processes that failed, as they end",
      "  diagnose reboot            who asks for a restart, to be read after it",
      "  diagnose alloc-top 5       who takes pages from the kernel, and frees them",
      "  diagnose high-order 10     who asks for pages in a row, and how long",
      "  diagnose mutex-monitor 5   who waits for which of the kernel's locks",
      "  diagnose sys-cost -P 5     which calls of which process take the time",
      "  diagnose load-monitor -r 20 -b 5 1   who, where 20 run or 5 are blocked",
      "  diagnose run-trace -m 50 1   threads' time, and what took 50 ms or more"
    })
final class DiagnoseCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Adds a subcommand for each module. */
  static final class Modules implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec diagnose) {
      ToolSpec.of(Family.DIAGNOSE)
          .forEach(module -> diagnose.addSubcommand(module.name(), ToolCommand.of(module)));
      return diagnose;
    }
  }
}
