package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.StackMap;
import dev.bpfgauge.suite.tools.ThreadDump;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * {@code load-monitor}: the load, and who makes it (bpf/tools/load-monitor.bpf.c). It asks the
 * kernel each tick, from this thread; no event of the kernel's passes through a program.
 */
final class LoadMonitor implements Tool {
  static final String NAME = "load-monitor";

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "run queues read each tick, iter/task for a dump",
              Set.of("on_question", "on_task", "on_sample"),
              "Linux 5.14, its BTF, and CONFIG_KALLSYMS_ALL"),
          new HookSet(
              "run queues found by iter/task and read each tick, iter/task for a dump",
              Set.of("on_queues_question", "on_queues", "on_task", "on_sample"),
              "Linux 5.14, its BTF, and CONFIG_FAIR_GROUP_SCHED"));

  private static final int SPINNERS = 3;
  private static final long NANOS_BETWEEN_AVERAGES = TimeUnit.SECONDS.toNanos(1);
  private static final List<Column> COLUMNS =
      List.of(
          new Column("LOAD1", "load1", 7, 2),
          new Column("LOAD5", "load5", 7, 2),
          new Column("LOAD15", "load15", 7, 2),
          new Column("R", "running", 6),
          new Column("R-MEAN", "running_mean", 8, 2),
          new Column("R-MAX", "running_max", 6),
          new Column("D", "blocked", 6),
          new Column("D-MEAN", "blocked_mean", 8, 2),
          new Column("D-MAX", "blocked_max", 6),
          new Column("DUMPS", "dumps", 5),
          new Column("LATE(ms)", "late_ms", 8, 1));

  private final Options options;
  private final Attachment attachment;
  private final RunQueues queues;
  private final LoadingThreads threads;
  private final Hysteresis load;
  private final Hysteresis running;
  private final Hysteresis blocked;

  private LoadAverage average = LoadAverage.read();
  private long averageAt = System.nanoTime();
  private long dumpedAt;
  private boolean hasDumped;
  private long looks;
  private Interval interval = new Interval();

  /**
   * What the user wishes; a limit that is not to be watched is infinite.
   *
   * @param load dump where the load of one minute reaches this
   * @param running dump where as many threads run or wait for a CPU
   * @param blocked dump where as many threads are in state D
   * @param tickMillis between two looks, milliseconds
   * @param gapSeconds between two dumps at least
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(
      double load,
      double running,
      double blocked,
      int tickMillis,
      int gapSeconds,
      int injectNanos) {
    private static final int LEAST_TICK = 10;
    private static final int LONGEST_TICK = 10_000;
    private static final int LEAST_GAP = 10;

    Options {
      if (!(load > 0) || !(running > 0) || !(blocked > 0)) {
        throw Refusal.option(
            "--load, --running and --blocked are above 0: leave out those that are not.");
      }
      if (tickMillis < LEAST_TICK || tickMillis > LONGEST_TICK) {
        throw Refusal.option(
            "--tick is a whole number of milliseconds from %d to %d, not %d."
                .formatted(LEAST_TICK, LONGEST_TICK, tickMillis));
      }
      if (gapSeconds < LEAST_GAP) {
        throw Refusal.option(
            "--gap is a whole number of seconds from %d, not %d: a dump takes its time as well."
                .formatted(LEAST_GAP, gapSeconds));
      }
    }

    private boolean dumps() {
      return load < Double.POSITIVE_INFINITY
          || running < Double.POSITIVE_INFINITY
          || blocked < Double.POSITIVE_INFINITY;
    }

    private void set(BpfObject object) {
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      FrozenTasks.tell(object);
    }
  }

  /** What was seen since the last row. */
  private static final class Interval {
    private long looks;
    private long running;
    private long mostRunning;
    private long blocked;
    private long mostBlocked;
    private long dumps;
    private long lateNanos;

    private void add(RunQueues.Counted counted, long late) {
      looks++;
      running += counted.running();
      mostRunning = Math.max(mostRunning, counted.running());
      blocked += counted.blocked();
      mostBlocked = Math.max(mostBlocked, counted.blocked());
      lateNanos = Math.max(lateNanos, late);
    }
  }

  private LoadMonitor(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.queues = new RunQueues(attachment);
    this.threads = new LoadingThreads(attachment);
    this.load = new Hysteresis(options.load);
    this.running = new Hysteresis(options.running);
    this.blocked = new Hysteresis(options.blocked);
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static LoadMonitor attach(Options options) {
    Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
    try {
      return new LoadMonitor(options, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Watching the load";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** The names are read here, before there is trouble. */
  @Override
  public List<String> warnings() {
    return options.dumps() && !threads.haveNames() ? List.of(StackMap.NO_KALLSYMS) : List.of();
  }

  @Override
  public void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    long tick = TimeUnit.MILLISECONDS.toNanos(options.tickMillis);
    long end = System.nanoTime() + time.toNanos();
    long next = System.nanoTime() + tick;
    while (next <= end) {
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      long now = System.nanoTime();
      look(now - next, live);
      // What came too late is left out: it would all be one moment.
      next += Math.max(1, (System.nanoTime() - next) / tick + 1) * tick;
    }
    TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
  }

  private void look(long late, Consumer<Findings> live) throws InterruptedException {
    RunQueues.Counted counted = count(late);
    String reason = reason(counted);
    if (!reason.isEmpty()) {
      interval.dumps++;
      hasDumped = true;
      dumpedAt = System.nanoTime();
      live.accept(dump(reason, counted));
    }
  }

  private RunQueues.Counted count(long late) {
    RunQueues.Counted counted = queues.count();
    looks++;
    interval.add(counted, late);
    long now = System.nanoTime();
    if (now - averageAt >= NANOS_BETWEEN_AVERAGES) {
      average = LoadAverage.read();
      averageAt = now;
    }
    return counted;
  }

  /** Why there is to be a dump now; empty for none. */
  private String reason(RunQueues.Counted counted) {
    boolean mayDump =
        !hasDumped || System.nanoTime() - dumpedAt >= TimeUnit.SECONDS.toNanos(options.gapSeconds);
    List<String> reasons = new ArrayList<>();
    if (load.isReached(average.one(), mayDump)) {
      reasons.add(String.format(Locale.ROOT, "load %.2f", average.one()));
    }
    if (running.isReached((double) counted.running(), mayDump)) {
      reasons.add(counted.running() + " threads run or wait for a CPU");
    }
    if (blocked.isReached((double) counted.blocked(), mayDump)) {
      reasons.add(counted.blocked() + " threads are blocked");
    }
    return String.join(", ", reasons);
  }

  /** All threads of now. */
  ThreadDump dump(String reason, RunQueues.Counted counted) throws InterruptedException {
    Map<String, Number> figures = new LinkedHashMap<>();
    figures.put("load1", average.one());
    figures.put("running", counted.running());
    figures.put("blocked", counted.blocked());
    return new ThreadDump(reason, figures, threads.named(threads.now()));
  }

  @Override
  public Findings take() {
    RunQueues.Counted now = count(0);
    Interval ended = interval;
    interval = new Interval();
    return new Rows(
        COLUMNS,
        List.of(
            List.of(
                Decimal.of(average.one()),
                Decimal.of(average.five()),
                Decimal.of(average.fifteen()),
                now.running(),
                Decimal.of((double) ended.running / ended.looks),
                ended.mostRunning,
                now.blocked(),
                Decimal.of((double) ended.blocked / ended.looks),
                ended.mostBlocked,
                ended.dumps,
                Decimal.millis(ended.lateNanos))),
        true);
  }

  /** Those that make the load. */
  LoadingThreads threads() {
    return threads;
  }

  /** Threads on run queues, and blocked ones, now. */
  RunQueues.Counted count() {
    return queues.count();
  }

  /**
   * Lets threads spin, and holds what is counted against them and against /proc.
   *
   * @throws IllegalStateException where it differs
   */
  void prove() {
    AtomicBoolean ended = new AtomicBoolean();
    Set<Long> spinning = ConcurrentHashMap.newKeySet();
    try {
      for (int i = 0; i < SPINNERS; i++) {
        var _ =
            Thread.ofPlatform()
                .start(() -> {
                  spinning.add(ThreadStates.own());
                  while (!ended.get()) {
                    Thread.onSpinWait();
                  }
                });
      }
      while (spinning.size() < SPINNERS) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      long before = ThreadStates.count("D");
      RunQueues.Counted counted = count();
      long after = ThreadStates.count("D");
      Set<Long> dumped = threads.now().running();
      if (counted.running() < SPINNERS
          || !dumped.containsAll(spinning)
          || counted.blocked() > Math.max(before, after) + SPINNERS) {
        throw new IllegalStateException(
            "%d spinning threads %s, and from %d to %d blocked ones, were counted as %s, dumped %s"
                .formatted(SPINNERS, spinning, before, after, counted, dumped));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.set(true);
    }
  }

  @Override
  public Tally tally() {
    return attachment.tally(looks);
  }

  @Override
  public void close() {
    queues.close();
    attachment.close();
  }
}
