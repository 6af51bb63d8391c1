package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;

/**
 * BPF run-time statistics, on while this is open: {@link BpfProgram.Info#runTimeNanos} and {@link
 * BpfProgram.Info#runCount} then grow. They cost every program on the machine about 20 ns a run
 * (kernel commit 492ecee892c2) and end with this process. Linux 5.8 and newer.
 */
public final class RunTimeStats implements AutoCloseable {

  private final int fd;
  private final Lifetime lifetime = new Lifetime("run-time statistics");

  private RunTimeStats(int fd) {
    this.fd = fd;
  }

  /** Switches them on; needs CAP_SYS_ADMIN. */
  public static RunTimeStats enable() {
    int fd = LibBpf.bpf_enable_stats(Uapi.BPF_STATS_RUN_TIME);
    if (fd < 0) {
      throw new BpfException("bpf_enable_stats", "run time", -fd);
    }
    return new RunTimeStats(fd);
  }

  public int fd() {
    return lifetime.call("fd", () -> fd);
  }

  /** Switches them off, unless another process holds them on too. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> BpfMap.closeFd(fd));
  }
}
