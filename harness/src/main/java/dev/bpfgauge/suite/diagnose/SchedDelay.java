package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code sched-delay}: who could run and waited for a CPU (bpf/tools/sched-delay.bpf.c). */
final class SchedDelay implements Tool {
  static final String NAME = "sched-delay";

  private static final int COMM_BYTES = 16;

  /** Of sched-delay.h. */
  static final CStruct USE =
      CStruct.of(
          "delay_use",
          u64("waits"),
          u64("wait_ns"),
          u64s("longest", 2),
          u64("started"),
          u32("tgid"),
          u32("inside"),
          chars("comm", COMM_BYTES));

  /** Of sched-delay.h. */
  static final CStruct ROW =
      CStruct.of(
          "delay_row",
          u64("ended"),
          u64("wait_ns"),
          u32("tgid"),
          u32("tid"),
          u32("inside"),
          u32("cpu"),
          u32("on_queue"),
          u32("before_tgid"),
          chars("comm", COMM_BYTES),
          chars("before_comm", COMM_BYTES));

  private static final String IDLE = "[idle]";
  private static final int COUNTERS = 2;
  private static final int USES_OF_THREADS = 65_536;

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sched_switch",
              Set.of("on_switch"),
              "Linux 5.14, its BTF, CONFIG_SCHED_INFO and CONFIG_FAIR_GROUP_SCHED"));

  private static final List<Column> ROWS =
      List.of(
          new Column("TIME(s)", "time_s", -11, 6),
          new Column("CPU", "cpu", -4),
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("TID", "tid", -7),
          new Column("COMM", "comm", -16),
          new Column("WAIT(ms)", "wait_ms", 10, 3),
          new Column("ON-QUEUE", "on_queue", 8),
          new Column("BEFORE", "before_pid", -7),
          new Column("BEFORE-COMM", "before_comm", -1));

  private final Options options;
  private final Attachment attachment;
  private final CountedElements uses;
  private final @Nullable RowsInOrder<Delayed> rows;
  private final Longest longest = new Longest();
  private final long startedAt;
  private boolean headed = true;

  /**
   * What the user wishes.
   *
   * @param thresholdNanos a row for each wait that takes as long; 0: sums
   * @param eachThread sums by thread, not by process
   * @param pid only waits of this process; 0 for all
   * @param most rows shown, of sums
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(long thresholdNanos, boolean eachThread, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
      if (eachThread && thresholdNanos > 0) {
        throw Refusal.option("--threads is of sums: give it or --threshold, not both.");
      }
    }

    private void set(BpfObject object, boolean byThread) {
      Attachment.chooseStorage(object, "delays", "threads", byThread);
      object.variable("threshold_ns").set(ValueLayout.JAVA_LONG, 0, thresholdNanos);
      object.variable("each_thread").set(ValueLayout.JAVA_BOOLEAN, 0, eachThread);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (eachThread) {
        object.resize("uses", USES_OF_THREADS);
      }
      if (thresholdNanos == 0) {
        object.leaveOut("rows");
      }
    }
  }

  /**
   * Waits of a process, or of a thread, in an interval.
   *
   * @param pid the machine's number of the process
   * @param inside its number in its own PID namespace
   * @param tid of the thread; of the process's sums its own number
   */
  record Waited(
      int pid, int inside, int tid, String name, long waits, long nanos, long longestNanos) {}

  /**
   * A wait that took long.
   *
   * @param onQueue threads that ran or waited on that CPU when it came, itself included
   * @param before the process that ran there until then; 0 for none
   */
  record Delayed(
      long ended,
      long nanos,
      int cpu,
      int pid,
      int inside,
      int tid,
      String name,
      int onQueue,
      int before,
      String beforeName) {
    private static Delayed of(MemorySegment row) {
      int before = ROW.getInt(row, "before_tgid");
      return new Delayed(
          ROW.getLong(row, "ended"),
          ROW.getLong(row, "wait_ns"),
          ROW.getInt(row, "cpu"),
          ROW.getInt(row, "tgid"),
          ROW.getInt(row, "inside"),
          ROW.getInt(row, "tid"),
          Identity.text(ROW, row, "comm"),
          ROW.getInt(row, "on_queue"),
          before,
          before == 0 ? IDLE : Identity.text(ROW, row, "before_comm"));
    }
  }

  private SchedDelay(Options options, long startedAt, Attachment attachment) {
    this.options = options;
    this.startedAt = startedAt;
    this.attachment = attachment;
    this.uses = new CountedElements(attachment.map("uses"), COUNTERS);
    this.rows =
        options.thresholdNanos == 0
            ? null
            : new RowsInOrder<>(
                attachment.map("rows"), RowsInOrder.PATIENCE, Delayed::of, Delayed::ended);
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static SchedDelay attach(Options options) {
    return attach(options, Attachment.storageIsUnsafe());
  }

  /**
   * Attaches it in a certain way.
   *
   * @param byThread with a hash map in place of tasks' own storage
   */
  static SchedDelay attach(Options options, boolean byThread) {
    long startedAt = KernelClock.nanos(); // before the first row: no time is negative
    Attachment attachment =
        Attachment.of(NAME, WAYS, object -> options.set(object, byThread), _ -> {});
    try {
      return new SchedDelay(options, startedAt, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Tracing waits for a CPU";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Waits that ended since this was asked before; those that took most first. */
  List<Waited> since() {
    longest.begin(attachment.variable("interval"));
    List<Waited> found = new ArrayList<>();
    uses.takeChanges((key, value, added) ->
        found.add(
            new Waited(
                USE.getInt(value, "tgid"),
                USE.getInt(value, "inside"),
                key.get(ValueLayout.JAVA_INT_UNALIGNED, 0),
                Identity.text(USE, value, "comm"),
                added[0],
                added[1],
                longest.of(value, USE.offset("longest")))));
    found.sort(Comparator.comparingLong(Waited::nanos).reversed());
    return found;
  }

  /** Waits that took long since this was asked before, in the order of their ends. */
  List<Delayed> delayed() {
    return rows == null ? List.of() : rows.take();
  }

  @Override
  public void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    if (rows == null) {
      Thread.sleep(time);
      return;
    }
    rows.follow(time, found -> live.accept(rows(found)));
  }

  @Override
  public Findings take() {
    return rows == null ? sums() : rows(rows.take());
  }

  private Rows sums() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("PID", "pid", -7));
    columns.add(new Column("NSPID", "ns_pid", -7));
    if (options.eachThread) {
      columns.add(new Column("TID", "tid", -7));
    }
    columns.add(new Column("COMM", "comm", -16));
    columns.add(new Column("WAITS", "waits", 9));
    columns.add(new Column("WAIT(ms)", "wait_ms", 11, 3));
    columns.add(new Column("MAX-WAIT(ms)", "longest_wait_ms", 12, 3));
    return new Rows(columns, since().stream().limit(options.most).map(this::row).toList(), true);
  }

  private List<Object> row(Waited waited) {
    List<Object> row = new ArrayList<>();
    row.add(waited.pid());
    row.add(waited.inside());
    if (options.eachThread) {
      row.add(waited.tid());
    }
    row.add(waited.name());
    row.add(waited.waits());
    row.add(Decimal.millis(waited.nanos()));
    row.add(Decimal.millis(waited.longestNanos()));
    return row;
  }

  private Rows rows(List<Delayed> found) {
    boolean first = headed && !found.isEmpty();
    headed &= !first;
    return new Rows(ROWS, found.stream().map(this::row).toList(), first);
  }

  private List<Object> row(Delayed each) {
    return List.of(
        Decimal.seconds(each.ended() - startedAt),
        each.cpu(),
        each.pid(),
        each.inside(),
        each.tid(),
        each.name(),
        Decimal.millis(each.nanos()),
        each.onQueue(),
        each.before(),
        each.beforeName());
  }

  @Override
  public Tally tally() {
    return attachment.tally(uses.totals()[0]);
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
    }
    uses.close();
    attachment.close();
  }
}
