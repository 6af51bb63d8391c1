package dev.bpfgauge.measure;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Programs of the system that loads are made of, found and run to their end. */
public final class Programs {
  private Programs() {}

  /**
   * An executable of that name.
   *
   * @throws Refusal that says how to install it
   */
  public static Path require(String name) {
    return SearchPath.find(name)
        .orElseThrow(
            () -> Refusal.environment(name + " is missing; install it: apt install " + name));
  }

  /**
   * Runs a command to its end and returns what it printed; its complaints go to the log.
   *
   * @throws IllegalStateException where it fails
   * @throws InterruptedException where this thread is interrupted; the command is ended
   */
  public static String output(List<String> command, Path log) throws InterruptedException {
    try {
      Path output = Scratch.newFile("said", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
          int status = process.waitFor();
          String said = ForeignText.read(output);
          if (status != 0) {
            throw new IllegalStateException(
                "%s ended with code %d: %s"
                    .formatted(command.getFirst(), status, lastLine(said, log)));
          }
          return said;
        } finally {
          process.destroyForcibly();
        }
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new IllegalStateException(command.getFirst() + ": " + e.getMessage(), e);
    }
  }

  private static String lastLine(String said, Path log) throws IOException {
    return Stream.concat(ForeignText.read(log).lines(), said.lines())
        .filter(line -> !line.isBlank())
        .reduce((_, later) -> later)
        .orElse("it says nothing");
  }
}
