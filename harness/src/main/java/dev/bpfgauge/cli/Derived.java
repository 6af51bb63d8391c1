package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.JmhJson;
import dev.bpfgauge.files.ResultsCsv;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.suite.Suite;
import java.io.IOException;
import java.nio.file.Path;

/** The files of a run that follow from the others: made again, they have the same bytes. */
final class Derived {
  static final String RESULTS_CSV = "results.csv";
  static final String JMH_JSON = "jmh.json";
  static final String REPORT = "report.html";

  private Derived() {}

  /**
   * What can be read of a run, whether or not it could be written down.
   *
   * @param unwritten why its files are not there, or are old ones; empty where all is well
   */
  record Read(RunAnalysis analysis, String unwritten) {}

  /** The same as {@link #write} where the folder's disk is full, read-only or another user's. */
  static Read writeIfPossible(RunFolder folder) {
    RunData run = folder.read();
    RunAnalysis analysis = RunAnalysis.of(run);
    try {
      write(folder, run, analysis);
      return new Read(analysis, "");
    } catch (Refusal refusal) {
      return new Read(analysis, unwritten(folder, refusal));
    }
  }

  /** What helps is another place for this run, not another place for new ones. */
  private static String unwritten(RunFolder folder, Refusal refusal) {
    return refusal.getCause() instanceof IOException failed
        ? "cannot write in %s: %s. Copy that folder to where you may write, and report the copy: cp -r %s /tmp && %s"
            .formatted(
                folder.path(),
                DurableFile.reason(failed),
                Program.quoted(folder.path().toString()),
                Program.command("report", "/tmp/" + folder.id()))
        : String.valueOf(refusal.getMessage());
  }

  /**
   * Reads the run, writes its derived files, and returns what it says. In a guest of the lab
   * nothing is written: the machine that booted it does.
   */
  static RunAnalysis write(RunFolder folder) {
    RunData run = folder.read();
    RunAnalysis analysis = RunAnalysis.of(run);
    if (!Boolean.getBoolean(Program.IN_GUEST)) {
      write(folder, run, analysis);
    }
    return analysis;
  }

  private static void write(RunFolder folder, RunData run, RunAnalysis analysis) {
    folder.write(RESULTS_CSV, ResultsCsv.render(run));
    Suite.all().forEach(suite -> suite.files(run).forEach(folder::write));
    folder.write(JMH_JSON, JmhJson.render(run));
    folder.write(REPORT, ReportPage.render(analysis, folder, Path.of("")));
  }
}
