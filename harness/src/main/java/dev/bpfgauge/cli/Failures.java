package dev.bpfgauge.cli;

import dev.bpfgauge.results.Refusal;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one sentence and an exit code. */
final class Failures {
  private Failures() {}

  static int report(Exception failure, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println(Terminal.complaint() + sentence(failure));
    if (!(failure instanceof Refusal)) {
      err.println("This is a fault of bpfgauge; the stack trace for a bug report:");
      failure.printStackTrace(err);
    }
    return failure instanceof Refusal refusal && refusal.kind() == Refusal.Kind.USAGE
        ? ExitCode.USAGE
        : ExitCode.ENVIRONMENT;
  }

  private static String sentence(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
