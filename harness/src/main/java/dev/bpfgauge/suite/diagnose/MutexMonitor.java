package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.MappedRing;
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
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code mutex-monitor}: waits for the kernel's locks (mutex-monitor.bpf.c). */
final class MutexMonitor implements Tool {
  static final String NAME = "mutex-monitor";

  /** Of mutex-monitor.h. */
  static final CStruct KEY =
      CStruct.of("lock_key", u64("stack"), u64("lock"), u32("tgid"), u32("kind"));

  /** Of mutex-monitor.h. */
  static final CStruct USE =
      CStruct.of(
          "lock_use",
          u64("waits"),
          u64("wait_ns"),
          u64s("longest", 2),
          u64s("longest_owned", 2),
          u32("inside"),
          u32("execs"),
          u32("owner_tgid"),
          u32("pad"),
          chars("comm", 16),
          chars("owner_comm", 16));

  /** Of mutex-monitor.h. */
  static final CStruct WAIT =
      CStruct.of(
          "lock_wait",
          u64("ended"),
          u64("wait_ns"),
          u64("lock"),
          u32("kind"),
          u32("tid"),
          u32("tgid"),
          u32("inside"),
          u32("owner_tgid"),
          u32("pad"),
          chars("comm", 16),
          chars("owner_comm", 16));

  private static final String INTERRUPTS = "[interrupts]";
  private static final int COMM_BYTES = 16;
  private static final int COUNTERS = 2;
  private static final int READERS = -1;
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(100);

  private static final List<HookSet> WAYS =
      InterruptPrograms.both(
          "tp_btf/contention_begin, contention_end",
          Set.of("on_begin"),
          Set.of("on_end"),
          "Linux 5.19 and its BTF");

  private static final List<Column> SUMS =
      List.of(
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("COMM", "comm", -16),
          new Column("KIND", "kind", -13),
          new Column("WAITS", "waits", 8),
          new Column("WAIT(ms)", "wait_ms", 10, 3),
          new Column("MAX-WAIT(ms)", "longest_wait_ms", 12, 3),
          new Column("OWNER", "owner_pid", -7),
          new Column("OWNER-COMM", "owner_comm", -16),
          new Column("LOCK", "lock", -18),
          new Column("NAME", "lock_name", -1));

  private static final List<Column> ROWS =
      List.of(
          new Column("TIME(s)", "time_s", -11, 6),
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("TID", "tid", -7),
          new Column("COMM", "comm", -16),
          new Column("KIND", "kind", -13),
          new Column("WAIT(ms)", "wait_ms", 10, 3),
          new Column("OWNER", "owner_pid", -7),
          new Column("OWNER-COMM", "owner_comm", -16),
          new Column("LOCK", "lock", -18),
          new Column("NAME", "lock_name", -1));

  private final Options options;
  private final Attachment attachment;
  private final CountedElements uses;
  private final @Nullable MappedRing ring;
  private final OptionalStacks stacks;
  private final Longest longest = new Longest();
  private final long startedAt;
  private @Nullable KernelVariables variables;
  private boolean headed = true;

  /**
   * What the user wishes.
   *
   * @param thresholdNanos a row for each wait that takes as long; 0: sums
   * @param stacks sums by the kernel's stacks as well
   * @param pid only waits of this process; 0 for all
   * @param most rows shown, of sums
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(long thresholdNanos, boolean stacks, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
      if (stacks && thresholdNanos > 0) {
        throw Refusal.option("--stacks is of sums: give it or --threshold, not both.");
      }
    }

    private void set(BpfObject object) {
      OptionalStacks.set(object, stacks);
      object.variable("threshold_ns").set(ValueLayout.JAVA_LONG, 0, thresholdNanos);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * Waits of a process for a lock in an interval.
   *
   * @param pid the machine's number; 0 for interrupts
   * @param inside its number in its own PID namespace
   * @param kind see {@link LockKind}
   * @param stack in the kernel, by name; 0 where none is wanted
   * @param owner who had it when the longest wait that saw an owner began: the process's number, 0
   *     where none did, -1 for readers
   */
  record Waited(
      int pid,
      int inside,
      String name,
      long lock,
      int kind,
      long stack,
      long waits,
      long nanos,
      long longestNanos,
      int owner,
      String ownerName) {}

  private MutexMonitor(Options options, long startedAt, Attachment attachment) {
    this.options = options;
    this.startedAt = startedAt;
    this.attachment = attachment;
    this.uses = new CountedElements(attachment.map("uses"), COUNTERS);
    this.stacks = OptionalStacks.of(attachment, options.stacks);
    this.ring = options.thresholdNanos == 0 ? null : MappedRing.open(attachment.map("rows"));
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static MutexMonitor attach(Options options) {
    long startedAt = KernelClock.nanos(); // before the first wait: no row's time is negative
    Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
    try {
      return new MutexMonitor(options, startedAt, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Tracing waits for the kernel's locks";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public List<String> warnings() {
    return stacks.warnings();
  }

  /** Waits since this was asked before; those that took most first. */
  List<Waited> since() {
    longest.begin(attachment.variable("interval"));
    List<Waited> found = new ArrayList<>();
    uses.takeChanges((key, value, added) -> found.add(waited(key, value, added)));
    found.sort(Comparator.comparingLong(Waited::nanos).reversed());
    return found;
  }

  private Waited waited(MemorySegment key, MemorySegment value, long[] added) {
    int pid = KEY.getInt(key, "tgid");
    boolean owned = longest.of(value, USE.offset("longest_owned")) > 0;
    int owner = owned ? USE.getInt(value, "owner_tgid") : 0;
    return new Waited(
        pid,
        USE.getInt(value, "inside"),
        pid == 0 ? INTERRUPTS : comm(USE, value, "comm"),
        KEY.getLong(key, "lock"),
        KEY.getInt(key, "kind"),
        KEY.getLong(key, "stack"),
        added[0],
        added[1],
        longest.of(value, USE.offset("longest")),
        owner,
        ownerName(owner, comm(USE, value, "owner_comm")));
  }

  private static String comm(CStruct struct, MemorySegment at, String field) {
    return Texts.of(at.asSlice(struct.offset(field), COMM_BYTES));
  }

  private static String ownerName(int owner, String comm) {
    return owner == READERS ? "[readers]" : owner == 0 ? "" : comm;
  }

  private String lockName(long lock, int kind) {
    if (LockKind.isOfMemory(kind)) {
      return "mmap_lock";
    }
    if (variables == null) {
      variables = KernelVariables.read(Path.of("/proc"));
    }
    return variables.of(lock);
  }

  private static String address(long lock) {
    return "0x" + Long.toHexString(lock);
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
    MappedRing rows = ring;
    return rows == null ? sums() : rows(rows);
  }

  private Rows sums() {
    stacks.begin();
    List<List<Object>> rows = since().stream().limit(options.most).map(this::row).toList();
    stacks.end();
    return new Rows(stacks.columns(SUMS), rows, true);
  }

  private List<Object> row(Waited waited) {
    List<Object> row = new ArrayList<>();
    Collections.addAll(
        row,
        waited.pid(),
        waited.inside(),
        waited.name(),
        LockKind.words(waited.kind()),
        waited.waits(),
        Decimal.millis(waited.nanos()),
        Decimal.millis(waited.longestNanos()),
        Math.max(0, waited.owner()),
        waited.ownerName(),
        address(waited.lock()),
        lockName(waited.lock(), waited.kind()));
    row.addAll(stacks.cell(waited.stack()));
    return row;
  }

  private Rows rows(MappedRing ring) {
    List<List<Object>> rows = new ArrayList<>();
    ring.consume((data, offset, _) -> rows.add(row(data.asSlice(offset, WAIT.size()))));
    boolean first = headed && !rows.isEmpty();
    headed &= !first;
    return new Rows(ROWS, rows, first);
  }

  private List<Object> row(MemorySegment wait) {
    int pid = WAIT.getInt(wait, "tgid");
    int owner = WAIT.getInt(wait, "owner_tgid");
    int kind = WAIT.getInt(wait, "kind");
    long lock = WAIT.getLong(wait, "lock");
    return List.of(
        Decimal.seconds(WAIT.getLong(wait, "ended") - startedAt),
        pid,
        WAIT.getInt(wait, "inside"),
        WAIT.getInt(wait, "tid"),
        pid == 0 ? INTERRUPTS : comm(WAIT, wait, "comm"),
        LockKind.words(kind),
        Decimal.millis(WAIT.getLong(wait, "wait_ns")),
        Math.max(0, owner),
        ownerName(owner, comm(WAIT, wait, "owner_comm")),
        address(lock),
        lockName(lock, kind));
  }

  @Override
  public Tally tally() {
    return attachment.tally(uses.totals()[0]);
  }

  @Override
  public void close() {
    if (ring != null) {
      ring.close();
    }
    stacks.close();
    uses.close();
    attachment.close();
  }
}
