package dev.bpfgauge.suite.prog;

import java.util.Set;

/** Which programs BPF_PROG_RUN runs, and on what (kernel: net/bpf/test_run.c). */
final class RunnableTypes {
  /** Numbers of enum bpf_prog_type. */
  private static final Set<Integer> ON_PACKETS =
      Set.of(
          1, // socket_filter
          3, // sched_cls
          4, // sched_act
          6, // xdp
          8, // cgroup_skb
          10, // lwt_in
          11, // lwt_out
          12, // lwt_xmit
          19, // lwt_seg6local
          22); // flow_dissector

  /** raw_tracepoint, raw_tracepoint_writable, syscall: each run is a call, and not timed. */
  private static final Set<Integer> BY_CALLS = Set.of(17, 24, 31);

  private static final int SK_LOOKUP = 30;

  private static final Set<Integer> ON_THE_LINK = Set.of(3, 4, 6);

  /** kprobe, tracepoint, raw_tracepoint, tracing. */
  private static final Set<Integer> TRACING = Set.of(2, 5, 17, 26);

  /**
   * Helpers that change what the traced process does: bpf_probe_write_user, bpf_override_return,
   * bpf_send_signal, bpf_send_signal_thread.
   */
  private static final Set<Integer> CHANGING = Set.of(36, 58, 109, 117);

  private RunnableTypes() {}

  /** Whether the packet that they see begins with its Ethernet header. */
  static boolean seesEthernet(int type) {
    return ON_THE_LINK.contains(type);
  }

  /**
   * Whether a program may be attached to this machine to see what it costs: it traces, by its
   * section where, and changes nothing.
   */
  static boolean attachable(ObjectInfo.ProgramInfo program) {
    String section = program.section().replaceFirst("\\+", "/");
    return TRACING.contains(program.typeNumber())
        && !section.matches("(fmod_ret|iter|lsm|uprobe|uretprobe|usdt|syscall)\\b.*")
        && section.contains("/")
        && program.helpers().stream().noneMatch(CHANGING::contains);
  }

  /** Whether BPF_PROG_RUN runs it on a context alone. */
  static boolean onContexts(int type) {
    return type == SK_LOOKUP || runsByCalls(type);
  }

  /** Whether the kernel neither repeats its runs nor says what they took. */
  static boolean runsByCalls(int type) {
    return BY_CALLS.contains(type);
  }

  static boolean onPackets(int type) {
    return ON_PACKETS.contains(type);
  }
}
