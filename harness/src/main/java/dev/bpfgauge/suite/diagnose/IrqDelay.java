package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.stacks.Symbols;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.StackMap;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code irq-delay}: where timers, and so interrupts, came late (irq-delay.bpf.c). */
final class IrqDelay implements Tool {
  static final String NAME = "irq-delay";

  /** Of irq-delay.h. */
  static final CStruct KEY = CStruct.of("timer_key", u64("function"), u32("cpu"), u32("soft"));

  private static final int SLOTS = 24;

  /** Of irq-delay.h. */
  static final CStruct USE =
      CStruct.of(
          "timer_use",
          u64("count"),
          u64("late"),
          u64("total_ns"),
          u64s("slots", SLOTS),
          u64s("longest", 2),
          u32("tgid"),
          u32("inside"),
          chars("comm", 16));

  /** Of irq-delay.h. */
  static final CStruct LATE =
      CStruct.of(
          "late_timer",
          u64("at"),
          u64("late_ns"),
          u64("function"),
          u32("cpu"),
          u32("soft"),
          u32("tgid"),
          u32("inside"),
          u32("more"),
          u32("zero"),
          chars("comm", 16));

  /** Of irq-delay.h. */
  static final CStruct STACK =
      CStruct.of(
          "late_stack", u64("kernel"), u64("user"), u32("tgid"), u32("zero"), chars("comm", 16));

  private static final String IDLE = "[idle]";
  private static final int COMM_BYTES = 16;
  private static final int COUNTERS = 3;
  private static final double MOST_OF = 0.99;
  private static final Path PROC = Path.of("/proc");
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(100);
  private static final long NANOS_BETWEEN_STEALS = TimeUnit.SECONDS.toNanos(1);

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/hrtimer_expire_entry, hrtimer_start",
              Set.of("on_expire", "on_start"),
              "Linux 5.14 and its BTF"));

  private static final Column CPU = new Column("CPU", "cpu", 3);
  private static final Column KIND = new Column("KIND", "kind", -4);
  private static final Column TIMER = new Column("TIMER", "timer", -24);
  private static final Column PID = new Column("PID", "pid", -7);
  private static final Column NSPID = new Column("NSPID", "ns_pid", -7);
  private static final Column COMM = new Column("COMM", "comm", -16);
  private static final Column STEAL = new Column("STEAL(ms)", "steal_ms", 9);

  private static final List<Column> SUMS =
      List.of(
          CPU,
          KIND,
          TIMER,
          new Column("COUNT", "count", 9),
          new Column("LATE", "late", 7),
          new Column("MEAN(us)", "mean_us", 9, 1),
          new Column("P99<(us)", "p99_below_us", 9),
          new Column("MAX(us)", "max_us", 10, 1),
          PID,
          NSPID,
          COMM,
          STEAL);

  private static final List<Column> ROWS =
      List.of(
          new Column("TIME(s)", "time_s", -11, 6),
          CPU,
          KIND,
          TIMER,
          new Column("LATE(us)", "late_us", 10, 1),
          new Column("MORE", "more", 6),
          PID,
          NSPID,
          COMM,
          STEAL);

  private final Options options;
  private final Attachment attachment;
  private final CountedElements timers;
  private final @Nullable CountedElements lateStacks;
  private final @Nullable StackMap stacks;
  private final @Nullable MappedRing ring;
  private final Symbols symbols = new Symbols(PROC);
  private final Longest longest = new Longest();
  private final StolenTime steal = new StolenTime(PROC);
  private final long startedAt;
  private long stealReadAt = System.nanoTime();
  private boolean headed = true;

  /** What is shown. */
  enum Shows {
    /** By CPU and timer. */
    SUMS,
    /** One by one. */
    ROWS,
    /** By what ran when they came at last. */
    STACKS
  }

  /**
   * What the user wishes.
   *
   * @param thresholdNanos so late is late; 1 or more
   * @param form of stacks; its {@code top} also says how many rows of sums
   * @param places for how many stacks there is room
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(
      Shows shows,
      long thresholdNanos,
      Halves halves,
      int places,
      CountedStacks.Form form,
      int injectNanos) {

    private boolean hasStacks() {
      return shows == Shows.STACKS;
    }

    private void set(BpfObject object) {
      boolean stacks = hasStacks();
      object.variable("threshold_ns").set(ValueLayout.JAVA_LONG, 0, thresholdNanos);
      object.variable("with_rows").set(ValueLayout.JAVA_BOOLEAN, 0, shows == Shows.ROWS);
      object
          .variable("kernel_stacks")
          .set(ValueLayout.JAVA_BOOLEAN, 0, stacks && halves.hasKernel());
      object.variable("user_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, stacks && halves.hasUser());
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (stacks) {
        StackMap.resize(object, places);
        object.resize("late_stacks", places);
      } else { // What nobody needs takes no memory.
        List.of("stacks", "scratches", "late_stacks").forEach(object::leaveOut);
      }
      if (shows != Shows.ROWS) {
        object.leaveOut("rows");
      }
    }
  }

  /**
   * A timer function's expiries on a CPU in an interval.
   *
   * @param timer the function's name
   * @param soft whether in a soft interrupt
   * @param late how many were late by the threshold or more
   * @param nanos the lateness of all
   * @param slots microseconds by log2
   * @param longestNanos the lateness of the latest
   * @param pid who ran then; 0 for nobody
   * @param inside the same in its own PID namespace
   */
  record Expired(
      int cpu,
      boolean soft,
      String timer,
      long count,
      long late,
      long nanos,
      List<Long> slots,
      long longestNanos,
      int pid,
      int inside,
      String comm) {

    /** 99 of 100 were late by less, in microseconds; a power of two. */
    long mostBelowMicros() {
      long wanted = (long) Math.ceil(MOST_OF * count);
      long seen = 0;
      int slot = 0;
      while (slot < slots.size() - 1 && (seen += slots.get(slot)) < wanted) {
        slot++;
      }
      return 2L << slot;
    }
  }

  private IrqDelay(Options options, long startedAt, Attachment attachment) {
    this.options = options;
    this.startedAt = startedAt;
    this.attachment = attachment;
    this.timers = new CountedElements(attachment.map("timers"), COUNTERS + SLOTS);
    this.lateStacks =
        options.hasStacks() ? new CountedElements(attachment.map("late_stacks"), 1) : null;
    this.stacks = options.hasStacks() ? StackMap.of(attachment) : null;
    this.ring = options.shows == Shows.ROWS ? MappedRing.open(attachment.map("rows")) : null;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it
   */
  static IrqDelay attach(Options options) {
    long startedAt = KernelClock.nanos(); // before the first timer: no row's time is negative
    Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
    try {
      return new IrqDelay(options, startedAt, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Tracing how late timers come";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** The names are read here, before there is trouble. */
  @Override
  public List<String> warnings() {
    if (stacks != null) {
      return stacks.warnings(options.halves.hasKernel(), options.halves.hasUser());
    }
    List<String> warnings = new ArrayList<>();
    if (!symbols.knowsTheKernel()) {
      warnings.add(StackMap.NO_KALLSYMS);
    }
    if (!steal.isTold()) {
      warnings.add(StolenTime.WHY_NOT_TOLD);
    }
    return warnings;
  }

  @Override
  public boolean isForPrograms() {
    return options.form.folded();
  }

  /** Expiries since this was asked before; those with the latest first. */
  List<Expired> since() {
    longest.begin(attachment.variable("interval"));
    symbols.refresh();
    List<Expired> found = new ArrayList<>();
    timers.takeChanges((key, value, added) -> found.add(expired(key, value, added)));
    found.sort(Comparator.comparingLong(Expired::longestNanos).reversed());
    return found;
  }

  private Expired expired(MemorySegment key, MemorySegment value, long[] added) {
    int pid = USE.getInt(value, "tgid");
    return new Expired(
        KEY.getInt(key, "cpu"),
        KEY.getInt(key, "soft") != 0,
        function(KEY.getLong(key, "function")),
        added[0],
        added[1],
        added[2],
        Arrays.stream(added).skip(COUNTERS).boxed().toList(),
        longest.of(value, USE.offset("longest")),
        pid,
        USE.getInt(value, "inside"),
        comm(USE, value, pid));
  }

  private String function(long address) {
    return symbols.ofKernel(new long[] {address}).getFirst();
  }

  private static String comm(CStruct struct, MemorySegment at, int pid) {
    return pid == 0 ? IDLE : Texts.of(at.asSlice(struct.offset("comm"), COMM_BYTES));
  }

  private static String kind(boolean soft) {
    return soft ? "soft" : "hard";
  }

  @Override
  public void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    MappedRing rows = ring;
    if (rows == null) {
      Thread.sleep(time);
      return;
    }
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      rows.await(Duration.ofNanos(Math.min(left, BETWEEN_READINGS.toNanos())));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Findings found = rows(rows);
      if (!found.isEmpty()) {
        live.accept(found);
      }
    }
  }

  @Override
  public Findings take() {
    return switch (options.shows) {
      case SUMS -> sums();
      case ROWS -> rows(Objects.requireNonNull(ring));
      case STACKS -> stacks();
    };
  }

  private Rows sums() {
    List<Expired> found = since();
    steal.read();
    return new Rows(SUMS, found.stream().limit(options.form.top()).map(this::row).toList(), true);
  }

  private List<Object> row(Expired expired) {
    return List.of(
        expired.cpu(),
        kind(expired.soft()),
        expired.timer(),
        expired.count(),
        expired.late(),
        Decimal.micros(expired.nanos() / expired.count()),
        expired.mostBelowMicros(),
        Decimal.micros(expired.longestNanos()),
        expired.pid(),
        expired.inside(),
        expired.comm(),
        steal.cell(expired.cpu()));
  }

  private Rows rows(MappedRing ring) {
    List<MemorySegment> late = new ArrayList<>();
    ring.consume((data, offset, _) ->
        late.add(
            MemorySegment.ofArray(
                data.asSlice(offset, LATE.size()).toArray(ValueLayout.JAVA_BYTE))));
    if (!late.isEmpty() || System.nanoTime() - stealReadAt > NANOS_BETWEEN_STEALS) {
      stealReadAt = System.nanoTime();
      steal.read();
    }
    if (!late.isEmpty()) {
      symbols.refresh();
    }
    boolean first = headed && !late.isEmpty();
    headed &= !first;
    return new Rows(ROWS, late.stream().map(this::row).toList(), first);
  }

  private List<Object> row(MemorySegment late) {
    int cpu = LATE.getInt(late, "cpu");
    int pid = LATE.getInt(late, "tgid");
    return List.of(
        Decimal.seconds(LATE.getLong(late, "at") - startedAt),
        cpu,
        kind(LATE.getInt(late, "soft") != 0),
        function(LATE.getLong(late, "function")),
        Decimal.micros(LATE.getLong(late, "late_ns")),
        LATE.getInt(late, "more"),
        pid,
        LATE.getInt(late, "inside"),
        comm(LATE, late, pid),
        steal.cell(cpu));
  }

  private CountedStacks stacks() {
    StackMap map = Objects.requireNonNull(stacks);
    map.begin();
    List<CountedStacks.Counted> found = new ArrayList<>();
    Objects.requireNonNull(lateStacks)
        .takeChanges((key, _, added) -> found.add(counted(map, key, added[0])));
    map.end();
    return new CountedStacks("", "us late", found, options.form);
  }

  private static CountedStacks.Counted counted(StackMap map, MemorySegment key, long nanos) {
    int pid = STACK.getInt(key, "tgid");
    return new CountedStacks.Counted(
        comm(STACK, key, pid),
        pid,
        map.kernel(STACK.getLong(key, "kernel")),
        map.process(pid, STACK.getLong(key, "user")),
        TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  @Override
  public Tally tally() {
    return attachment.tally(timers.totals()[0]);
  }

  @Override
  public void close() {
    if (ring != null) {
      ring.close();
    }
    if (stacks != null) {
      stacks.close();
    }
    if (lateStacks != null) {
      lateStacks.close();
    }
    timers.close();
    attachment.close();
  }
}
