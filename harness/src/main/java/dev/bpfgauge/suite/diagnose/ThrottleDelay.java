package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.QuotaGroups.Limited;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code throttle-delay}: what control groups lose to their CPU quota: how long the kernel stopped
 * them, by its own count, and which threads waited for that (bpf/tools/throttle-delay.bpf.c).
 */
final class ThrottleDelay implements Tool {
  static final String NAME = "throttle-delay";

  private static final int GROUP_NAME_BYTES = 64;
  private static final int COMM_BYTES = 16;

  /** Of throttle-delay.h. */
  static final CStruct KEY = CStruct.of("throttle_key", u64("group"), u32("number"), u32("zero"));

  /** Of throttle-delay.h. */
  static final CStruct USE =
      CStruct.of(
          "throttle_use",
          u64("waits"),
          u64("wait_ns"),
          u64s("longest", 2),
          u64("started"),
          u32("tgid"),
          u32("inside"),
          chars("comm", COMM_BYTES),
          chars("group_name", GROUP_NAME_BYTES));

  private static final String NONE_SEEN = "[none seen]";
  private static final String GONE = "gone";
  private static final int COUNTERS = 2;

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sched_switch, sched_wakeup, sched_wakeup_new, sched_migrate_task",
              Set.of("on_switch", "on_wakeup", "on_wakeup_new", "on_migrate"),
              "Linux 5.14, its BTF and CONFIG_CFS_BANDWIDTH"));

  private final Options options;
  private final Attachment attachment;
  private final CountedElements uses;
  private final QuotaGroups groups;
  private final Longest longest = new Longest();

  /**
   * What the user wishes.
   *
   * @param eachThread by thread, not by process
   * @param pid only waits of this process; 0 for all
   * @param most rows shown
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean eachThread, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
    }

    private void set(BpfObject object, boolean byThread) {
      Attachment.chooseStorage(object, "waiting", "threads", byThread);
      object.variable("each_thread").set(ValueLayout.JAVA_BOOLEAN, 0, eachThread);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * Waits of a process, or of a thread, while its group was stopped, in an interval.
   *
   * @param group path of its group, or {@code …/} and its folder where that is gone
   * @param quota the group with the quota; empty where it is gone
   * @param pid the machine's number of the process; 0 where a group was stopped and no wait seen
   * @param inside its number in its own PID namespace
   * @param tid of the thread; of the process's sums its own number
   */
  record Waited(
      String group,
      Optional<Limited> quota,
      int pid,
      int inside,
      int tid,
      String name,
      long waits,
      long nanos,
      long longestNanos) {
    private long stoppedNanos() {
      return quota.map(each -> each.stops().nanos()).orElse(0L);
    }

    private static Waited nobody(Limited quota) {
      return new Waited(quota.path(), Optional.of(quota), 0, 0, 0, NONE_SEEN, 0, 0, 0);
    }
  }

  private ThrottleDelay(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.uses = new CountedElements(attachment.map("uses"), COUNTERS);
    this.groups = new QuotaGroups();
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static ThrottleDelay attach(Options options) {
    return attach(options, Attachment.storageIsUnsafe());
  }

  /**
   * Attaches it in a certain way.
   *
   * @param byThread with a hash map in place of tasks' own storage
   */
  static ThrottleDelay attach(Options options, boolean byThread) {
    Attachment attachment =
        Attachment.of(NAME, WAYS, object -> options.set(object, byThread), _ -> {});
    try {
      return new ThrottleDelay(options, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  @Override
  public String greeting() {
    return "Tracing waits for a CPU quota";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Since this was asked before: the groups stopped longest first, and in them who waited most. */
  List<Waited> since() {
    groups.next();
    longest.begin(attachment.variable("interval"));
    List<Waited> found = new ArrayList<>();
    uses.takeChanges((key, value, added) -> found.add(waited(key, value, added)));
    if (options.pid == 0) {
      groups.limited().stream()
          .filter(group -> group.stops().stopped() > 0 || group.stops().nanos() > 0)
          .filter(group -> found.stream().noneMatch(each -> each.group.equals(group.path())))
          .forEach(group -> found.add(Waited.nobody(group)));
    }
    found.sort(
        Comparator.comparingLong(Waited::stoppedNanos)
            .reversed()
            .thenComparing(Waited::group)
            .thenComparing(Comparator.comparingLong(Waited::nanos).reversed()));
    return found;
  }

  private Waited waited(MemorySegment key, MemorySegment value, long[] added) {
    Optional<Limited> quota = groups.thatStopped(KEY.getLong(key, "group"));
    return new Waited(
        quota.map(Limited::path).orElseGet(() -> "…/" + Identity.text(USE, value, "group_name")),
        quota,
        USE.getInt(value, "tgid"),
        USE.getInt(value, "inside"),
        KEY.getInt(key, "number"),
        Identity.text(USE, value, "comm"),
        added[0],
        added[1],
        longest.of(value, USE.offset("longest")));
  }

  @Override
  public Findings take() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("PID", "pid", -7));
    columns.add(new Column("NSPID", "ns_pid", -7));
    if (options.eachThread) {
      columns.add(new Column("TID", "tid", -7));
    }
    columns.add(new Column("COMM", "comm", -16));
    columns.add(new Column("WAITS", "waits", 7));
    columns.add(new Column("WAIT(ms)", "wait_ms", 11, 3));
    columns.add(new Column("MAX-WAIT(ms)", "longest_wait_ms", 12, 3));
    columns.add(new Column("CPUS", "quota_cpus", 6, 2));
    columns.add(new Column("PERIODS", "periods", 7));
    columns.add(new Column("THROTTLED", "throttled_periods", 9));
    columns.add(new Column("THROTTLED(ms)", "throttled_ms", 13, 3));
    columns.add(new Column("CGROUP", "cgroup", -1));
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
    row.add(waited.quota().<Object>map(each -> Decimal.of(each.cpus())).orElse(GONE));
    row.add(waited.quota().<Object>map(each -> each.stops().periods()).orElse(GONE));
    row.add(waited.quota().<Object>map(each -> each.stops().stopped()).orElse(GONE));
    row.add(waited.quota().<Object>map(each -> Decimal.millis(each.stops().nanos())).orElse(GONE));
    row.add(waited.group());
    return row;
  }

  @Override
  public Tally tally() {
    return attachment.tally(uses.totals()[0]);
  }

  @Override
  public void close() {
    uses.close();
    attachment.close();
  }
}
