package dev.bpfgauge.files;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.util.List;

/** The whole run but its samples as one JSON document: what {@code --json} prints. */
public final class ResultsJson {
  private ResultsJson() {}

  private record Document(RunInfo run, List<ForkRecord> forks, List<String> warnings) {}

  public static String render(RunData run) {
    return Json.indented(new Document(run.info(), run.forks(), run.warnings()));
  }
}
