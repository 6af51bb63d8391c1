package dev.bpfgauge.stress;

/** What CPU time a fair scheduler leaves to the stressors when a benchmark competes with them. */
final class FairShare {
  private FairShare() {}

  /**
   * The least share of all CPUs the stressors get beside threads that are always busy.
   *
   * <p>A cpu worker of load L uses a slice c of CPU time, then sleeps c (1 − L) / L. Where n busy
   * threads share its CPU, the slice takes c (1 + n) of wall time, so it gets 1 / (n + 1 / L). This
   * is the least, as it assumes that no worker moves to a freer CPU.
   *
   * @param loadPercent load of each worker, one a CPU
   * @param busyThreads threads that compete, spread evenly
   * @return percent of all CPUs
   */
  static double percent(double loadPercent, int cpus, int busyThreads) {
    double load = loadPercent / 100;
    int most = Math.ceilDiv(busyThreads, cpus);
    int least = busyThreads / cpus;
    int cpusWithMost = busyThreads - least * cpus;
    double sum = cpusWithMost / (most + 1 / load) + (cpus - cpusWithMost) / (least + 1 / load);
    return 100 * sum / cpus;
  }
}
