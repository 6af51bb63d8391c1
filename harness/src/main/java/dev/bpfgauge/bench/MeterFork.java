package dev.bpfgauge.bench;

import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.Json;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One fork of a suite that has a {@link Meter}: a fresh JVM that reads the cell from standard
 * input, measures it and writes its answer as the last line of standard output.
 */
public final class MeterFork {
  private MeterFork() {}

  /** What the child is told. */
  record Question(
      Cell cell,
      int warmupMillis,
      int measureMillis,
      int measureIterations,
      long seed,
      String log) {}

  /** What it answers; {@code end} is the name of an {@link Outcome}. */
  record Answer(String end, String reason, @Nullable Measurement measurement) {}

  /**
   * Measures one cell in a JVM of its own; no process of it is left.
   *
   * @param main the class whose main calls {@link #answer}
   */
  public static Outcome run(String main, Cell cell, Settings settings) {
    Process process;
    try {
      process =
          new ProcessBuilder(command(main, settings))
              .redirectError(ProcessBuilder.Redirect.appendTo(settings.log().toFile()))
              .start();
    } catch (IOException e) {
      return new Outcome.Failed("the fork does not start: " + e.getMessage());
    }
    try {
      Question question =
          new Question(
              cell,
              settings.warmupMillis(),
              settings.measureMillis(),
              settings.measureIterations(),
              settings.seed(),
              settings.log().toString());
      try (var stdin = process.getOutputStream()) {
        stdin.write(Json.line(question).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It died before it read all of it; its exit code says why.
      }
      int status = process.waitFor();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return status == 0
          ? outcome(output)
          : new Outcome.Failed(
              ForkDeath.ofExitCode(status, ForkDeath.lastWords(Files.readString(settings.log()))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Failed("interrupted");
    } catch (IOException e) {
      return new Outcome.Failed("the fork's answer cannot be read: " + e.getMessage());
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(String main, Settings settings) {
    List<String> command = new ArrayList<>();
    command.add(settings.javaHome().resolve("bin/java").toString());
    command.addAll(JmhFork.jvmArgs(settings));
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(main);
    return command;
  }

  private static Outcome outcome(String output) {
    try {
      Answer answer =
          Json.parse(output.substring(output.lastIndexOf('\n') + 1), Answer.class, "the answer");
      Measurement measurement = answer.measurement();
      return switch (answer.end()) {
        case "measured" ->
            new Outcome.Measured(Objects.requireNonNull(measurement, "a measurement"), null);
        case "refused" -> new Outcome.Refused(answer.reason());
        case "unavailable" -> new Outcome.Unavailable(answer.reason());
        default -> new Outcome.Failed(answer.reason());
      };
    } catch (Refusal e) {
      return new Outcome.Failed("the fork ended without an answer");
    }
  }

  /** The child's side: reads the question, has it measured and writes the answer. */
  public static void answer(java.util.function.Function<String, Meter> meters) throws IOException {
    Question question =
        Json.parse(
            new String(System.in.readAllBytes(), StandardCharsets.UTF_8),
            Question.class,
            "the question");
    Settings plain =
        Settings.of(
            question.warmupMillis(),
            question.measureMillis(),
            question.measureIterations(),
            question.seed(),
            Path.of(question.log()));
    Outcome outcome = meters.apply(question.cell().suite()).attempt(question.cell(), plain);
    System.out.println(
        Json.line(
            switch (outcome) {
              case Outcome.Measured(Measurement m, String _) -> new Answer("measured", "", m);
              case Outcome.Refused(String reason) -> new Answer("refused", reason, null);
              case Outcome.Unavailable(String reason) -> new Answer("unavailable", reason, null);
              case Outcome.Failed(String reason) -> new Answer("failed", reason, null);
            }));
  }
}
