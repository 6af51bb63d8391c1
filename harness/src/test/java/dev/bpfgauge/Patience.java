package dev.bpfgauge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long a test waits for what must happen. It proves nothing about time: it ends a test that
 * hangs, and is therefore longer than anything takes on a machine that is busy with other work.
 */
public final class Patience {
  public static final long SECONDS = 1800;

  private static final Duration EACH = Duration.ofMillis(20);

  private Patience() {}

  /** Waits until it is so; fails where it never is. */
  public static void until(String what, BooleanSupplier condition) throws InterruptedException {
    until(what, condition, () -> true);
  }

  /** The same, but fails at once where what is to bring it about has ended. */
  public static void until(String what, BooleanSupplier condition, BooleanSupplier goesOn)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(goesOn.getAsBoolean() || condition.getAsBoolean(), "ended before: " + what);
      assertTrue(System.nanoTime() < end, "hangs; waited for: " + what);
      Thread.sleep(EACH);
    }
  }
}
