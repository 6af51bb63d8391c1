package dev.bpfgauge;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. Without it the test is skipped, visibly; with {@code
 * -Drequire.bpf=true}, as CI runs it, it fails.
 */
public final class Requires {

  private Requires() {}

  /** Skips or fails the test unless {@code available}; {@code what} names the thing needed. */
  public static void that(boolean available, String what) {
    if (Boolean.getBoolean("require.bpf")) {
      Assertions.assertTrue(available, () -> "this machine must have: " + what);
    } else {
      Assumptions.assumeTrue(available, () -> "this test needs: " + what);
    }
  }
}
