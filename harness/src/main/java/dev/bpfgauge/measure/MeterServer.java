package dev.bpfgauge.measure;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.ProcessTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that measures one cell after the other, for suites that have a {@link Meter}. What is timed
 * inside the kernel is new with each fork whatever process asks for it: its maps, its programs,
 * their memory. So a fork here is one question to a JVM that is there already.
 *
 * <p>It is started with the first question, and again after it died, was killed or gave a wrong
 * result. Questions come one at a time.
 */
public final class MeterServer implements AutoCloseable {
  private final String main;
  private @Nullable Child child;

  /**
   * @param main the class whose main calls {@link MeterFork#answer}
   */
  public MeterServer(String main) {
    this.main = main;
  }

  /**
   * Makes sure that there is a JVM, and returns what measures the cell once. Interrupted, that ends
   * the JVM and all it started.
   */
  public Callable<Outcome> fork(Cell cell, Settings settings) {
    Child ready;
    try {
      ready = living(settings);
    } catch (IOException e) {
      return () -> notStarted(e);
    }
    return () -> ready.ask(MeterFork.Question.line(cell, settings));
  }

  /** Measures one cell in a JVM that serves no other, where the JIT compiler has a say. */
  public static Outcome once(String main, Cell cell, Settings settings) {
    try (Child only = new Child(command(main, settings), settings.log())) {
      return only.ask(MeterFork.Question.line(cell, settings));
    } catch (IOException e) {
      return notStarted(e);
    }
  }

  /**
   * Asks one question of a JVM that serves no other, in words of its own.
   *
   * @param main its class; it reads the question, a line, and answers by {@link AnswerChannel}
   * @param answered what to make of the answer, a line
   * @param died what to make of a JVM that gave none
   */
  public static <T> T once(
      String main,
      String question,
      Settings settings,
      Function<String, T> answered,
      Function<Outcome, T> died) {
    try (Child only = new Child(command(main, settings), settings.log())) {
      return switch (only.reply(question)) {
        case Line(String line) -> answered.apply(line);
        case None(Outcome why) -> died.apply(why);
      };
    } catch (IOException e) {
      return died.apply(notStarted(e));
    }
  }

  /** What came of a question. */
  private sealed interface Reply {}

  private record Line(String line) implements Reply {}

  private record None(Outcome why) implements Reply {}

  private static Outcome notStarted(IOException e) {
    return new Outcome.Failed("the fork does not start: " + e.getMessage());
  }

  private Child living(Settings settings) throws IOException {
    Child living = child;
    if (living == null || !living.isSound()) {
      close();
      living = new Child(command(main, settings), settings.log());
      child = living;
    }
    return living;
  }

  private static List<String> command(String main, Settings settings) {
    List<String> command = new ArrayList<>();
    command.add(settings.javaHome().resolve("bin/java").toString());
    command.addAll(ForkJvm.arguments(settings));
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(main);
    return command;
  }

  /** Ends the JVM, if there is one; nothing of it is left. Another question starts another. */
  @Override
  public void close() {
    Child last = child;
    child = null;
    if (last != null) {
      last.close();
    }
  }

  private static final class Child implements AutoCloseable {
    private static final int GOODBYE_SECONDS = 1;

    /** No answer: the child writes JSON. */
    private static final String ENDED = "";

    private final Process process;
    private final Path log;
    private final OutputStream questions;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private volatile boolean sound = true;

    Child(List<String> command, Path log) throws IOException {
      this.log = log;
      process =
          new ProcessBuilder(AnswerChannel.beside(command))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      questions = process.getOutputStream();
      Thread.ofPlatform().name("answers").daemon().start(this::listen);
    }

    /** A thread of its own, for nothing interrupts the reading of a pipe. */
    private void listen() {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          answers.add(line);
        }
      } catch (IOException e) {
        // As if it had said no more: its exit code tells why.
      } finally {
        answers.add(ENDED);
      }
    }

    boolean isSound() {
      return sound && process.isAlive();
    }

    Outcome ask(String question) {
      sound = false; // Until the answer is there and good.
      return switch (reply(question)) {
        case Line(String answer) -> {
          Outcome outcome = MeterFork.Answer.outcome(answer);
          sound = !(outcome instanceof Outcome.Failed);
          yield outcome;
        }
        case None(Outcome why) -> why;
      };
    }

    Reply reply(String question) {
      try {
        questions.write((question + "\n").getBytes(StandardCharsets.UTF_8));
        questions.flush();
      } catch (IOException e) {
        // It died before it read all of it; its exit code says why.
      }
      try {
        String answer = answers.take();
        return answer.equals(ENDED) ? new None(death(process.waitFor())) : new Line(answer);
      } catch (InterruptedException e) {
        ProcessTree.kill(process.toHandle());
        Thread.currentThread().interrupt();
        return new None(new Outcome.Failed("interrupted"));
      }
    }

    private Outcome death(int status) {
      try {
        return status == 0
            ? new Outcome.Failed("the fork ended without an answer")
            : new Outcome.Failed(
                ForkDeath.ofExitCode(status, ForkDeath.lastWords(ForeignText.read(log))));
      } catch (IOException e) {
        return new Outcome.Failed("the fork's log cannot be read: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      try {
        questions.close();
        if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
          ProcessTree.kill(process.toHandle());
        }
      } catch (IOException e) {
        ProcessTree.kill(process.toHandle());
      } catch (InterruptedException e) {
        ProcessTree.kill(process.toHandle());
        Thread.currentThread().interrupt();
      }
      process.onExit().join();
    }
  }
}
