package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.Downloads;
import dev.bpfgauge.report.ReportPage;
import dev.bpfgauge.results.JmhJson;
import dev.bpfgauge.results.Refusal;
import dev.bpfgauge.results.ResultsCsv;
import dev.bpfgauge.results.RunData;
import dev.bpfgauge.results.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    Map<String, String> downloads = new TreeMap<>();
    downloads.put(RESULTS_CSV, ResultsCsv.render(run));
    downloads.put(JMH_JSON, JmhJson.render(run));
    downloads.forEach(folder::write);
    for (String file : List.of(RunFolder.INFO, RunFolder.JOURNAL, RunFolder.SAMPLES)) {
      text(folder.path().resolve(file)).ifPresent(text -> downloads.put(file, text));
    }
    folder.write(REPORT, ReportPage.render(analysis, new Downloads(downloads), Path.of("")));
    return analysis;
  }

  private static Optional<String> text(Path file) {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
