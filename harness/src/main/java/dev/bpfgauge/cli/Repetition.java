package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.lab.LabRequest;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.run.Cancellation;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Trend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * More runs of those cells that look changed, by the plan of the night itself: what confirms a
 * change is measured after it was seen, and is in no baseline.
 */
final class Repetition {
  /** What `run` measures: the forks of such a run need nothing but the plan. */
  private static final Set<String> SUITES = suites();

  private final Path resultsFolder;
  private final PrintWriter out;
  private final PrintWriter sentences;
  private final WaitOption wait;

  Repetition(Path resultsFolder, PrintWriter out, WaitOption wait) {
    this.resultsFolder = resultsFolder;
    this.out = out;
    this.sentences = FoldedLines.on(out);
    this.wait = wait;
  }

  /**
   * Repeats what the trend has not confirmed yet.
   *
   * @return false where there is nothing to repeat
   */
  boolean of(Trend trend, List<String> commandLine) {
    Set<Cell> wanted = new HashSet<>(trend.unconfirmed());
    if (wanted.isEmpty() || Cancellation.isEnding()) {
      return false;
    }
    sentences.println(
        "%d of %d cells look changed; they are measured again, with what shares their processes."
            .formatted(wanted.size(), trend.cells().size()));
    sentences.flush();
    RunFolder night = RunFolder.open(Path.of(trend.newest().folder()));
    Runs runs = new Runs(resultsFolder.resolve(RunImport.REPEATS), out, wait);
    if (LabRequest.isIn(night)) {
      runs.run(LabRequest.of(night).only(wanted), commandLine);
      return true;
    }
    RunInfo info = night.readInfo();
    if (info.inLab() || !SUITES.containsAll(info.plan().suites())) {
      sentences.println(
          "Runs of this kind are repeated by their own command: %s --results %s"
              .formatted(
                  String.join(" ", info.commandLine()), resultsFolder.resolve(RunImport.REPEATS)));
      return false;
    }
    runs.show(runs.run(Plan.of(night).withCompany(wanted), commandLine));
    return true;
  }

  private static Set<String> suites() {
    Set<String> suites = new HashSet<>(Suite.namedByRun());
    suites.add(Cell.FLOOR);
    return suites;
  }
}
