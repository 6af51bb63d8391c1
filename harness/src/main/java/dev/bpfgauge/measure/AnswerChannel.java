package dev.bpfgauge.measure;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A child's answers apart from what its JVM prints: with {@code JAVA_TOOL_OPTIONS=-Xlog:gc}, or
 * under an agent, a JVM writes to standard output whatever it likes. So the pipe that its parent
 * reads is descriptor {@value #DESCRIPTOR}, and standard output goes where errors go, to the log.
 */
public final class AnswerChannel {
  static final int DESCRIPTOR = 3;

  private static final Path PIPE = Path.of("/proc/self/fd/" + DESCRIPTOR);

  private AnswerChannel() {}

  /**
   * The command in a shell that puts the descriptors in order and then becomes it: one process,
   * whose id it is.
   */
  public static List<String> beside(List<String> command) {
    List<String> shell =
        new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" " + DESCRIPTOR + ">&1 1>&2", "sh"));
    shell.addAll(command);
    return shell;
  }

  /** What a question, a line, is answered with, a line. */
  @FunctionalInterface
  public interface Answering {
    String answer(String question) throws IOException;
  }

  /**
   * The child's whole work: answers every line of standard input, until there are no more.
   *
   * @throws IOException where the process was not started {@link #beside} one
   */
  public static void answerEach(Answering answering) throws IOException {
    Locale.setDefault(Locale.ROOT); // Answers are the same in every country.
    PrintStream answers = open();
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      answers.println(answering.answer(line));
    }
  }

  /**
   * The child's side: what it is to answer goes there, and {@code System.out} to the log.
   *
   * @throws IOException where the process was not started {@link #beside} one
   */
  public static PrintStream open() throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(PIPE.toFile()), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    return answers;
  }
}
