package dev.bpfgauge.measure;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What JMH's exception and the fork's last words say about its end, in one sentence. */
public final class ForkDeath {
  private static final Pattern EXIT_CODE =
      Pattern.compile("Forked VM failed with exit code (\\d+)");

  /** The JDK reports a death by signal as 128 and the signal's number. */
  private static final int BY_SIGNAL = 128;

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11,
          "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM", 24, "SIGXCPU");

  private ForkDeath() {}

  public static boolean interrupted(Throwable thrown) {
    return causes(thrown).anyMatch(InterruptedException.class::isInstance);
  }

  /** The deepest cause's sentence, or what the exit code means. */
  public static String sentence(Throwable thrown, Path log) {
    List<Throwable> causes = causes(thrown).toList();
    for (Throwable cause : causes) {
      Matcher exit = EXIT_CODE.matcher(String.valueOf(cause.getMessage()));
      if (exit.find()) {
        return ofExitCode(Integer.parseInt(exit.group(1)), lastWords(log));
      }
    }
    Throwable deepest = causes.getLast();
    String message = deepest.getMessage();
    return deepest instanceof IllegalStateException && message != null
        ? message
        : deepest.toString();
  }

  /** {@code fork killed by SIGKILL}, or the exit code and the fork's last useful line. */
  static String ofExitCode(int code, String lastWords) {
    if (code > BY_SIGNAL && code < BY_SIGNAL + 65) {
      int signal = code - BY_SIGNAL;
      return "fork killed by " + SIGNALS.getOrDefault(signal, "signal " + signal);
    }
    return "fork ended with exit code " + code + (lastWords.isEmpty() ? "" : ": " + lastWords);
  }

  /** The last line of the fork's output that says something, JMH's own frame left out. */
  static String lastWords(String output) {
    return output
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("<") && !line.startsWith("at "))
        .filter(line -> !line.startsWith("Benchmark had encountered error"))
        .reduce("", (earlier, later) -> later);
  }

  private static String lastWords(Path log) {
    try {
      return lastWords(ForeignText.read(log));
    } catch (IOException e) {
      return "";
    }
  }

  /** Causes and what JMH attaches as suppressed, from the outside inwards. */
  private static Stream<Throwable> causes(Throwable thrown) {
    Throwable cause = thrown.getCause();
    Stream<Throwable> inner =
        Stream.concat(
            cause == null ? Stream.empty() : causes(cause),
            Arrays.stream(thrown.getSuppressed()).limit(1).flatMap(ForkDeath::causes));
    return Stream.concat(Stream.of(thrown), inner);
  }
}
