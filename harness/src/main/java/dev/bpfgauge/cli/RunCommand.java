package dev.bpfgauge.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: measures a plan and writes its report. */
@Command(
    name = "run",
    description = "Measure BPF operations under load and write a report.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  run                                      the default plan: idle and cpu80",
      "  run -p cpu80 --quick                     the same, indicative, in two minutes",
      "  run -p idle,idle                         A/A: how much this machine scatters by itself",
      "  run -p cpu80+cstates-off                 two profiles at once",
      "  run -p ./mine.yaml --map hash --op lookup --entries 1024,1000000",
      "  run --suite maps-seed -p cpu80           the loop of the seed documents",
      "  run --resume latest                      go on where the newest run stopped"
    })
final class RunCommand extends RunOptions implements Callable<Integer> {
  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on with an interrupted run: its id, a prefix, a folder, or latest.")
  @Nullable String resume;

  @Override
  public Integer call() {
    checkNumbers();
    cells.check(spec, CellOptions.Cpus.ofThisProcess());
    return new Runs(results.folder, spec.commandLine().getOut(), wait)
        .run(this, spec.root().commandLine().getParseResult().originalArgs());
  }
}
