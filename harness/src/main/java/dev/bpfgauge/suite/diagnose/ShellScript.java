package dev.bpfgauge.suite.diagnose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A script that is known, which a shell runs to its end: what modules must show of it is known. */
final class ShellScript {
  /** The shell of guests; one program of many names. */
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private ShellScript() {}

  /** The command that begins a shell, e.g. {@code /bin/sh}. */
  static String shell() {
    return Files.isExecutable(BUSYBOX) ? BUSYBOX + " sh" : "/bin/sh";
  }

  /**
   * Runs it.
   *
   * @param arguments from {@code $1} on
   * @throws IllegalStateException where there is no shell
   */
  static void run(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(shell().split(" ", -1)));
    command.addAll(List.of("-c", script, "sh"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
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
