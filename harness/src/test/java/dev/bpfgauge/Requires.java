package dev.bpfgauge;

import dev.bpfgauge.host.Capabilities;
import dev.bpfgauge.host.Privileges;
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
