package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.Downloads;
import dev.bpfgauge.report.ReportPage;
import dev.bpfgauge.results.JmhJson;
import dev.bpfgauge.results.ResultsCsv;
import dev.bpfgauge.results.RunData;
import dev.bpfgauge.results.RunFolder;
import java.nio.file.Path;

/** The files of a run that follow from the others: made again, they have the same bytes. */
final class Derived {
  static final String RESULTS_CSV = "results.csv";
  static final String JMH_JSON = "jmh.json";
  static final String REPORT = "report.html";

  private Derived() {}

  /** Reads the run, writes its derived files, and returns what it says. */
  static RunAnalysis write(RunFolder folder) {
    RunData run = folder.read();
    RunAnalysis analysis = RunAnalysis.of(run);
    folder.write(RESULTS_CSV, ResultsCsv.render(run));
    folder.write(JMH_JSON, JmhJson.render(run));
    folder.write(REPORT, ReportPage.render(analysis, Downloads.of(folder.path()), Path.of("")));
    return analysis;
  }
}
