package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Why BPF_PROG_RUN did not run a program, in one sentence (kernel: net/bpf/test_run.c). */
final class RunReason {
  private static final int ETHERNET_BYTES = 14;

  /** Of a page of 4 KiB, less what the kernel puts before and behind a packet. */
  private static final int ROOM = 3_520;

  private RunReason() {}

  /** Of what the kernel answered to an input. */
  static String of(int type, ProgInput input, BpfException e) {
    long bytes = input.packetBytes();
    List<String> said = new ArrayList<>();
    if (input.packet() != null && bytes < ETHERNET_BYTES) {
      said.add("the packet has %d bytes, and an Ethernet header has 14".formatted(bytes));
    }
    if (bytes > ROOM) {
      said.add(
          "the packet has %d bytes, and kernels take a page less their headroom, some %d of 4096"
              .formatted(bytes, ROOM));
    }
    MemorySegment context = input.context();
    if (context != null) {
      said.add(context(type, context.byteSize(), bytes));
    }
    return "BPF_PROG_RUN does not run it here: "
        + (said.isEmpty()
            ? String.valueOf(e.getMessage()).lines().findFirst().orElse("")
            : e.errnoName() + "; " + String.join("; ", said));
  }

  private static String context(int type, long context, long packet) {
    String rule =
        switch (type) {
          case 6 -> // xdp
              "a struct xdp_md has data_meta 0, and data_end is the packet's length, " + packet;
          case 17, 24 -> // raw_tracepoint
              "a raw tracepoint's arguments are 8 bytes each, at least as many as it reads, 12 at"
                  + " most";
          case 22 -> "it is a struct bpf_flow_keys with flags alone"; // flow_dissector
          case 30 -> "it is a struct bpf_sk_lookup with family, protocol, addresses and ports";
          case 31 -> "it has at least the bytes that the program reads"; // syscall
          default ->
              "a struct __sk_buff has mark, priority, ifindex, cb, tstamp, wire_len and gso fields"
                  + " alone";
        };
    return "its context has %d bytes: ".formatted(context) + rule;
  }
}
