package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.Rows.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** {@code reboot}: who asks for a shutdown or restart, kept before it comes (reboot.bpf.c). */
final class Reboot extends RowByRow<Reboot.Request> {
  static final String NAME = "reboot";

  /** Of reboot.h. */
  static final CStruct ROW =
      CStruct.of(
          "request_row",
          u64("when"),
          u32("how"),
          u32("number"),
          chars("who", Math.toIntExact(Identity.WHO.size())),
          chars("comm", 16),
          chars("arguments", Math.toIntExact(Arguments.LAYOUT.size())));

  private static final String EVENTS = "tp_btf/sched_process_exec, signal_generate";
  private static final String NEEDS = "Linux 5.14 and its BTF and function tracing";
  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              EVENTS + ", and the system call by fentry, also of 32 bits",
              Set.of("on_exec", "on_signal", "on_call", "on_compat_call"),
              NEEDS + ", on x86"),
          new HookSet(
              EVENTS + ", and the system call by fentry",
              Set.of("on_exec", "on_signal", "on_call"),
              NEEDS),
          new HookSet(
              EVENTS + ", sys_enter",
              Set.of("on_exec", "on_signal", "on_sys_enter"),
              "Linux 5.14 and its BTF"));

  private static final List<Column> COLUMNS =
      List.of(
          new Column("TIME", "asked", -24),
          new Column("HOW", "how", -22),
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("UID", "uid", -5),
          new Column("COMM", "comm", -15),
          new Column("PARENTS", "parents", -40),
          new Column("CGROUP", "cgroup", -24),
          new Column("KEPT", "kept", -12),
          new Column("ARGS", "args", -1));

  /** Programs that do much else too: only these words among their arguments make it a request. */
  private static final Set<String> OF_MANY_USES = Set.of("systemctl", "init", "telinit");

  /** Many programs in one, by the first argument; by its name it is another. */
  private static final String BUSYBOX = "busybox";

  private static final Set<String> WORDS =
      Set.of(NAME, "soft-" + NAME, "poweroff", "halt", "kexec", "0", "6");

  /** What reboot(2) is asked for (include/uapi/linux/reboot.h). */
  private static final Map<Integer, String> CALLS =
      Map.of(
          0x01234567, "restart",
          0xa1b2c3d4, "restart with a word",
          0xcdef0123, "halt",
          0x4321fedc, "power off",
          0x45584543, "kexec",
          0xd000fce2, "suspend to disk",
          0x89abcdef, "Ctrl-Alt-Del on",
          0, "Ctrl-Alt-Del off");

  private final RequestLog log;

  /** The way somebody asked. */
  enum How {
    COMMAND,
    INIT,
    SIGNAL,
    CALL
  }

  /**
   * What the user wishes.
   *
   * @param file where requests are kept
   * @param kernelLog where they are said as well, e.g. {@code /dev/kmsg}
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(Path file, Path kernelLog, int injectNanos) {
    private void set(BpfObject object) {
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * Somebody asked.
   *
   * @param when ns, by {@link KernelClock}
   * @param asked the same by the clock on the wall
   * @param number of the signal, or what reboot(2) was asked for
   * @param kept where it was kept
   */
  record Request(
      long when,
      Instant asked,
      How how,
      int number,
      Identity who,
      String comm,
      Arguments arguments,
      String kept) {

    /** E.g. {@code SIGINT to process 1}. */
    String way() {
      return switch (how) {
        case COMMAND -> "command";
        case INIT -> "process 1 executes";
        case SIGNAL -> WaitStatus.signalName(number) + " to process 1";
        case CALL ->
            "system call: " + CALLS.getOrDefault(number, "0x%x, unknown".formatted(number));
      };
    }

    /** Whether it is one: some programs do much else. */
    boolean isRequest() {
      if (how != How.COMMAND) {
        return true;
      }
      Stream<String> words = arguments.words().stream().skip(1);
      return switch (comm) {
        case BUSYBOX -> words.limit(1).anyMatch(WORDS::contains);
        default ->
            !OF_MANY_USES.contains(comm)
                || words.map(word -> word.replaceFirst("\\.target$", "")).anyMatch(WORDS::contains);
      };
    }

    /** One line, as it is kept. */
    String sentence() {
      return "%s %s: process %d%s, user %d, %s: %s; from %s; control group %s"
          .formatted(
              asked,
              way(),
              who.pid(),
              who.pid() == who.ownPid() ? "" : " (%d of its PID namespace)".formatted(who.ownPid()),
              who.uid(),
              comm,
              arguments.line(),
              who.chain().isEmpty() ? "the kernel" : who.chain(),
              who.cgroup());
    }

    private Request keptIn(RequestLog log) {
      return new Request(
          when, asked, how, number, who, comm, arguments, isRequest() ? log.keep(sentence()) : "");
    }
  }

  private Reboot(RequestLog log, long startedAt, Attachment attachment) {
    ControlGroups groups = ControlGroups.ofThisHost();
    super(
        attachment,
        startedAt,
        Duration.ZERO,
        COLUMNS,
        row -> request(row, groups).keptIn(log),
        Request::when);
    this.log = log;
  }

  /**
   * Attaches it.
   *
   * @throws dev.bpfgauge.model.Refusal where this kernel does not take it, or nothing can be kept
   *     there
   */
  static Reboot attach(Options options) {
    RequestLog log = RequestLog.open(options.file, options.kernelLog);
    try {
      long startedAt = KernelClock.nanos();
      Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
      Reboot module = new Reboot(log, startedAt, attachment);
      log.begin(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " the watch begins");
      module.warmUp();
      return module;
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** The first sentence takes a JVM long, and a request may leave no time: one is made before. */
  private void warmUp() {
    MemorySegment row = MemorySegment.ofArray(new byte[Math.toIntExact(ROW.size())]);
    Request none = request(row, ControlGroups.ofThisHost());
    var _ = none.sentence();
    var _ = row(none);
  }

  @Override
  public String greeting() {
    return "Tracing who asks for a shutdown or restart, kept in " + log.file();
  }

  @Override
  public List<String> warnings() {
    return log.warnings();
  }

  @Override
  boolean wants(Request request) {
    return request.isRequest();
  }

  @Override
  List<Object> row(Request request) {
    Identity who = request.who();
    return List.of(
        request.asked().toString(),
        request.way(),
        who.pid(),
        who.ownPid(),
        who.uid(),
        request.comm(),
        who.chain(),
        who.cgroup(),
        request.kept(),
        request.arguments().line());
  }

  @Override
  void closed() {
    log.close();
  }

  private static Request request(MemorySegment row, ControlGroups groups) {
    long when = ROW.getLong(row, "when");
    return new Request(
        when,
        Instant.now().minusNanos(KernelClock.nanos() - when).truncatedTo(ChronoUnit.MILLIS),
        How.values()[ROW.getInt(row, "how")],
        ROW.getInt(row, "number"),
        Identity.of(row.asSlice(ROW.offset("who"), Identity.WHO.size()), groups),
        Identity.text(ROW, row, "comm"),
        Arguments.of(row.asSlice(ROW.offset("arguments"))),
        "");
  }
}
