package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.measure.AnswerChannel;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The process of {@link ProgTurns}: each turn is some batches of one program on one input. */
public final class ProgFork {
  /** For a machine so busy, or a program so long, that the time is over before its turns are. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** Of a turn. */
  static final int BATCHES = 4;

  private ProgFork() {}

  /** Reads one question from standard input. */
  public static void main(String[] args) throws IOException {
    AnswerChannel.answerEach(line ->
        Json.line(
            new ProgTurns.Answers(
                answers(Json.parse(line, ProgTurns.Question.class, "the question")))));
  }

  /** A slot, or why it has no turns. */
  private static final class Player implements AutoCloseable {
    private final Optional<ProgramRun> run;
    private final Outcome otherwise;
    private final List<Long> starts = new ArrayList<>();
    private final List<Integer> spans = new ArrayList<>();
    private final List<Integer> cpu = new ArrayList<>();
    private final List<Integer> nanos = new ArrayList<>();

    private Player(Optional<ProgramRun> run, Outcome otherwise) {
      this.run = run;
      this.otherwise = otherwise;
    }

    static Player of(ProgTurns.Asked asked, Settings settings) {
      ProgCell cell = ProgCell.of(asked.cell());
      try {
        return new Player(
            Optional.of(ProgMeter.run(cell, asked.arm(), settings)),
            new Outcome.Failed("it had no turn"));
      } catch (LoadRefusedException e) {
        return new Player(Optional.empty(), ProgMeter.outcome(cell, asked.arm(), e));
      } catch (Refusal e) {
        return new Player(
            Optional.empty(), new Outcome.Unavailable(String.valueOf(e.getMessage())));
      } catch (BpfException e) {
        return new Player(Optional.empty(), ProgMeter.refused(e));
      }
    }

    void turn(ThreadMXBean threads, boolean tellsCpu) {
      ProgramRun program = run.orElseThrow();
      long spent = tellsCpu ? threads.getCurrentThreadCpuTime() : 0;
      long start = System.nanoTime();
      for (int i = 0; i < BATCHES; i++) {
        long least = program.isNet() ? Integer.MIN_VALUE : 0;
        nanos.add((int) Math.clamp(program.nanos(), least, (long) Integer.MAX_VALUE));
      }
      long end = System.nanoTime();
      starts.add(start);
      spans.add((int) Math.min(Integer.MAX_VALUE, end - start));
      if (tellsCpu) {
        cpu.add((int) Math.min(Integer.MAX_VALUE, threads.getCurrentThreadCpuTime() - spent));
      }
    }

    void forget() {
      List.of(starts, spans, cpu, nanos).forEach(List::clear);
    }

    ProgTurns.Answer answer() {
      if (run.isEmpty()) {
        return switch (otherwise) {
          case Outcome.Refused(String reason) -> nothing("refused", reason);
          case Outcome.Unavailable(String reason) -> nothing("unavailable", reason);
          case Outcome.Failed(String reason) -> nothing("failed", reason);
          case Outcome.Measured _ -> throw new IllegalStateException("without a run");
        };
      }
      ProgramRun program = run.get();
      SortedMap<String, Double> extras = ProgMeter.extras(program);
      return new ProgTurns.Answer(
          "measured", "", program.runs(), starts, spans, cpu, nanos, extras);
    }

    private static ProgTurns.Answer nothing(String end, String reason) {
      return new ProgTurns.Answer(
          end, reason, 0, List.of(), List.of(), List.of(), List.of(), new TreeMap<>());
    }

    @Override
    public void close() {
      run.ifPresent(ProgramRun::close);
    }
  }

  private static List<ProgTurns.Answer> answers(ProgTurns.Question question) {
    Settings settings =
        Settings.of(
            question.warmupMillis(),
            question.measureMillis(),
            1,
            question.seed(),
            Path.of(question.log()));
    List<Player> all = question.slots().stream().map(slot -> Player.of(slot, settings)).toList();
    try {
      List<Player> playing = all.stream().filter(player -> player.run.isPresent()).toList();
      playing.forEach(player -> player.run.orElseThrow().calibrate());
      Random random = new Random(question.seed());
      turns(playing, question.warmupMillis(), 0, random);
      playing.forEach(player -> player.run.orElseThrow().calibrate());
      playing.forEach(Player::forget);
      turns(playing, question.measureMillis(), Turns.FEWEST, random);
      return all.stream().map(Player::answer).toList();
    } finally {
      all.forEach(Player::close);
    }
  }

  /** Turns for so long, and at least so many: a busy machine may give few in that time. */
  private static void turns(List<Player> playing, int millis, int fewest, Random random) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    boolean tellsCpu = threads.isCurrentThreadCpuTimeSupported();
    List<Player> order = new ArrayList<>(playing);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long latest = end + LONGEST_WAIT.toNanos();
    int cycle = 0;
    while (!order.isEmpty() && System.nanoTime() < (cycle++ < fewest ? latest : end)) {
      Collections.shuffle(order, random);
      order.forEach(player -> player.turn(threads, tellsCpu));
    }
  }
}
