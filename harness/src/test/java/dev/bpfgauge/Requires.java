package dev.bpfgauge;

import dev.bpfgauge.machine.host.Capabilities;
import dev.bpfgauge.machine.host.Privileges;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs and does not bring along: the only place where a test is skipped (TestRulesTest
 * holds that). What rights or an installed package give is asked with {@link #that}, which fails
 * with {@code -Drequire.bpf=true}, as CI runs the tests; what only another kernel or another
 * machine has is asked with {@link #machine}, and skips, visibly, everywhere.
 */
public final class Requires {

  private Requires() {}

  /**
   * A right, or a program that {@code ./mvnw} installs: skips or fails the test unless {@code
   * available}; {@code what} names the thing needed.
   */
  public static void that(boolean available, String what) {
    if (Boolean.getBoolean("require.bpf")) {
      Assertions.assertTrue(available, () -> "this machine must have: " + what);
    } else {
      Assumptions.assumeTrue(available, () -> "this test needs: " + what);
    }
  }

  /**
   * A property of the kernel or the hardware that nobody can install: skips the test unless it
   * {@code has} it; {@code what} names it.
   */
  public static void machine(boolean has, String what) {
    Assumptions.assumeTrue(has, () -> "this test needs a machine with: " + what);
  }

  /** The right to create BPF maps, and libbpf. */
  public static void bpf() {
    that(
        Capabilities.probe().stream()
            .anyMatch(c -> c.name().equals("bpf.map.hash") && c.isSupported()),
        "BPF maps: root or CAP_BPF, and libbpf.so.1");
  }

  /** To be root, for mounts and for giving rights away. */
  public static void root() {
    that(Privileges.read().isRoot(), "root");
  }
}
