package dev.bpfgauge.cli;

/** Exit codes of every command. */
final class ExitCode {
  static final int DONE = 0;

  /** A gate failed: a regression. */
  static final int GATE = 1;

  /** The command line or a file given by the user is wrong. */
  static final int USAGE = 2;

  /** This machine cannot do it. */
  static final int ENVIRONMENT = 3;

  /**
   * Results were written, but not all that was asked for: a run's cell without a figure, by {@link
   * dev.bpfgauge.model.Completeness}.
   */
  static final int PARTIAL = 4;

  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
