package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32s;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code irq-stats}: hard and soft interrupts, how many and how long (irq-stats.bpf.c). */
final class IrqStats implements Tool {
  static final String NAME = "irq-stats";

  /** Of irq-stats.h. */
  static final CStruct KEY =
      CStruct.of("irq_key", u64("action"), u32("kind"), u32("number"), u32("cpu"), u32("zero"));

  /** Of irq-stats.h. */
  static final CStruct COUNT =
      CStruct.of(
          "irq_count",
          u64("count"),
          u64("total_ns"),
          u64("by_thread"),
          u64s("longest_ns", 2),
          u32s("interval", 2),
          chars("name", 24));

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int COUNTERS = 3;
  private static final int MILLIS = 200;

  /** The kernel counts a line once, however many devices' handlers share it. */
  private static final String SHARED = " ";

  private static final Set<String> HANDLERS =
      Set.of("on_hard_entry", "on_hard_exit", "on_soft_entry", "on_soft_exit");
  private static final Set<String> VECTORS =
      Stream.of("local_timer", "reschedule", "call_function", "call_function_single", "irq_work")
          .flatMap(event -> Stream.of("on_" + event + "_entry", "on_" + event + "_exit"))
          .collect(Collectors.toUnmodifiableSet());

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/irq_handler_*, softirq_*, and the local APIC's vectors",
              Stream.concat(HANDLERS.stream(), VECTORS.stream()).collect(Collectors.toSet()),
              "Linux 5.14 and its BTF, on x86"),
          new HookSet("tp_btf/irq_handler_*, softirq_*", HANDLERS, "Linux 5.14 and its BTF"));

  /** As /proc/softirqs names them (include/linux/interrupt.h). */
  private static final List<String> SOFT =
      List.of(
          "HI",
          "TIMER",
          "NET_TX",
          "NET_RX",
          "BLOCK",
          "IRQ_POLL",
          "TASKLET",
          "SCHED",
          "HRTIMER",
          "RCU");

  /** In the order of irq-stats.h; as /proc/interrupts names them. */
  private static final List<String> VECTOR = List.of("LOC", "RES", "CAL", "IWI");

  private static final Map<String, String> WORDS =
      Map.of("LOC", "local timer", "RES", "reschedule", "CAL", "function call", "IWI", "IRQ work");

  private final Options options;
  private final Attachment attachment;
  private final CountedElements counts;
  private final List<Column> columns;
  private long taken = System.nanoTime();

  /** What interrupted. */
  enum Kind {
    HARD,
    SOFT,
    VECTOR
  }

  /**
   * What the user wishes.
   *
   * @param eachCpu a row for each CPU
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean eachCpu, int injectNanos) {
    private void set(BpfObject object) {
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /** Whose a row is; the CPU is -1 where all are together. */
  record Who(Kind kind, int number, String name, int cpu) {
    /** As /proc/interrupts and /proc/softirqs have it. */
    String label() {
      return switch (kind) {
        case HARD -> Integer.toString(number);
        case SOFT -> number < SOFT.size() ? SOFT.get(number) : Integer.toString(number);
        case VECTOR -> VECTOR.get(number);
      };
    }
  }

  /** What was counted of one in an interval. */
  record Counted(long count, long nanos, long byThread, long longestNanos) {
    private Counted plus(Counted other) {
      return new Counted(
          count + other.count,
          nanos + other.nanos,
          byThread + other.byThread,
          Math.max(longestNanos, other.longestNanos));
    }
  }

  private IrqStats(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.counts = new CountedElements(attachment.map("counts"), COUNTERS);
    List<Column> all = new ArrayList<>();
    if (options.eachCpu) {
      all.add(new Column("CPU", "cpu", 3));
    }
    all.add(new Column("KIND", "kind", -4));
    all.add(new Column("IRQ", "irq", -8));
    all.add(new Column("NAME", "name", -18));
    all.add(new Column("COUNT", "count", 9));
    all.add(new Column("THREAD%", "by_thread_percent", 7, 1));
    all.add(new Column("MEAN(us)", "mean_us", 9, 1));
    all.add(new Column("MAX(us)", "max_us", 9, 1));
    all.add(new Column("CPU%", "cpu_percent", 6, 2));
    this.columns = all;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it
   */
  static IrqStats attach(Options options) {
    return new IrqStats(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing hard and soft interrupts";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Counts and times since this was asked before. */
  Map<Who, Counted> since() {
    MemorySegment interval = attachment.variable("interval");
    int ending = interval.get(ValueLayout.JAVA_INT, 0);
    interval.set(ValueLayout.JAVA_INT, 0, ending + 1);
    Map<Who, Counted> found = new HashMap<>();
    counts.takeChanges((key, value, added) -> {
      found.merge(
          who(key, value),
          new Counted(added[0], added[1], added[2], longest(value, ending)),
          Counted::plus);
    });
    return found;
  }

  /**
   * Holds the counts against the kernel's for a while: each must lie between what the kernel
   * counted just inside of this interval and just around it.
   *
   * @throws IllegalStateException where one does not
   */
  void prove() {
    long counted = KernelCounts.agree(this::compare);
    if (counted == 0) {
      throw new IllegalStateException("no interrupt was counted in " + MILLIS + " ms");
    }
  }

  private long compare() {
    Path proc = Path.of("/proc");
    InterruptCounts aroundBegin = InterruptCounts.read(proc);
    var _ = since();
    InterruptCounts begin = InterruptCounts.read(proc);
    try {
      TimeUnit.MILLISECONDS.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    InterruptCounts end = InterruptCounts.read(proc);
    Map<Who, Counted> found = since();
    InterruptCounts aroundEnd = InterruptCounts.read(proc);
    Map<String, Long> least = end.since(begin);
    Map<String, Long> most = aroundEnd.since(aroundBegin);
    Map<String, Long> ours =
        found.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.getKey().label() + SHARED + each.getKey().name(),
                    Collectors.summingLong(each -> each.getValue().count())));
    long counted = 0;
    for (Map.Entry<String, Long> each : ours.entrySet()) {
      String label = each.getKey().substring(0, each.getKey().indexOf(SHARED));
      if (each.getValue() < least.getOrDefault(label, 0L)
          || each.getValue() > most.getOrDefault(label, Long.MAX_VALUE)) {
        throw new IllegalStateException(
            "%s: counted %d, the kernel between %d and %d"
                .formatted(label, each.getValue(), least.get(label), most.get(label)));
      }
      counted += each.getValue();
    }
    return counted;
  }

  /** Of the interval that ended; what came while it was read is in its counts as well. */
  private static long longest(MemorySegment count, int ending) {
    long longest = 0;
    for (int place = 0; place < 2; place++) {
      long intervals = COUNT.offset("interval");
      int interval = count.get(INT, intervals + (long) place * Integer.BYTES);
      if (interval == ending || interval == ending + 1) {
        long nanos = count.get(LONG, COUNT.offset("longest_ns") + (long) place * Long.BYTES);
        longest = Math.max(longest, nanos);
      }
    }
    return longest;
  }

  private Who who(MemorySegment key, MemorySegment value) {
    CStruct.Field name = Objects.requireNonNull(COUNT.fields().get("name"));
    Kind kind = Kind.values()[KEY.getInt(key, "kind")];
    int number = KEY.getInt(key, "number");
    return new Who(
        kind,
        number,
        kind == Kind.HARD
            ? Texts.of(value.asSlice(name.offset(), name.size()))
            : kind == Kind.VECTOR ? WORDS.getOrDefault(VECTOR.get(number), "") : "",
        options.eachCpu ? KEY.getInt(key, "cpu") : -1);
  }

  @Override
  public Findings take() {
    Map<Who, Counted> found = since();
    long now = System.nanoTime();
    long passed = now - taken;
    taken = now;
    return new Rows(
        columns,
        found.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<Who, Counted> each) -> each.getValue().nanos())
                    .reversed())
            .map(each -> row(each.getKey(), each.getValue(), passed))
            .toList(),
        true);
  }

  private List<Object> row(Who who, Counted counted, long passed) {
    List<Object> row = new ArrayList<>(columns.size());
    if (options.eachCpu) {
      row.add(who.cpu());
    }
    row.add(who.kind() == Kind.SOFT ? "soft" : "hard");
    row.add(who.label());
    row.add(who.name());
    row.add(counted.count());
    row.add(Decimal.of(100.0 * counted.byThread() / counted.count()));
    row.add(Decimal.micros(counted.nanos() / counted.count()));
    row.add(Decimal.micros(counted.longestNanos()));
    row.add(Decimal.of(100.0 * counted.nanos() / passed));
    return row;
  }

  @Override
  public Tally tally() {
    return attachment.tally(counts.totals()[0]);
  }

  @Override
  public void close() {
    counts.close();
    attachment.close();
  }
}
