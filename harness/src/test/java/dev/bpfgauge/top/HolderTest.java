package dev.bpfgauge.top;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Lines of /proc/PID/cgroup as systemd, docker and kubelet make them. */
class HolderTest {
  private static final String ID =
      "4f0e8a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f50617";

  @Test
  void aServiceIsTheInnermostUnit() {
    Holder holder = holder("0::/system.slice/system-foo.slice/foo@1.service\n");
    assertEquals("foo@1.service", holder.unit());
    assertEquals("", holder.container());
  }

  @Test
  void aContainerIsNamedByTheBeginningOfItsId() {
    assertEquals("4f0e8a5b6c7d", holder("0::/system.slice/docker-" + ID + ".scope\n").container());
    assertEquals("4f0e8a5b6c7d", holder("0::/kubepods/burstable/pod1/" + ID + "\n").container());
  }

  @Test
  void whereOnlyVersionOneIsUsedSystemdsOwnHierarchyTells() {
    String file = "3:cpu:/\n1:name=systemd:/system.slice/ssh.service\n0::/\n";
    assertEquals("/system.slice/ssh.service", Holder.cgroupOf(file));
    assertEquals("/", Holder.cgroupOf("0::/\n"));
    assertEquals("", Holder.cgroupOf(""));
  }

  private static Holder holder(String file) {
    return new Holder(1, "x", Holder.cgroupOf(file));
  }
}
