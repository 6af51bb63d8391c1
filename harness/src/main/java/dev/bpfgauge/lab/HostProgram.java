package dev.bpfgauge.lab;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of this machine that the lab starts and waits for. */
final class HostProgram {
  private HostProgram() {}

  /**
   * How a program ended.
   *
   * @param output standard output and standard error
   */
  record Ended(int exitCode, String output) {
    boolean wentWell() {
      return exitCode == 0;
    }

    /** The last line that is not empty: what a program says of its failure. */
    String lastWords() {
      return output
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .reduce((_, last) -> last)
          .orElse("it said nothing");
    }
  }

  /** Runs a program to its end, in a folder. */
  static Ended run(Path folder, List<String> command) {
    return run(folder, command, "");
  }

  /** Runs a program to its end, with text on its standard input. */
  static Ended run(Path folder, List<String> command, String input) {
    Process process;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
      builder.environment().putAll(Map.of("LC_ALL", "C", "DEBIAN_FRONTEND", "noninteractive"));
      process = builder.start();
    } catch (IOException e) {
      return new Ended(-1, String.valueOf(e.getMessage()));
    }
    try {
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended before it read all of it; its exit code says why.
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output);
    } catch (IOException e) {
      return new Ended(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(Refusal.Kind.ENVIRONMENT, command.getFirst() + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
