package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.suite.tools.Shell;
import java.io.IOException;

/** A script that is known, which a shell runs to its end: what modules must show of it is known. */
final class ShellScript {
  private ShellScript() {}

  /**
   * Runs it.
   *
   * @param arguments from {@code $1} on
   * @throws IllegalStateException where there is no shell
   */
  static void run(String script, String... arguments) {
    try {
      Process process =
          new ProcessBuilder(Shell.of(script, arguments))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        process.waitFor();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new IllegalStateException("no shell to start programs: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
