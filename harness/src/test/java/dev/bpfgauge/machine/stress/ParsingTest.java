package dev.bpfgauge.machine.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.host.Cgroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel's files and stress-ng's output say, on captures of real ones. */
class ParsingTest {
  private static final long MEBI = 1 << 20;

  @Test
  void readsMeminfo() throws IOException {
    var memory = MemoryFigures.parse(fixture("meminfo"));
    assertEquals(24_684_092L * 1024, memory.totalBytes());
    assertTrue(memory.usedPercent() > 0 && memory.usedPercent() < 100);
    assertThrows(IllegalArgumentException.class, () -> MemoryFigures.parse("MemTotal: 1 kB\n"));
  }

  @Test
  void readsAProcessWhoseNameHoldsBlanksAndParentheses() {
    var stat =
        Proc.Stat.parse(
            "19633 (a) b (c) R 19631 19628 4628 0 -1 4194304 301 0 0 0 245 12 0 0 20 0 1 0 1284311"
                + " 47935488 530 18446744073709551615 1 1 0 0 0 0 0 16781312 0 0 0 0 17 1 0 0 0 0");
    assertEquals(new Proc.Stat('R', 2_570_000_000L, 1_284_311), stat);
  }

  @Test
  void demandIsRunningAndReadyToRun() {
    assertEquals(646_555 + 123_474, Proc.demandNanos("646555 123474 2\n"));
  }

  @Test
  void ownMemoryIsAnonymousMemory() {
    assertEquals(
        1156 * 1024, Proc.anonymousBytes("VmRSS:\t    2120 kB\nRssAnon:\t    1156 kB\nRssFile: 9"));
    assertEquals(0, Proc.anonymousBytes("Name:\tkthreadd\n"), "a kernel thread has none");
  }

  @Test
  void readsCpuStatAndEvents() {
    assertEquals(
        314_433_019_000L,
        Cgroups.cpuNanos("usage_usec 314433019\nuser_usec 240151130\nsystem_usec 74281889\n"));
    assertTrue(Cgroups.isPopulated("populated 1\nfrozen 0\n"));
    assertFalse(Cgroups.isPopulated("populated 0\nfrozen 0\n"));
  }

  @Test
  void knowsWhatIsNoMemoryLimit() {
    assertEquals(OptionalLong.empty(), Cgroups.limit("max\n"));
    assertEquals(OptionalLong.empty(), Cgroups.limit("9223372036854771712\n"));
    assertEquals(OptionalLong.of(536_870_912), Cgroups.limit("536870912\n"));
  }

  @Test
  void findsOurCgroupOnAHybridMachine(@TempDir Path sys) throws IOException {
    Files.createDirectories(sys.resolve("memory/service/a"));
    Files.createDirectories(sys.resolve("unified"));
    var cgroups =
        Cgroups.parse(
            """
            9:name=systemd:/
            4:memory:/service/a
            2:cpu,cpuacct:/
            0::/
            """,
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """
                .replace("/sys/fs/cgroup", sys.toString()));
    assertEquals(Optional.of(sys.resolve("unified")), cgroups.unified());
    assertEquals(Optional.of(sys.resolve("memory/service/a")), cgroups.memoryV1());
  }

  @Test
  void findsOurCgroupOnAPureV2Machine(@TempDir Path sys) throws IOException {
    Files.createDirectories(sys.resolve("user.slice/session-3.scope"));
    var mount =
        "30 24 0:26 / %s rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n".formatted(sys);
    assertEquals(
        Optional.of(sys.resolve("user.slice/session-3.scope")),
        Cgroups.parse("0::/user.slice/session-3.scope\n", mount).unified());
    assertEquals(
        Optional.of(sys),
        Cgroups.parse("0::/../../outside\n", mount).unified(),
        "moved out of the cgroup namespace: the top of what is mounted");
    assertEquals(Optional.empty(), Cgroups.parse("0::/\n", "").unified());
  }

  @Test
  void theTightestMemoryLimitOnTheWayUpCounts(@TempDir Path sys) throws IOException {
    Path pod = group(sys.resolve("pod"), "1073741824", "805306368");
    Path container = group(pod.resolve("container"), "max", "104857600");
    var cgroups =
        new Cgroups(
            Optional.of(container),
            Optional.of(sys),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertEquals(OptionalLong.of(256 * MEBI), cgroups.memoryFreeBytes());
  }

  private static Path group(Path folder, String max, String current) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("cgroup.procs"), "");
    Files.writeString(folder.resolve("memory.max"), max + "\n");
    Files.writeString(folder.resolve("memory.current"), current + "\n");
    return folder;
  }

  @Test
  void takesWhatIsMissingToTheTarget() {
    var memory = new MemoryFigures(8192 * MEBI, 7372 * MEBI);
    assertEquals(
        8192 * MEBI / 100 * 75 - 820 * MEBI,
        MemoryRoom.bytesToTake(75, memory, OptionalLong.empty()));
  }

  @Test
  void refusesWhatTheOomKillerWouldAnswer() {
    var memory = new MemoryFigures(8192 * MEBI, 7372 * MEBI);
    assertTrue(
        refusal(95, memory, OptionalLong.empty())
            .startsWith("95 % of 8192 MiB would leave 409 MiB available, fewer than the 512 MiB"));
    assertTrue(
        refusal(75, memory, OptionalLong.of(1024 * MEBI))
            .contains("the memory limit of this cgroup leaves 1024 MiB"));
    assertTrue(
        refusal(75, new MemoryFigures(8192 * MEBI, 1000 * MEBI), OptionalLong.empty())
            .startsWith("88 % of the memory is in use already, more than the 75 % wanted"));
  }

  private static String refusal(int percent, MemoryFigures memory, OptionalLong cgroupFree) {
    return String.valueOf(
        assertThrows(
                ProfileException.class, () -> MemoryRoom.bytesToTake(percent, memory, cgroupFree))
            .getMessage());
  }

  @Test
  void readsStressNgsVersionAndFigures() throws IOException {
    assertEquals(
        "0.15.06", StressNg.version("stress-ng, version 0.15.06 (gcc 12.2.0, x86_64 Linux 6.18)"));
    assertThrows(ProfileException.class, () -> StressNg.version("command not found"));
    assertEquals(
        List.of(
            new StressNg.Metric("cpu", 1437, 2.843669), new StressNg.Metric("vm", 207, 2.967526)),
        StressNg.metrics(fixture("stress-ng-0.15.06.yaml")));
    assertEquals(List.of(), StressNg.metrics(""));
  }

  @Test
  void figuresOfOtherKindsAreReadOrNamed() {
    String yaml = "metrics:\n    - stressor: cpu\n      bogo-ops: %s\n";
    assertEquals(
        List.of(new StressNg.Metric("cpu", 1_000_000_000, 0)),
        StressNg.metrics(yaml.formatted("1e9")));
    var unreadable =
        assertThrows(ProfileException.class, () -> StressNg.metrics(yaml.formatted("1.2.3")));
    assertEquals(
        "stress-ng's figures cannot be read: bogo-ops is \"1.2.3\"", unreadable.getMessage());
  }

  @Test
  void memoryThatCannotBePromisedOrIsSetAsideIsNamed() {
    var strict = new MemoryFigures(8192 * MEBI, 7372 * MEBI, 0, 1000 * MEBI);
    assertTrue(
        refusal(75, strict, OptionalLong.empty()).contains("vm.overcommit_memory is 2"),
        refusal(75, strict, OptionalLong.empty()));
    var huge =
        MemoryFigures.parse(
            """
            MemTotal:        8388608 kB
            MemAvailable:    1048576 kB
            CommitLimit:     4000000 kB
            Committed_AS:    5000000 kB
            Hugetlb:         6291456 kB
            """);
    assertTrue(huge.promiseBytes() < 0, huge.toString());
    assertEquals(
        "88 % of the memory is in use already, more than the 75 % wanted: 6144 MiB are set aside"
            + " for huge pages: sysctl vm.nr_hugepages=0",
        refusal(75, huge, OptionalLong.empty()));
  }

  @Test
  void theCommandLineFitsTheVersion() {
    var profile =
        ProfileFile.parse(
            "description: d\ncpu: {load-percent: 80}\nmemory: {used-percent: 75}", "p.yaml", "p");
    var settings = LoadSettings.of(AllowedCpusOf.all(4), Duration.ofSeconds(90), Path.of("runs"));
    var yaml = Path.of("runs/f.yaml");
    assertEquals(
        "/usr/bin/stress-ng --keep-name --oomable --no-oom-adjust --cpu 4 --cpu-load 80"
            + " --cpu-load-slice 10 --cpu-method int64 --vm 3 --vm-bytes 3221225472 --vm-method"
            + " write64 --vm-madvise hugepage --vm-keep --vm-hang 0 --timeout 120 --temp-path runs"
            + " --metrics-brief --yaml runs/f.yaml",
        String.join(
            " ",
            new StressNg(Path.of("/usr/bin/stress-ng"), "0.15.06")
                .command(profile, settings, 3L << 30, 0, yaml)));
    assertFalse(
        new StressNg(Path.of("/usr/bin/stress-ng"), "0.13.00")
            .command(profile, settings, 0, 0, yaml)
            .contains("--no-oom-adjust"));
  }

  @Test
  void churnHasAWorkerOfEachKindForEachCpu() {
    var profile =
        ProfileFile.parse(
            "description: d\nchurn: {memory-percent: 30, files: yes, sockets: yes}", "c.yaml", "c");
    var command =
        new StressNg(Path.of("/usr/bin/stress-ng"), "0.15.06")
            .command(
                profile,
                LoadSettings.of(AllowedCpusOf.all(4), Duration.ofSeconds(90), Path.of("runs")),
                0,
                1L << 30,
                Path.of("runs/f.yaml"));
    assertTrue(
        String.join(" ", command)
            .contains(" --vm 4 --vm-bytes 1073741824 --hdd 4 --hdd-bytes 128m --sock 4 "),
        command.toString());
  }

  @Test
  void memoryWorkersAreFewerThanCpus() {
    assertEquals(1, StressNg.vmWorkers(5 * MEBI, 8));
    assertEquals(3, StressNg.vmWorkers(3L << 30, 8));
    assertEquals(8, StressNg.vmWorkers(1L << 40, 8));
  }

  @Test
  void fairShareFollowsFromTheSleepsAndPlacesOfTheWorkers() {
    assertEquals(80, FairShare.percent(80, 2, 0), 1e-9);
    assertEquals(50, FairShare.percent(80, 2, 1), 1e-9, "both workers on one CPU");
    assertEquals(100 / 2.25, FairShare.percent(80, 2, 2), 1e-9);
    assertEquals(100 / 3.25, FairShare.percent(80, 2, 4), 1e-9);
    assertEquals((127 * 80 + 100 / 2.25) / 128, FairShare.percent(80, 128, 1), 1e-9);
    assertEquals(50, FairShare.percent(100, 8, 8), 1e-9);
  }

  @Test
  void anOwnerIsDeadOnlyWhereItCanBeJudged() {
    var self = Owner.self();
    assertEquals(Optional.of(self), Owner.parse(self.toString()));
    assertFalse(self.isDead());
    assertTrue(
        new Owner(self.pidNamespace(), self.pid(), self.startTicks() + 1).isDead(),
        "the pid is used again");
    assertFalse(
        new Owner(self.pidNamespace() + 1, self.pid(), 0).isDead(), "another pid namespace");
    assertEquals(Optional.empty(), Owner.parse("systemd"));
  }

  private static String fixture(String name) throws IOException {
    try (var in = ParsingTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no fixture " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
