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

/**
 * The process of {@link ProgTurns}: each turn is some batches of one program on one input. The
 * programs are loaded anew several times meanwhile: the kernel puts their machine code elsewhere
 * each time, and a short program is up to a third faster or slower for that.
 */
public final class ProgFork {
  /** For a machine so busy, or a program so long, that the time is over before its turns are. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** Of a turn. */
  static final int BATCHES = 4;

  /** Of each program in a process: the place that one got by chance counts little. */
  private static final int MOST_LOADS = 24;

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
    private final ProgTurns.Asked asked;
    private final Settings settings;
    private Optional<ProgramRun> run = Optional.empty();
    private Outcome otherwise = new Outcome.Failed("it had no turn");
    private long loadNanos;
    private final List<Long> starts = new ArrayList<>();
    private final List<Integer> spans = new ArrayList<>();
    private final List<Integer> cpu = new ArrayList<>();
    private final List<Integer> nanos = new ArrayList<>();

    Player(ProgTurns.Asked asked, Settings settings) {
      this.asked = asked;
      this.settings = settings;
      load();
    }

    private void load() {
      long start = System.nanoTime();
      ProgCell cell = ProgCell.of(asked.cell());
      try {
        run = Optional.of(ProgMeter.run(cell, asked.arm(), settings));
      } catch (LoadRefusedException e) {
        otherwise = ProgMeter.outcome(cell, asked.arm(), e);
      } catch (Refusal e) {
        otherwise = new Outcome.Unavailable(String.valueOf(e.getMessage()));
      } catch (BpfException e) {
        otherwise = ProgMeter.refused(e);
      }
      loadNanos = System.nanoTime() - start;
    }

    boolean isPlaying() {
      return run.isPresent();
    }

    /**
     * Elsewhere in the kernel's memory; batches stay as long as they are. Where that fails, or it
     * would be measured in another way, it stays where it is.
     */
    void loadAnew() {
      ProgramRun before = run.orElseThrow();
      run = Optional.empty();
      load();
      if (run.isPresent() && run.get().isCalibratedLike(before)) {
        before.close();
      } else {
        close();
        run = Optional.of(before);
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
      run = Optional.empty();
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
    List<Player> all = question.slots().stream().map(slot -> new Player(slot, settings)).toList();
    try {
      List<Player> playing = all.stream().filter(Player::isPlaying).toList();
      playing.forEach(player -> player.run.orElseThrow().calibrate());
      Random random = new Random(question.seed());
      long warmup = TimeUnit.MILLISECONDS.toNanos(question.warmupMillis());
      turns(playing, warmup, 0, Long.MAX_VALUE, random);
      playing.forEach(player -> player.run.orElseThrow().calibrate());
      playing.forEach(Player::forget);
      measure(playing, question.measureMillis(), random);
      return all.stream().map(Player::answer).toList();
    } finally {
      all.forEach(Player::close);
    }
  }

  /** Loading anew takes at most as long as what is measured. */
  private static void measure(List<Player> playing, int millis, Random random) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    long mayLoad = left;
    long latest = System.nanoTime() + left + mayLoad + LONGEST_WAIT.toNanos();
    long nextLoad = playing.stream().mapToLong(player -> player.loadNanos).sum();
    int cycles = 0;
    for (int parts = MOST_LOADS; parts > 0; parts--) {
      int rest = mayLoad < nextLoad ? 1 : parts;
      long start = System.nanoTime();
      cycles +=
          turns(
              playing,
              left / rest,
              Math.ceilDiv(Math.max(0, Turns.FEWEST - cycles), rest),
              latest,
              random);
      long loading = System.nanoTime();
      left = Math.max(0, left - (loading - start));
      if (rest == 1) {
        return;
      }
      playing.forEach(Player::loadAnew);
      nextLoad = System.nanoTime() - loading;
      mayLoad -= nextLoad;
    }
  }

  /**
   * Turns for so long, and at least so many: a busy machine may give few in that time.
   *
   * @return how many
   */
  private static int turns(
      List<Player> playing, long nanos, int fewest, long latest, Random random) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    boolean tellsCpu = threads.isCurrentThreadCpuTimeSupported();
    List<Player> order = new ArrayList<>(playing);
    long end = System.nanoTime() + nanos;
    int cycles = 0;
    while (!order.isEmpty() && System.nanoTime() < (cycles < fewest ? latest : end)) {
      Collections.shuffle(order, random);
      order.forEach(player -> player.turn(threads, tellsCpu));
      cycles++;
    }
    return cycles;
  }
}
