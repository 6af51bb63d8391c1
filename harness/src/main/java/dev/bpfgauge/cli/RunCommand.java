package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code run}: measures a plan and writes its report. */
@Command(
    name = "run",
    description = "Measure BPF operations under load and write a report.",
    mixinStandardHelpOptions = true,
    modelTransformer = CellOptions.OfSuites.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  run                             the default plan: idle and cpu80",
      "  run -p cpu80 --quick            the same with short forks, two minutes",
      "  run --for 30m                   go on for half an hour with what is open",
      "  run --until 1 --op lookup       until intervals are within one percent",
      "  run -p idle,idle                A/A: this machine's own noise",
      "  run -p cpu80+cstates-off        two profiles at once",
      "  run -p ./mine.yaml --map hash --op lookup --entries 1024,1000000",
      "  run --suite maps-seed -p cpu80  the loop of the 2024 map comparison",
      "  run --resume latest             continue the newest run"
    })
final class RunCommand extends RunOptions implements Callable<Integer> {
  private static final Set<String> OF_RESUMING =
      Set.of("--resume", "--results", "--wait", "--fork-timeout");

  @Mixin UntilOptions until;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Continue an interrupted run: its id, a prefix, a folder, or latest.")
  @Nullable String resume;

  @Override
  public Integer call() {
    refuseBesideResume();
    checkNumbers();
    cells.check(spec, CellOptions.Cpus.ofThisProcess(), suites);
    return new Runs(results.folder, spec.commandLine().getOut(), wait)
        .run(this, spec.root().commandLine().getParseResult().originalArgs());
  }

  /** What is measured stands in the run's plan: an option that changed it would be passed over. */
  private void refuseBesideResume() {
    if (resume == null) {
      return;
    }
    spec.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(name -> !OF_RESUMING.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw Refusal.option(
              "--resume continues the run's own plan: leave out %s, or start a new run."
                  .formatted(name));
        });
  }
}
