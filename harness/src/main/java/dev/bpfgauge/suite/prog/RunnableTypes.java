package dev.bpfgauge.suite.prog;

import java.util.Set;

/** Which programs BPF_PROG_RUN runs on a packet (kernel: net/bpf/test_run.c). */
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

  private static final Set<Integer> ON_THE_LINK = Set.of(3, 4, 6);

  private RunnableTypes() {}

  /** Whether the packet that they see begins with its Ethernet header. */
  static boolean seesEthernet(int type) {
    return ON_THE_LINK.contains(type);
  }

  static boolean onPackets(int type) {
    return ON_PACKETS.contains(type);
  }
}
