package dev.bpfgauge.machine.stress;

/** What CPU time a fair scheduler leaves to the stressors when a benchmark competes with them. */
final class FairShare {
  private FairShare() {}

  /**
   * The least share of all CPUs the stressors get beside threads that are always busy.
   *
   * <p>Spread evenly: a cpu worker of load L uses a slice c of CPU time, then sleeps c (1 − L) / L.
   * Where n busy threads share its CPU, the slice takes c (1 + n) of wall time, so the worker gets
   * 1 / (n + 1 / L). Stacked: the scheduler may leave a CPU to each busy thread alone and all
   * workers to the other CPUs. Both were seen; the smaller one is the answer.
   *
   * @param loadPercent load of each worker, one a CPU
   * @param busyThreads threads that compete
   * @return percent of all CPUs
   */
  static double percent(double loadPercent, int cpus, int busyThreads) {
    double spread = spreadEvenly(loadPercent / 100, cpus, busyThreads);
    double stacked = busyThreads < cpus ? cpus - busyThreads : cpus;
    return 100 * Math.min(spread, stacked) / cpus;
  }

  /** In CPUs. */
  private static double spreadEvenly(double load, int cpus, int busyThreads) {
    int least = busyThreads / cpus;
    int cpusWithOneMore = busyThreads % cpus;
    return cpusWithOneMore / (least + 1 + 1 / load) + (cpus - cpusWithOneMore) / (least + 1 / load);
  }
}
