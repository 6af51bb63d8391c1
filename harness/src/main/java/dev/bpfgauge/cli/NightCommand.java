package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.suite.maps.MapsSuite;
import dev.bpfgauge.trend.RunImport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code trend night}: a whole night, from the measurement to the gate. */
@Command(
    name = "night",
    description = {
      "Measure a night and judge it.",
      "In addition to `run`, the first profile is measured a second time (a difference there is a"
          + " false alarm) and with a known delay (a delay not found there is a miss). Cells that"
          + " look changed are measured again."
    },
    mixinStandardHelpOptions = true,
    modelTransformer = CellOptions.OfSuites.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  trend night                           the default plan",
      "  trend night -p idle --quick --canary bpfgauge-0.1.0.jar"
    })
final class NightCommand extends RunOptions implements Callable<Integer> {
  private static final Set<String> OF_THE_NIGHT =
      Set.of(
          "--profile",
          "--delay",
          "--canary",
          "--store",
          "--results",
          "--wait",
          "--inject",
          "--no-references");

  @Option(
      names = "--delay",
      paramLabel = "NANOS",
      description =
          "The known delay of each operation on a map. 0: no delayed arm. Default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "50")
  long delayNanos;

  @Option(
      names = "--canary",
      paramLabel = "JAR",
      description =
          "An older harness.jar that never changes and measures the same cells: a change there is a"
              + " change of the machine.")
  @Nullable Path canary;

  @Option(names = "--store", paramLabel = "URL", description = "The history, see `trend --help`.")
  @Nullable String store;

  @Override
  public Integer call() {
    checkNumbers();
    cells.check(spec, CellOptions.Cpus.ofThisProcess(), suites);
    check(spec, delayNanos >= 0 && delayNanos <= 1_000_000, "--delay", "from 0 to 1000000");
    Path jar = canary;
    if (jar != null && !Files.isRegularFile(jar)) {
      throw Refusal.option("--canary: there is no file " + jar + ".");
    }
    PrintWriter out = spec.commandLine().getOut();
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    List<String> named = Runs.arms(profiles).stream().map(arm -> arm.profile()).toList();
    Runs runs = new Runs(results.folder, out, wait);
    int code = runs.show(runs.run(plan(named), new TreeMap<>(), arguments, forkTimeoutSeconds));
    if (code != ExitCode.DONE && code != ExitCode.PARTIAL) {
      return code;
    }
    if (jar != null && !Cancellation.isEnding()) {
      measureFrozen(jar, named, out);
    }
    if (Cancellation.isEnding()) {
      return ExitCode.INTERRUPTED;
    }
    HistoryOptions history = new HistoryOptions();
    history.results = results;
    history.store = store;
    return TrendCommand.confirmed(history, wait, arguments, out);
  }

  /** The plan of a run with the two companions of the first profile. */
  private Plan plan(List<String> named) {
    profiles = Stream.concat(named.stream(), named.stream().limit(1)).toList();
    injectNanos = delayNanos;
    Plan plan = Runs.plan(this);
    return plan.only(
        _ -> true,
        cell -> !plan.injectNanos().containsKey(cell.profile()) || MapsSuite.takesDelay(cell));
  }

  /** The options as given, less those of the night itself. */
  private List<String> asGiven() {
    List<String> options = new ArrayList<>();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!OF_THE_NIGHT.contains(option.longestName())) {
        options.add(option.longestName());
        options.addAll(option.originalStringValues());
      }
    }
    return options;
  }

  /** What the frozen program measures is its own affair: it may know fewer options. */
  private void measureFrozen(Path jar, List<String> named, PrintWriter out) {
    PrintWriter sentences = FoldedLines.on(out);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", jar.toAbsolutePath().toString(), "run"));
    command.addAll(List.of("-p", String.join(",", named), "--no-references"));
    if (rounds == null) {
      command.addAll(List.of("--rounds", Integer.toString(pace().rounds())));
    }
    command.addAll(asGiven());
    command.addAll(
        List.of(
            "--results", results.folder.resolve(RunImport.CANARIES).toAbsolutePath().toString()));
    sentences.println(
        "The frozen program measures: " + String.join(" ", command.subList(2, command.size())));
    sentences.flush();
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != ExitCode.DONE && code != ExitCode.PARTIAL) {
        sentences.println(
            "The frozen program ended with code " + code + ": this night has no canary.");
      }
    } catch (IOException e) {
      sentences.println("The frozen program cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.environment("interrupted while the frozen program measured.");
    }
  }
}
