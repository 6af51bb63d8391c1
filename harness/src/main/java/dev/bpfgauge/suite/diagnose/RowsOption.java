package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.model.Refusal;
import picocli.CommandLine.Option;

/** {@code --maxrows}, where a module prints the first of many rows. */
final class RowsOption {
  static final int USUAL = 20;

  @Option(
      names = {"-r", "--maxrows"},
      paramLabel = "N",
      description = "Rows of sums, or stacks, shown. Default: ${DEFAULT-VALUE}.",
      defaultValue = "" + USUAL)
  private int most = USUAL;

  int most() {
    return most;
  }

  /**
   * Checks a number of rows.
   *
   * @throws Refusal where there would be none
   */
  static void require(int most) {
    if (most < 1) {
      throw Refusal.option("--maxrows wants a whole number from 1, not " + most + ".");
    }
  }
}
