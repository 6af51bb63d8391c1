package dev.bpfgauge.run;

import dev.bpfgauge.machine.host.InstanceLock;
import dev.bpfgauge.model.Refusal;
import java.time.Duration;
import java.util.function.Consumer;

/** One harness at a time: for runs, and for commands that change what a run relies on. */
public final class MachineLock {
  private static final Duration EVERY = Duration.ofMillis(500);

  private final boolean waits;
  private final String hint;
  private final Consumer<String> told;

  private MachineLock(boolean waits, String hint, Consumer<String> told) {
    this.waits = waits;
    this.hint = hint;
    this.told = told;
  }

  /**
   * The lock for a command that is refused while another harness runs.
   *
   * @param hint what the user can do then: one sentence
   */
  public static MachineLock refusing(String hint) {
    return new MachineLock(false, hint, _ -> {});
  }

  /**
   * The lock for a command that waits until the other harness has ended.
   *
   * @param told gets a sentence that says whom it waits for
   */
  public static MachineLock waiting(Consumer<String> told) {
    return new MachineLock(true, "", told);
  }

  /**
   * Takes the machine's lock.
   *
   * @throws Refusal where another harness runs, and says which; or where this thread was
   *     interrupted while it waited
   */
  public InstanceLock take() {
    long pid = -1;
    while (true) {
      try {
        return InstanceLock.acquire();
      } catch (InstanceLock.HeldException e) {
        if (!waits) {
          throw new Refusal(Refusal.Kind.ENVIRONMENT, e.getMessage() + ". " + hint, e);
        }
        if (e.pid() != pid) {
          told.accept("Waiting: " + e.getMessage() + ".");
          pid = e.pid();
        }
      }
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(EVERY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(
          Refusal.Kind.ENVIRONMENT, "interrupted while it waited for another harness.", e);
    }
  }
}
