package dev.bpfgauge.cli;

import dev.bpfgauge.suite.tools.ToolSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tools}: tracing tools in the manner of BCC, each a subcommand ({@link ToolSpec}). */
@Command(
    name = "tools",
    description = {
      "Trace with tools like those of BCC.",
      "Each is attached until its last interval or Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    modelTransformer = ToolsCommand.Subcommands.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tools cpudist          how long tasks run at a time, until Ctrl-C",
      "  tools cpudist -O 1 10  off the CPU, ten histograms of one second",
      "  tools biolatency -D 5  block devices' latency each five seconds, by disk",
      "  tools biosnoop --json  a line of JSON for each batch of block requests",
      "  tools tcpsubnet --subnets 10.0.0.0/8,::/0 -f k 1"
    })
final class ToolsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Adds a subcommand for each tool, and last what they cost. */
  static final class Subcommands implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec tools) {
      ToolSpec.all().forEach(tool -> tools.addSubcommand(tool.name(), ToolCommand.of(tool)));
      return tools.addSubcommand(null, CommandSpec.forAnnotatedObject(new OverheadCommand()));
    }
  }
}
