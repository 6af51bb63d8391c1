package dev.bpfgauge.suite.mllb;

import java.nio.file.Path;

/** Files of made-up decisions, for tests of other packages. */
public final class MadeFiles {
  private MadeFiles() {}

  /** Of the scenario in the file's name, with noise. */
  public static void decisions(Path file, int count, long seed) {
    MadeDecisions.write(file, MadeDecisions.of(count, seed, 0.05, DecisionCsv.tag(file)));
  }
}
