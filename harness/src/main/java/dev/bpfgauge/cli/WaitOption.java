package dev.bpfgauge.cli;

import dev.bpfgauge.run.MachineLock;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** What a command that measures does while another harness measures on this machine. */
final class WaitOption {
  private static final String HINT = "--wait waits until it ends.";

  @Option(
      names = "--wait",
      description = "If another harness measures on this machine, wait until it ends.")
  boolean waits;

  /**
   * The machine's lock as the option says.
   *
   * @param out is told whom it waits for
   */
  MachineLock lock(PrintWriter out) {
    PrintWriter sentences = FoldedLines.on(out);
    return waits
        ? MachineLock.waiting(sentence -> {
          sentences.println(sentence);
          sentences.flush();
        })
        : MachineLock.refusing(HINT);
  }
}
