package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What taskset, a cpuset and a quota leave, from the files in which the kernel tells it. */
class AllowedCpusTest {
  @TempDir Path folder;

  @Test
  void aWholeMachineIsAll() throws IOException {
    put("sys/devices/system/cpu/online", "0-3");
    put("proc/self/status", "Name:\tjava\nCpus_allowed:\tf\nCpus_allowed_list:\t0-127\n");
    AllowedCpus allowed = read();
    assertEquals(List.of(0, 1, 2, 3), allowed.cpus(), "offline places in the mask are no CPUs");
    assertTrue(allowed.areAll());
    assertFalse(allowed.isThrottled());
    assertEquals("all", allowed.describe());
  }

  @Test
  void affinityLeavesTheseOnly() throws IOException {
    put("sys/devices/system/cpu/online", "0-11");
    put("proc/self/status", "Cpus_allowed_list:\t1,3-5,8-20\n");
    AllowedCpus allowed = read();
    assertEquals(List.of(1, 3, 4, 5, 8, 9, 10, 11), allowed.cpus());
    assertEquals("1,3-5,8-11 of 0-11", allowed.describe());
  }

  @Test
  void theSmallestQuotaOnTheWayUpHolds() throws IOException {
    put("sys/devices/system/cpu/online", "0-3");
    put("proc/self/status", "Cpus_allowed_list:\t0-3\n");
    put("proc/self/cgroup", "0::/a/b\n");
    put(
        "proc/self/mountinfo",
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
    for (String cgroup : List.of("", "/a", "/a/b")) {
      put("sys/fs/cgroup" + cgroup + "/cgroup.procs", "");
    }
    put("sys/fs/cgroup/a/cpu.max", "150000 100000");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000");
    AllowedCpus allowed = read();
    assertEquals(OptionalDouble.of(1.5), allowed.quota());
    assertTrue(allowed.isThrottled());
    assertEquals("all, quota of 1.50 CPUs", allowed.describe());
  }

  @Test
  void versionOneTellsItsQuotaInTwoFiles() throws IOException {
    put("sys/devices/system/cpu/online", "0-1");
    put("proc/self/cgroup", "4:cpu,cpuacct:/docker/x\n1:memory:/docker/x\n");
    put(
        "proc/self/mountinfo",
        "33 23 0:29 /docker/x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n");
    put("sys/fs/cgroup/cpu/cgroup.procs", "");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
    assertEquals(OptionalDouble.of(0.5), read().quota());
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
    assertEquals(OptionalDouble.empty(), read().quota());
  }

  @Test
  void thisProcessMayRunSomewhere() {
    AllowedCpus here = AllowedCpus.read();
    assertTrue(here.online().containsAll(here.cpus()), here.toString());
    assertTrue(here.cpus().size() >= Runtime.getRuntime().availableProcessors(), here.toString());
  }

  private AllowedCpus read() {
    return AllowedCpus.read(Roots.under(folder));
  }

  private void put(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }
}
