package dev.bpfgauge.measure;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The child's side of a {@link MeterServer}: reads a question a line from standard input and writes
 * an answer a line to the {@link AnswerChannel}, until there are no more.
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
      String log) {

    static String line(Cell cell, Settings settings) {
      return Json.line(
          new Question(
              cell,
              settings.warmupMillis(),
              settings.measureMillis(),
              settings.measureIterations(),
              settings.seed(),
              settings.log().toString()));
    }

    private Settings settings() {
      return Settings.of(warmupMillis, measureMillis, measureIterations, seed, Path.of(log));
    }
  }

  /** What it answers; {@code end} is the name of an {@link Outcome}. */
  record Answer(String end, String reason, @Nullable Measurement measurement) {

    static String line(Outcome outcome) {
      return Json.line(
          switch (outcome) {
            case Outcome.Measured(Measurement m, String _) -> new Answer("measured", "", m);
            case Outcome.Refused(String reason) -> new Answer("refused", reason, null);
            case Outcome.Unavailable(String reason) -> new Answer("unavailable", reason, null);
            case Outcome.Failed(String reason) -> new Answer("failed", reason, null);
          });
    }

    static Outcome outcome(String line) {
      try {
        Answer answer = Json.parse(line, Answer.class, "the answer");
        Measurement measurement = answer.measurement();
        return switch (answer.end()) {
          case "measured" ->
              new Outcome.Measured(Objects.requireNonNull(measurement, "a measurement"), null);
          case "refused" -> new Outcome.Refused(answer.reason());
          case "unavailable" -> new Outcome.Unavailable(answer.reason());
          default -> new Outcome.Failed(answer.reason());
        };
      } catch (Refusal e) {
        return new Outcome.Failed("could not parse the fork's answer: " + e.getMessage());
      }
    }
  }

  /**
   * Answers every question.
   *
   * @param meters suite → who measures its cells
   */
  public static void answer(Function<String, Meter> meters) throws IOException {
    AnswerChannel.answerEach(line -> {
      Question question = Json.parse(line, Question.class, "the question");
      System.gc(); // No fork pays for what the one before it left.
      return Answer.line(onAThreadOfItsOwn(question, meters));
    });
  }

  /** What a fork changes of its thread, a CPU or a namespace, ends with it. */
  private static Outcome onAThreadOfItsOwn(Question question, Function<String, Meter> meters) {
    FutureTask<Outcome> fork =
        new FutureTask<>(() -> {
          OwnCpu.Waiting before = OwnCpu.Waiting.now();
          Outcome outcome =
              meters.apply(question.cell.suite()).attempt(question.cell, question.settings());
          return outcome instanceof Outcome.Measured(Measurement m, String json)
                  && OwnCpu.share(m) == null
              ? new Outcome.Measured(OwnCpu.with(m, OwnCpu.Waiting.shareSince(before)), json)
              : outcome;
        });
    Thread.ofPlatform().name("fork").daemon().start(fork);
    try {
      return fork.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
