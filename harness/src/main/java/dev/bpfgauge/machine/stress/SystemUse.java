package dev.bpfgauge.machine.stress;

import java.time.Duration;

/** How busy the system is. The run's sampler answers this, so that both tell one story. */
public interface SystemUse {

  /**
   * Watches the system for a while.
   *
   * @param window how long to watch
   * @return share of the time of all CPUs that this process may use which was not idle, 0 to 100;
   *     waiting for I/O counts as idle
   */
  double cpuPercent(Duration window) throws InterruptedException;

  /** The share of MemTotal that is not MemAvailable, 0 to 100. */
  double memoryUsedPercent();
}
