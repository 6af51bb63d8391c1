package dev.bpfgauge.tool;

import dev.bpfgauge.libbpf.BpfMap;

/** The places that bpf/tools/tool.h has for the CPUs. */
final class Places {
  private static final int MOST = 512;

  /**
   * Those that this machine's CPUs use: reading all of them a second would cost more than a tool.
   */
  static final int USED = Math.min(MOST, BpfMap.possibleCpus());

  private Places() {}
}
