package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the control group of this process is, from lines of real machines. */
class InternetSocketTest {
  private static final List<String> MOUNTS =
      List.of(
          "cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0",
          "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0");

  @Test
  void theUnifiedGroupCounts() {
    assertEquals(
        Path.of("/sys/fs/cgroup/unified/system.slice/x.service"),
        InternetSocket.folder(MOUNTS, List.of("1:cpu:/other", "0::/system.slice/x.service")));
    assertEquals(
        Path.of("/sys/fs/cgroup/unified"),
        InternetSocket.folder(MOUNTS, List.of("1:cpu:/other", "0::/")));
  }

  @Test
  void aMachineWithoutItSaysHowToMountIt() {
    Refusal refusal =
        assertThrows(
            Refusal.class, () -> InternetSocket.folder(MOUNTS.subList(0, 1), List.of("0::/")));
    assertTrue(String.valueOf(refusal.getMessage()).contains("mount -t cgroup2"));
  }
}
