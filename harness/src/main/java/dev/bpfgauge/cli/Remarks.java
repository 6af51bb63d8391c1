package dev.bpfgauge.cli;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.RunState;
import dev.bpfgauge.model.RunData;
import java.io.PrintWriter;

/** What the reader of a run must know of its files: said beside the figures, not among them. */
final class Remarks {
  private Remarks() {}

  /** Reads a run and says what was left out of it, and that it did not come to its end. */
  static RunData read(RunFolder folder, PrintWriter err) {
    RunData run = folder.read();
    print(folder, run, err);
    return run;
  }

  static void print(RunFolder folder, RunData run, PrintWriter out) {
    String unfinished = RunState.remark(folder);
    if (!unfinished.isEmpty()) {
      out.println(unfinished);
    }
    run.warnings().forEach(out::println);
  }
}
