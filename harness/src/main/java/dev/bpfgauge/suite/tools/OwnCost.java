package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.ProcessClock;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.os.CpuTicks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What this process takes itself, with the BPF programs that it has: CPU time and memory, from here
 * on until it is closed.
 *
 * <p>The kernel's run-time statistics tell of the programs, and make each run of every program on
 * the machine some 20 ns longer; so they are on for a second in five, from the first one on. That
 * is the programs' own time: what it takes to get to them, and what they displace in caches, is in
 * no statistics (docs/tools.md has what tools add).
 */
public final class OwnCost implements AutoCloseable {
  private static final Duration ON = Duration.ofSeconds(1);
  private static final Duration EACH = Duration.ofSeconds(5);

  /** What ran for a shorter time is not believed. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private static final long MEBI = 1 << 20;
  private static final double PERCENT = 100;

  private final long pid = ProcessHandle.current().pid();
  private final int cpus = Math.max(1, CpuTicks.read(Path.of("/proc")).cpus().size());
  private final Consumer<Took> each;
  private final Thread looking;
  private final Moment start = Moment.now(pid);
  private Stretch looked = Stretch.NONE;
  private String unavailable = "";

  /** What a program did so far while statistics were on. */
  private record Ran(long nanos, long runs) {}

  /**
   * How far this process is.
   *
   * @param programs by their numbers, for some end before others
   */
  private record Moment(long at, long cpuNanos, Map<Long, Ran> programs) {
    static Moment now(long pid) {
      Map<Long, Ran> programs = new HashMap<>();
      // A link names its program as well, without what that ran.
      ProcessUse.descriptors(pid)
          .forEach(text ->
              number(text, "run_time_ns:")
                  .ifPresent(nanos ->
                      programs.put(
                          number(text, "prog_id:").orElseThrow(),
                          new Ran(nanos, number(text, "run_cnt:").orElseThrow()))));
      return new Moment(System.nanoTime(), ProcessClock.cpuNanos(pid).orElse(0), programs);
    }

    private static OptionalLong number(String text, String name) {
      return ProcessUse.field(text, name, 1);
    }
  }

  /** A time with statistics, and what programs did in it. */
  private record Stretch(long nanos, long runNanos, long runs) {
    static final Stretch NONE = new Stretch(0, 0, 0);

    /** Of programs that were there all the time. */
    static Stretch between(Moment from, Moment to) {
      long nanos = 0;
      long runs = 0;
      for (Map.Entry<Long, Ran> program : to.programs.entrySet()) {
        Ran before = from.programs.get(program.getKey());
        if (before != null) {
          nanos += program.getValue().nanos - before.nanos;
          runs += program.getValue().runs - before.runs;
        }
      }
      return new Stretch(to.at - from.at, nanos, runs);
    }

    Stretch plus(Stretch other) {
      return new Stretch(nanos + other.nanos, runNanos + other.runNanos, runs + other.runs);
    }
  }

  /**
   * What it took in some time.
   *
   * @param userPercent CPU time of this process, in percent of that of all CPUs
   * @param programsPercent the same of its programs; empty where there are no statistics
   * @param nanosPerRun what a run of one of them takes; empty where none ran
   * @param peakBytes the most memory that this process had at a time; empty where that is unknown
   * @param unavailable why there are no statistics; empty where there are some
   */
  public record Took(
      double userPercent,
      OptionalDouble programsPercent,
      OptionalDouble nanosPerRun,
      OptionalLong peakBytes,
      String unavailable) {

    /** Of this process and its programs. */
    public double percent() {
      return userPercent + programsPercent.orElse(0);
    }

    /** As a sentence. */
    public String sentence() {
      return "Its own cost: %s %% of this machine's CPU time in user space, %s%s."
          .formatted(
              decimals(userPercent),
              programsPercent.isPresent()
                  ? decimals(programsPercent.getAsDouble())
                      + " % in its programs"
                      + optional(" (%.0f ns a run)", nanosPerRun)
                  : "unknown in its programs (" + unavailable + ")",
              peakBytes.isPresent()
                  ? "; %d MiB of memory at most".formatted(peakBytes.getAsLong() / MEBI)
                  : "");
    }

    private static String optional(String format, OptionalDouble number) {
      return number.isPresent() ? String.format(Locale.ROOT, format, number.getAsDouble()) : "";
    }

    private static String decimals(double percent) {
      return String.format(Locale.ROOT, "%.2f", percent);
    }
  }

  /**
   * Begins.
   *
   * @param each takes what the last five seconds took, again and again, in another thread
   */
  public OwnCost(Consumer<Took> each) {
    this.each = each;
    this.looking = Thread.ofPlatform().daemon().name("own cost").start(this::look);
  }

  private void look() {
    try {
      while (true) {
        Moment from = Moment.now(pid);
        Optional<Stretch> stretch = withStatistics();
        if (stretch.isEmpty()) {
          return;
        }
        TimeUnit.NANOSECONDS.sleep(EACH.minus(ON).toNanos());
        each.accept(took(from, stretch.get()));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** For a second, or less where this is closed meanwhile; empty where there are none. */
  private Optional<Stretch> withStatistics() throws InterruptedException {
    try (RunTimeStats _ = RunTimeStats.enable()) {
      Moment from = Moment.now(pid);
      try {
        TimeUnit.NANOSECONDS.sleep(ON.toNanos());
        return Optional.of(since(from));
      } catch (InterruptedException e) {
        since(from);
        throw e;
      }
    } catch (BpfException e) {
      synchronized (this) {
        unavailable = e.errnoName();
      }
      return Optional.empty();
    }
  }

  private synchronized Stretch since(Moment from) {
    Stretch stretch = Stretch.between(from, Moment.now(pid));
    looked = looked.plus(stretch);
    return stretch;
  }

  /** Ends it, and says what was taken since it began. */
  public Took end() {
    close();
    synchronized (this) {
      return took(start, looked);
    }
  }

  private synchronized Took took(Moment from, Stretch stretch) {
    Moment now = Moment.now(pid);
    double all = (double) cpus * (now.at - from.at);
    boolean isLong = stretch.nanos >= SHORTEST.toNanos();
    return new Took(
        PERCENT * (now.cpuNanos - from.cpuNanos) / all,
        isLong
            ? OptionalDouble.of(PERCENT * stretch.runNanos / ((double) cpus * stretch.nanos))
            : OptionalDouble.empty(),
        stretch.runs > 0
            ? OptionalDouble.of((double) stretch.runNanos / stretch.runs)
            : OptionalDouble.empty(),
        ProcessUse.peakBytes(pid),
        isLong ? "" : unavailable.isEmpty() ? "too short a time" : unavailable);
  }

  /** Ends it; its programs may still be there. */
  @Override
  public void close() {
    looking.interrupt();
    try {
      looking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
