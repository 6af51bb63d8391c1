package dev.bpfgauge.cli;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Trend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trend}: what the history of runs says of the newest night. */
@Command(
    name = "trend",
    description = "Say whether the newest run is slower than earlier nights.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = NightCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  trend",
      "      the newest run in ./results; exit code 1: regressed",
      "  trend night                    measure, repeat what looks changed, and judge",
      "  trend confirm                  the same after a run, or a run of the lab",
      "  trend --markdown > comment.md  for a comment on a change",
      "  trend import ../other/results  more runs, in any order, any number of times",
      "  trend anchor latest --reason 'release 1.0'",
      "  trend --store jdbc:postgresql://db.example/bpfgauge",
      "      a store that several machines fill"
    })
final class TrendCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Mixin HistoryOptions history;

  @ArgGroup Form form = new Form();

  /** How it is shown. */
  static final class Form {
    @Option(names = "--json", description = "Print the trend as JSON.")
    boolean json;

    @Option(names = "--markdown", description = "Print it as Markdown.")
    boolean markdown;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter notes =
        form.json || form.markdown ? spec.commandLine().getErr() : FoldedLines.on(out);
    Trend trend = history.trend(notes);
    show(trend, out);
    return history.code(trend);
  }

  private void show(Trend trend, PrintWriter out) {
    if (form.json) {
      out.println(Json.indented(trend));
    } else if (form.markdown) {
      out.print(TrendText.markdown(trend));
    } else {
      out.print(TrendText.terminal(trend, Terminal.widthOfTable()));
    }
    out.flush();
  }

  /** The gate once what looks changed was measured again. */
  static int confirmed(
      HistoryOptions history, WaitOption wait, List<String> arguments, PrintWriter out) {
    PrintWriter notes = FoldedLines.on(out);
    Trend trend = history.trend(notes);
    Repetition repetition = new Repetition(history.results.folder, out, wait);
    for (int i = 0; i < NightComparison.REPETITIONS && repetition.of(trend, arguments); i++) {
      trend = history.trend(notes);
    }
    if (Cancellation.isEnding()) {
      return ExitCode.INTERRUPTED;
    }
    out.print(TrendText.terminal(trend, Terminal.widthOfTable()));
    out.flush();
    return history.code(trend);
  }

  @Command(
      name = "confirm",
      description = {
        "Measure the cells again that look changed, and judge.",
        "Those cells are measured twice more, by the run's own plan. Exit code 1: regressed."
      },
      mixinStandardHelpOptions = true)
  int confirm(@Mixin HistoryOptions options, @Mixin WaitOption wait) {
    return confirmed(
        options,
        wait,
        spec.root().commandLine().getParseResult().originalArgs(),
        spec.commandLine().getOut());
  }

  @Command(
      name = "import",
      description = {
        "Read folders of runs into the store.",
        "Runs already in the store stay as they are. A folder's canary/ and repeats/ are read as"
            + " such."
      },
      mixinStandardHelpOptions = true)
  int importFolders(
      @Mixin HistoryOptions options,
      @Parameters(paramLabel = "FOLDER", arity = "1..*") List<Path> folders) {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    RunImport.Outcome outcome = options.add(folders, out);
    out.println(
        "%d runs added, %d were there, %d left out."
            .formatted(outcome.added(), outcome.already(), outcome.leftOut().size()));
    out.flush();
    return outcome.leftOut().isEmpty() ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  @Command(
      name = "rebuild",
      description = "Make the embedded store again from the run folders.",
      mixinStandardHelpOptions = true)
  int rebuild(@Mixin HistoryOptions options) {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    RunImport.Outcome outcome = options.rebuild(out);
    out.println("The store has " + outcome.added() + " runs.");
    out.flush();
    return ExitCode.DONE;
  }

  @Command(
      name = "anchor",
      description = {
        "Also compare later nights with the nights up to this run.",
        "Earlier anchors are kept with their reasons."
      },
      mixinStandardHelpOptions = true)
  int anchor(
      @Mixin HistoryOptions options,
      @Parameters(paramLabel = "RUN", description = "A run's id, a prefix of it, or latest.")
          String run,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why this run.")
          @Nullable String reason) {
    if (reason == null || reason.isBlank()) {
      throw Refusal.usage(
          "moving the anchor needs a reason that later readers understand: --reason 'TEXT'.");
    }
    RunInfo info = RunFolder.resolve(options.results.folder, run).readInfo();
    Anchors.add(options.results.folder, info, reason.strip(), Instant.now());
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    out.println("The anchor is " + info.id() + ": " + reason.strip());
    out.flush();
    return ExitCode.DONE;
  }
}
