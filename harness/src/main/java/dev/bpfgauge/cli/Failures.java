package dev.bpfgauge.cli;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Exhaustion;
import dev.bpfgauge.os.Shown;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one sentence and an exit code. */
final class Failures {
  private Failures() {}

  /**
   * What is no {@link Exception}: a class that could not be read, a thread that did not start.
   *
   * @throws Error the same, where nothing had run out
   */
  static int report(Error failure, CommandLine line) {
    String exhausted = Exhaustion.of(failure).orElseThrow(() -> failure);
    line.getErr().println(Terminal.complaint() + exhausted);
    return ExitCode.ENVIRONMENT;
  }

  static int report(Exception failure, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    Optional<String> exhausted = Exhaustion.of(failure);
    if (exhausted.isPresent()) {
      err.println(Terminal.complaint() + exhausted.get());
      return ExitCode.ENVIRONMENT;
    }
    err.println(Terminal.complaint() + sentence(failure));
    if (!(failure instanceof Refusal)) {
      err.println("This is a fault of bpfgauge; the stack trace for a bug report:");
      failure.printStackTrace(err);
    }
    if (!(failure instanceof Refusal refusal)) {
      return ExitCode.ENVIRONMENT;
    }
    return switch (refusal.kind()) {
      case ENVIRONMENT -> ExitCode.ENVIRONMENT;
      case USAGE -> ExitCode.USAGE;
      case OPTION -> {
        BadUsage.nameHelp(line);
        yield ExitCode.USAGE;
      }
    };
  }

  private static String sentence(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : Shown.text(message);
  }
}
