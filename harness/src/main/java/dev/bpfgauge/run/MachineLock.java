package dev.bpfgauge.cli;

import dev.bpfgauge.host.InstanceLock;
import dev.bpfgauge.results.Refusal;

/** For commands that change what a running harness relies on. */
final class MachineLock {
  private MachineLock() {}

  /**
   * Takes the machine's lock.
   *
   * @throws Refusal with the pid of the harness that runs
   */
  static InstanceLock take() {
    try {
      return InstanceLock.acquire();
    } catch (InstanceLock.HeldException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, String.valueOf(e.getMessage()), e);
    }
  }
}
