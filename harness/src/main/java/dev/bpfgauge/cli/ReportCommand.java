package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.site.Site;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.trend.Anchors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: derives a run's report, CSV and JSON from its journal again, or the site. */
@Command(
    name = "report",
    description = {
      "Write a run's report again, or a site of all runs.",
      "Writes report.html, results.csv and jmh.json and prints the table; with --site, the pages of"
          + " all runs and their history."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  report latest                 the newest run in ./results",
      "  report 20261121-07",
      "      any unambiguous prefix of a run's id",
      "  report results/sample --json  summaries and comparisons for a program",
      "  report --site public",
      "      a site of all runs in ./results; open public/index.html"
    })
final class ReportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..1",
      description = "A run's id, a prefix of it, a folder, or latest.")
  @Nullable String run;

  @Mixin HistoryOptions history;

  @Option(
      names = "--site",
      paramLabel = "OUT",
      description = "Write a site of all runs and their history into this folder.")
  @Nullable Path site;

  @Option(names = "--json", description = "Print summaries and comparisons as JSON.")
  boolean json;

  @Override
  public Integer call() {
    if (site != null && run == null && !json) {
      return writeSite(site);
    }
    if (site != null) {
      throw Refusal.option(
          "--site is about all runs: leave out " + (json ? "--json" : "'" + run + "'") + ".");
    }
    if (run == null) {
      throw Refusal.usage(
          "report needs a RUN (an id, a prefix of one, a folder, or latest), or --site OUT.");
    }
    return writeReport(run);
  }

  private int writeReport(String which) {
    RunFolder folder = RunFolder.resolve(history.results.folder, which);
    Derived.Read made = Derived.writeIfPossible(folder);
    RunAnalysis analysis = made.analysis();
    boolean written = made.unwritten().isEmpty();
    PrintWriter err = spec.commandLine().getErr();
    if (!written) {
      err.println("The report and its tables are not rewritten: " + made.unwritten());
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter sentences = FoldedLines.on(out);
    Remarks.print(folder, analysis.run(), json ? err : sentences);
    if (json) {
      out.println(Json.indented(new Statements(analysis)));
    } else {
      out.print(TerminalTable.render(analysis, Terminal.widthOfTable()));
      if (written) {
        sentences.println("Report: " + folder.path().resolve(Derived.REPORT));
      }
    }
    out.flush();
    return written ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  private int writeSite(Path folder) {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    Site.Outcome outcome =
        history.use(
            out,
            (store, read) ->
                Site.write(
                    store,
                    Anchors.read(history.results.folder),
                    read.leftOut(),
                    folder,
                    Path.of("")));
    outcome.notes().forEach(out::println);
    out.println(
        "%d pages, %d of them new or changed, %d removed."
            .formatted(outcome.pages(), outcome.written(), outcome.removed()));
    out.println("Site: " + folder.resolve("index.html"));
    out.flush();
    return ExitCode.DONE;
  }
}
