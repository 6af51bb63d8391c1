package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code exit-monitor}: a row for each process that ended (exit-monitor.bpf.c). */
final class ExitMonitor extends RowByRow<ExitMonitor.End> {
  static final String NAME = "exit-monitor";

  /** Of exit-monitor.h. */
  static final CStruct ROW =
      CStruct.of(
          "exit_row",
          u64("when"),
          u64("lived"),
          u64("cpu"),
          u32("status"),
          u32("tid"),
          chars("who", Math.toIntExact(Identity.WHO.size())),
          chars("comm", 16));

  private static final String LET_GO = "tp_btf/sched_process_exit, fentry/put_task_stack";
  private static final String BY_SWITCH = "tp_btf/sched_process_exit, sched_switch";

  /** Before 6.16 the tracepoint does not say which thread of a process was the last. */
  static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              LET_GO,
              Set.of("on_exit_told", "on_let_go"),
              "Linux 6.16 and its BTF and function tracing"),
          new HookSet(
              LET_GO,
              Set.of("on_exit", "on_let_go"),
              "Linux 5.14 and its BTF and function tracing"),
          new HookSet(BY_SWITCH, Set.of("on_exit_told", "on_switch"), "Linux 6.16 and its BTF"),
          new HookSet(BY_SWITCH, Set.of("on_exit", "on_switch"), "Linux 5.14 and its BTF"));

  private final Options options;

  /**
   * What the user wishes.
   *
   * @param onlyFailed leaves out those that ended with code 0
   * @param threads a row for each thread, not for each process
   * @param uid only of this user; -1 for all
   * @param pid only this process and its descendants; 0 for all
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean onlyFailed, boolean threads, long uid, int pid, int injectNanos) {
    Options {
      Processes.require(pid);
    }

    private void set(BpfObject object) {
      object.variable("only_failed").set(ValueLayout.JAVA_BOOLEAN, 0, onlyFailed);
      object.variable("threads").set(ValueLayout.JAVA_BOOLEAN, 0, threads);
      object.variable("only_user").set(ValueLayout.JAVA_BOOLEAN, 0, uid >= 0);
      object.variable("user").set(ValueLayout.JAVA_INT, 0, (int) Math.max(0, uid));
      object.variable("under").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * The end of a process or thread.
   *
   * @param when ns, by {@link KernelClock}
   * @param livedNanos from its start to its last moment on a CPU
   * @param cpuNanos on a CPU, of all its threads where it is a process's
   * @param how it ended
   */
  record End(
      long when,
      long livedNanos,
      long cpuNanos,
      WaitStatus how,
      int tid,
      Identity who,
      String comm) {}

  private ExitMonitor(Options options, long startedAt, Attachment attachment) {
    ControlGroups groups = ControlGroups.ofThisHost();
    super(
        attachment,
        startedAt,
        RowsInOrder.PATIENCE,
        columns(options),
        row -> end(row, groups),
        End::when);
    this.options = options;
  }

  private static List<Column> columns(Options options) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("TIME(s)", "time_s", -11, 6));
    columns.add(new Column("PID", "pid", -7));
    if (options.threads) {
      columns.add(new Column("TID", "tid", -7));
    }
    columns.add(new Column("NSPID", "ns_pid", -7));
    columns.add(new Column("UID", "uid", -5));
    columns.add(new Column("COMM", "comm", -15));
    columns.add(new Column("END", "end", -14));
    columns.add(new Column("LIVED(ms)", "lived_ms", 12, 3));
    columns.add(new Column("ON-CPU(ms)", "on_cpu_ms", 11, 3));
    columns.add(new Column("PARENTS", "parents", -40));
    columns.add(new Column("CGROUP", "cgroup", -1));
    return columns;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it, or there is no such
   *     process
   */
  static ExitMonitor attach(Options options) {
    return attach(options, WAYS);
  }

  /** Attaches it by the first of these ways that this kernel takes. */
  static ExitMonitor attach(Options options, List<HookSet> ways) {
    long startedAt = KernelClock.nanos();
    return new ExitMonitor(options, startedAt, Attachment.of(NAME, ways, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing ends of " + (options.threads ? "threads" : "processes") + ", a row for each";
  }

  @Override
  List<Object> row(End end) {
    Identity who = end.who();
    List<Object> row = new ArrayList<>();
    row.add(time(end.when()));
    row.add(who.pid());
    if (options.threads) {
      row.add(end.tid());
    }
    row.add(who.ownPid());
    row.add(who.uid());
    row.add(end.comm());
    row.add(end.how().toString());
    row.add(Decimal.millis(end.livedNanos()));
    row.add(Decimal.millis(end.cpuNanos()));
    row.add(who.chain());
    row.add(who.cgroup());
    return row;
  }

  /** How all ended since this was asked before. */
  List<WaitStatus> ways() {
    return events().stream().map(End::how).toList();
  }

  private static End end(MemorySegment row, ControlGroups groups) {
    return new End(
        ROW.getLong(row, "when"),
        ROW.getLong(row, "lived"),
        ROW.getLong(row, "cpu"),
        new WaitStatus(ROW.getInt(row, "status")),
        ROW.getInt(row, "tid"),
        Identity.of(row.asSlice(ROW.offset("who"), Identity.WHO.size()), groups),
        Identity.text(ROW, row, "comm"));
  }
}
