package dev.bpfgauge.cli;

import picocli.CommandLine.Help.Ansi;

/** What the output goes to. */
final class Terminal {
  private static final int WIDTH_OF_A_PIPE = 120;

  private Terminal() {}

  /** Whether a person looks on: progress bars and colours make sense. */
  static boolean isInteractive() {
    return Ansi.AUTO.enabled();
  }

  /** Columns of the output. */
  static int width() {
    String columns = System.getenv("COLUMNS");
    try {
      return columns == null ? WIDTH_OF_A_PIPE : Math.max(40, Integer.parseInt(columns.strip()));
    } catch (NumberFormatException e) {
      return WIDTH_OF_A_PIPE;
    }
  }
}
