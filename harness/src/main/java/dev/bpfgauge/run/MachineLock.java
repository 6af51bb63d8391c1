package dev.bpfgauge.run;

import dev.bpfgauge.host.InstanceLock;
import dev.bpfgauge.results.Refusal;

/** One harness at a time: for runs, and for commands that change what a run relies on. */
public final class MachineLock {
  private MachineLock() {}

  /**
   * Takes the machine's lock.
   *
   * @throws Refusal with the pid of the harness that runs
   */
  public static InstanceLock take() {
    try {
      return InstanceLock.acquire();
    } catch (InstanceLock.HeldException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, String.valueOf(e.getMessage()), e);
    }
  }
}
