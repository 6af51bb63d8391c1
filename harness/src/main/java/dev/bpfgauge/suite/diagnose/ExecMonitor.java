package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** {@code exec-monitor}: a row for each exec, failed ones too (exec-monitor.bpf.c). */
final class ExecMonitor extends RowByRow<Exec> {
  static final String NAME = "exec-monitor";

  private static final int FILE_BYTES = 256;

  /** AT_FDCWD of fcntl.h. */
  private static final int NO_FOLDER = -100;

  /** Of exec-monitor.h. */
  static final CStruct ROW =
      CStruct.of(
          "exec_row",
          u64("when"),
          u32("result"),
          u32("folder"),
          chars("who", Math.toIntExact(Identity.WHO.size())),
          chars("comm", 16),
          chars("file", FILE_BYTES),
          chars("arguments", Math.toIntExact(Arguments.LAYOUT.size())));

  private static final Set<String> CALLS = Set.of("on_exec", "on_execve", "on_execveat");
  private static final Set<String> CALLS_OF_32_BITS =
      Set.of("on_exec", "on_execve", "on_execveat", "on_compat_execve", "on_compat_execveat");

  static final HookSet BY_EVERY_CALL =
      new HookSet(
          "tp_btf/sched_process_exec, sys_exit",
          Set.of("on_exec", "on_sys_exit"),
          "Linux 5.14 and its BTF");

  private static final String NEEDS = "Linux 5.14 and its BTF and function tracing";
  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sched_process_exec, fexit/sys_execve, sys_execveat, also of 32 bits",
              CALLS_OF_32_BITS,
              NEEDS),
          new HookSet("tp_btf/sched_process_exec, fexit/sys_execve, sys_execveat", CALLS, NEEDS),
          BY_EVERY_CALL);

  private static final List<Column> COLUMNS =
      List.of(
          new Column("TIME(s)", "time_s", -11, 6),
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("UID", "uid", -5),
          new Column("RESULT", "result", -7),
          new Column("COMM", "comm", -15),
          new Column("PARENTS", "parents", -40),
          new Column("CGROUP", "cgroup", -24),
          new Column("FILE", "file", -1),
          new Column("ARGS", "args", -1));

  private final Options options;

  /**
   * What the user wishes.
   *
   * @param onlyFailed leaves out those that succeed
   * @param name only files whose name has this text in it; empty for all
   * @param uid only of this user; -1 for all
   * @param pid only of this process and its descendants; 0 for all
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean onlyFailed, String name, long uid, int pid, int injectNanos) {
    Options {
      Processes.require(pid);
    }

    private void set(BpfObject object) {
      object.variable("only_failed").set(ValueLayout.JAVA_BOOLEAN, 0, onlyFailed);
      object.variable("only_user").set(ValueLayout.JAVA_BOOLEAN, 0, uid >= 0);
      object.variable("user").set(ValueLayout.JAVA_INT, 0, (int) Math.max(0, uid));
      object.variable("under").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  private ExecMonitor(Options options, long startedAt, Attachment attachment) {
    ControlGroups groups = ControlGroups.ofThisHost();
    super(
        attachment, startedAt, RowsInOrder.PATIENCE, COLUMNS, row -> exec(row, groups), Exec::when);
    this.options = options;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it, or there is no such
   *     process
   */
  static ExecMonitor attach(Options options) {
    return attach(options, WAYS);
  }

  /** Attaches it by the first of these ways that this kernel takes. */
  static ExecMonitor attach(Options options, List<HookSet> ways) {
    long startedAt = KernelClock.nanos();
    return new ExecMonitor(options, startedAt, Attachment.of(NAME, ways, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing execs, a row for each";
  }

  @Override
  boolean wants(Exec exec) {
    return exec.file().substring(exec.file().lastIndexOf('/') + 1).contains(options.name);
  }

  @Override
  List<Object> row(Exec exec) {
    Identity who = exec.who();
    return List.of(
        time(exec.when()),
        who.pid(),
        who.ownPid(),
        who.uid(),
        exec.answer(),
        exec.comm(),
        who.chain(),
        who.cgroup(),
        exec.file(),
        exec.arguments().behind(exec.file()));
  }

  private static Exec exec(MemorySegment row, ControlGroups groups) {
    return new Exec(
        ROW.getLong(row, "when"),
        ROW.getInt(row, "result"),
        Identity.of(row.asSlice(ROW.offset("who"), Identity.WHO.size()), groups),
        Identity.text(ROW, row, "comm"),
        file(row),
        Arguments.of(row.asSlice(ROW.offset("arguments"))));
  }

  private static String file(MemorySegment row) {
    byte[] bytes = row.asSlice(ROW.offset("file"), FILE_BYTES - 1).toArray(ValueLayout.JAVA_BYTE);
    boolean cut = IntStream.range(0, bytes.length).noneMatch(i -> bytes[i] == 0);
    String file = Identity.text(ROW, row, "file") + (cut ? "…" : "");
    int folder = ROW.getInt(row, "folder");
    if (folder == NO_FOLDER || file.startsWith("/")) {
      return file;
    }
    return "/dev/fd/" + folder + (file.isEmpty() ? "" : "/" + file);
  }
}
