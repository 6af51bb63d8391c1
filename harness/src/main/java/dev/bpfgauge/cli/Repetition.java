package dev.bpfgauge.cli;

import dev.bpfgauge.lab.LabRun;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.RunFolder;
import dev.bpfgauge.run.Plan;
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
  private final Path resultsFolder;
  private final PrintWriter out;

  Repetition(Path resultsFolder, PrintWriter out) {
    this.resultsFolder = resultsFolder;
    this.out = out;
  }

  /**
   * Repeats what the trend has not confirmed yet.
   *
   * @return false where there is nothing to repeat
   */
  boolean of(Trend trend, List<String> commandLine) {
    Set<Cell> wanted = new HashSet<>(trend.unconfirmed());
    if (wanted.isEmpty()) {
      return false;
    }
    out.println(
        "%d of %d cells look changed; they are measured again."
            .formatted(wanted.size(), trend.cells().size()));
    out.flush();
    RunFolder night = RunFolder.open(Path.of(trend.newest().folder()));
    Runs runs = new Runs(resultsFolder.resolve(RunImport.REPEATS), out);
    if (night.readInfo().inLab()) {
      runs.run(LabRun.Request.of(night).only(wanted), commandLine);
    } else {
      Plan plan =
          Plan.of(night)
              .only(
                  arm -> wanted.stream().anyMatch(cell -> cell.profile().equals(arm.label())),
                  wanted::contains);
      runs.show(runs.run(plan, commandLine));
    }
    return true;
  }
}
