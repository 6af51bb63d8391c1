package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a program can hang, each with its program of hooks.bpf.c and the operation it is put on.
 */
enum Hook {
  RAW_TP(Runs.FOR_ALL, Needs.NOTHING),
  TP_BTF(Runs.FOR_ALL, Needs.BTF),
  TRACEPOINT(Runs.FOR_EACH, Needs.NOTHING),
  KPROBE(Runs.FOR_EACH, Needs.KPROBES),
  KRETPROBE(Runs.FOR_EACH, Needs.KPROBES),
  KPROBE_MULTI(Runs.FOR_EACH, Needs.KPROBES),
  FENTRY(Runs.FOR_EACH, Needs.BTF),
  FEXIT(Runs.FOR_EACH, Needs.BTF),
  UPROBE(Runs.FOR_EACH, Needs.UPROBES),
  URETPROBE(Runs.FOR_EACH, Needs.UPROBES),
  USDT(Runs.FOR_EACH, Needs.UPROBES),
  PERF_EVENT(Runs.FOR_ALL, Needs.NOTHING),
  XDP_RUN(Runs.FOR_EACH, Needs.NOTHING),
  TC_RUN(Runs.FOR_EACH, Needs.NOTHING),
  /** The kernel's own buffer is made first, then the program runs: any device can. */
  XDP_GENERIC(Runs.FOR_EACH, Needs.NOTHING),
  /** In the device's driver; a veth then receives in another way, which is part of the price. */
  XDP_NATIVE(Runs.FOR_EACH, Needs.NOTHING),
  TC_CLSACT(Runs.FOR_EACH, Needs.NOTHING),
  TC_TCX(Runs.FOR_EACH, Needs.NOTHING),
  CGROUP_SKB(Runs.FOR_ALL, Needs.NOTHING),
  SOCK_OPS(Runs.FOR_ALL, Needs.NOTHING),
  /** The 2024 comparison's program: every system call of every process, all maps, a line. */
  SYS_ENTER(Runs.FOR_ALL, Needs.NOTHING);

  /** What else may run the program while the operation goes on in this thread. */
  private enum Runs {
    /** Nothing of this thread. */
    FOR_EACH,
    /** Other system calls, or other page faults, of the same thread. */
    FOR_ALL
  }

  /** What the kernel must have been built with, and where that shows. */
  private enum Needs {
    NOTHING("", "/"),
    BTF("CONFIG_DEBUG_INFO_BTF", "/sys/kernel/btf/vmlinux"),
    KPROBES("CONFIG_KPROBES", "/sys/bus/event_source/devices/kprobe"),
    UPROBES("CONFIG_UPROBE_EVENTS", "/sys/bus/event_source/devices/uprobe");

    private final String option;
    private final Path shows;

    Needs(String option, String shows) {
      this.option = option;
      this.shows = Path.of(shows);
    }
  }

  private final Runs runs;
  private final Needs needs;

  Hook(Runs runs, Needs needs) {
    this.runs = runs;
    this.needs = needs;
  }

  private static Traced.Attachment xdpGeneric(BpfProgram program, int device) {
    return program.attachDevice(device, Uapi.BPF_XDP, Uapi.XDP_FLAGS_SKB_MODE)::close;
  }

  private static Traced.Attachment xdpNative(BpfProgram program, int device) {
    return program.attachDevice(device, Uapi.BPF_XDP, Uapi.XDP_FLAGS_DRV_MODE)::close;
  }

  private static Traced.Attachment tcx(BpfProgram program, int device) {
    return program.attachDevice(device, Uapi.BPF_TCX_INGRESS, 0)::close;
  }

  /** The operation, made ready; the caller closes it. */
  Traced traced() {
    return switch (this) {
      case RAW_TP, TP_BTF, TRACEPOINT, SYS_ENTER, FENTRY, FEXIT ->
          new SystemCall(BpfProgram::attach);
      case KPROBE -> new SystemCall(p -> p.attachKprobe(false, SystemCall.kernelName()));
      case KRETPROBE -> new SystemCall(p -> p.attachKprobe(true, SystemCall.kernelName()));
      case KPROBE_MULTI -> new SystemCall(p -> p.attachKprobeMulti(SystemCall.kernelName()));
      case UPROBE -> new LibraryCall(false);
      case URETPROBE -> new LibraryCall(true);
      case USDT -> new StaticProbe();
      case PERF_EVENT -> new PageFault();
      case XDP_RUN, TC_RUN -> new TestRun();
      case XDP_GENERIC -> new Frame(Hook::xdpGeneric);
      case XDP_NATIVE -> new Frame(Hook::xdpNative);
      case TC_CLSACT -> new Frame((program, device) -> program.attachIngress(device)::close);
      case TC_TCX -> new Frame(Hook::tcx);
      case CGROUP_SKB -> new InternetSocket(InternetSocket.Act.DATAGRAM);
      case SOCK_OPS -> new InternetSocket(InternetSocket.Act.LISTEN);
    };
  }

  /** The program of hooks.bpf.c. */
  String program() {
    return switch (this) {
      case XDP_RUN, XDP_GENERIC, XDP_NATIVE -> "xdp";
      case TC_RUN, TC_CLSACT, TC_TCX -> "tc";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /** Other things than the operation run the program as well. */
  boolean runsForMore() {
    return runs == Runs.FOR_ALL;
  }

  /** The program can ask which thread it runs in, and must: others come by. */
  boolean asksWhose() {
    return switch (this) {
      case XDP_RUN, XDP_GENERIC, XDP_NATIVE, TC_RUN, TC_CLSACT, TC_TCX, CGROUP_SKB, SOCK_OPS ->
          false;
      default -> true;
    };
  }

  /** Maps of hooks.bpf.c that libbpf needs for this hook. */
  List<String> maps() {
    return this == USDT ? List.of("__bpf_usdt_specs", "__bpf_usdt_ip_to_spec_id") : List.of();
  }

  /** What this kernel lacks, as {@code absent: CONFIG_KPROBES}. */
  Optional<String> absent() {
    return Files.exists(needs.shows)
        ? Optional.empty()
        : Optional.of(KernelsAnswer.ABSENT.says(needs.option));
  }

  /**
   * What a kernel lacks that refuses the hook with that errno, as {@code absent: …: }; empty where
   * the errno does not tell.
   */
  String perhapsAbsent(int errno) {
    boolean noSuch = errno == Errno.ENOENT || errno == Errno.ESRCH;
    boolean unknown = errno == Errno.EOPNOTSUPP || errno == Errno.ENOTSUPP || errno == Errno.EINVAL;
    return switch (this) {
      case FENTRY, FEXIT -> noSuch ? absentFunction(SystemCall.btfName()) : "";
      case KPROBE, KRETPROBE -> noSuch ? absentFunction(SystemCall.kernelName()) : "";
      case KPROBE_MULTI ->
          noSuch
              ? absentFunction(SystemCall.kernelName())
              : unknown ? KernelsAnswer.ABSENT.says("CONFIG_FPROBE: ") : "";
      case TRACEPOINT ->
          noSuch
              ? KernelsAnswer.ABSENT.says(
                  "tracepoint syscalls:sys_enter_getppid, CONFIG_FTRACE_SYSCALLS: ")
              : "";
      case SYS_ENTER ->
          noSuch ? KernelsAnswer.ABSENT.says("tracepoint raw_syscalls:sys_enter: ") : "";
      case RAW_TP, TP_BTF -> noSuch ? KernelsAnswer.ABSENT.says("raw tracepoint sys_enter: ") : "";
      case TC_CLSACT -> noSuch || unknown ? KernelsAnswer.ABSENT.says("CONFIG_NET_CLS_ACT: ") : "";
      case TC_TCX -> noSuch || unknown ? KernelsAnswer.ABSENT.says("tcx (Linux 6.6): ") : "";
      default -> "";
    };
  }

  private static String absentFunction(String name) {
    return KernelsAnswer.ABSENT.says("function " + name + " of the kernel, inlined or not there: ");
  }

  String word() {
    String name = name().toLowerCase(Locale.ROOT);
    return switch (this) {
      case KPROBE_MULTI, XDP_RUN, XDP_GENERIC, XDP_NATIVE, TC_RUN, TC_CLSACT, TC_TCX ->
          name.replace('_', '.');
      default -> name;
    };
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Hook::word).toList();
  }

  /**
   * The hook of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static Hook ofWord(String word) {
    return EnumWords.parse(List.of(values()), Hook::word, "hook", word);
  }

  /** What is measured unless the user says otherwise. */
  List<Body> usualBodies() {
    return this == SYS_ENTER
        ? List.of(Body.values())
        : List.of(Body.EMPTY, Body.COUNTER, Body.HASH, Body.RINGBUF, Body.PRINTK);
  }
}
