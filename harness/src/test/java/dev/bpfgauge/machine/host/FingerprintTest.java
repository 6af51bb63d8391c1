package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.LoadedPrograms;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.FingerprintPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes two runs comparable, from the files of several machines. */
class FingerprintTest {

  /** A virtual machine on an AMD EPYC, shortened to the lines that are read. */
  private static final String X86 =
      """
      processor\t: 0
      vendor_id\t: AuthenticAMD
      cpu family\t: 26
      model\t\t: 2
      model name\t: AMD EPYC
      stepping\t: 1
      microcode\t: 0x1000065
      flags\t\t: fpu vme de pse tsc msr hypervisor lahf_lm

      processor\t: 1
      vendor_id\t: AuthenticAMD
      cpu family\t: 26
      model\t\t: 2
      model name\t: AMD EPYC
      stepping\t: 1
      microcode\t: 0x1000065
      flags\t\t: fpu vme de pse tsc msr hypervisor lahf_lm
      """;

  /** The arm64 format (arch/arm64/kernel/cpuinfo.c) with a Neoverse N1's numbers. */
  private static final String ARM64 =
      """
      processor\t: 0
      BogoMIPS\t: 243.75
      Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics
      CPU implementer\t: 0x41
      CPU architecture: 8
      CPU variant\t: 0x3
      CPU part\t: 0xd0c
      CPU revision\t: 1
      """;

  @TempDir Path folder;

  @Test
  void x86NamesModelMicrocodeAndHypervisor() {
    assertEquals(
        new CpuInfo("AMD EPYC (family 26 model 2 stepping 1)", "0x1000065", true),
        CpuInfo.parse(X86));
  }

  @Test
  void arm64IsNamedByItsIdentificationRegister() {
    assertEquals(
        new CpuInfo("implementer 0x41 part 0xd0c variant 0x3 revision 1", "", false),
        CpuInfo.parse(ARM64));
  }

  @Test
  void differentCoresOfOneMachineAreAllNamed() {
    String bigLittle = ARM64 + "\n" + ARM64.replace("0xd0c", "0xd05").replace(": 0\n", ": 1\n");
    assertEquals(
        "implementer 0x41 part 0xd0c variant 0x3 revision 1"
            + " + implementer 0x41 part 0xd05 variant 0x3 revision 1",
        CpuInfo.parse(bigLittle).model());
    assertEquals("unknown", CpuInfo.parse("").model());
  }

  @Test
  void onlyParametersThatMatterAreKept() {
    assertEquals(
        "mitigations=auto,nosmt isolcpus=3 psi=1 intel_idle.max_cstate=1",
        Fingerprint.parameters(
            "BOOT_IMAGE=/vmlinuz root=UUID=secret quiet mitigations=auto,nosmt isolcpus=3 psi=1"
                + " intel_idle.max_cstate=1 console=ttyS0"));
    assertEquals("none that matter", Fingerprint.parameters("root=/dev/vda quiet"));
  }

  @Test
  void aDetailOfAMitigationMakesADifference() throws IOException {
    FakeMachine machine = new FakeMachine(folder);
    String spectre = "sys/devices/system/cpu/vulnerabilities/spectre_v2";
    machine.put("sys/devices/system/cpu/vulnerabilities/mds", "Not affected");
    machine.put(spectre, "Mitigation: Retpolines; STIBP: disabled");
    String first = value("mitigations");
    machine.put(spectre, "Mitigation: Retpolines; STIBP: always-on");
    String second = value("mitigations");
    assertTrue(first.startsWith("spectre_v2: Mitigation: Retpolines ["), first);
    assertNotEquals(first, second);
  }

  @Test
  void powerManagementIsPartOfIt() throws IOException {
    FakeMachine machine = FakeMachine.of("intel-pstate", folder);
    assertEquals("intel_pstate, governor powersave, turbo on", value("cpufreq"));
    assertEquals("intel_idle, governor menu, states POLL C1 C1E C6 (off)", value("cpuidle"));
    assertEquals("4", value("cpus online"));
    machine.put("sys/devices/system/cpu/intel_pstate/no_turbo", "1");
    assertEquals("intel_pstate, governor powersave, turbo off", value("cpufreq"));
    assertEquals("none", Fingerprint.read(Roots.under(folder.resolve("x"))).get("cpufreq"));
  }

  @Test
  void aVirtualMachineIsToldFromBareMetalOfTheSameVendor() throws IOException {
    FakeMachine machine = new FakeMachine(folder);
    machine.put("sys/class/dmi/id/sys_vendor", "Amazon EC2");
    machine.put("sys/class/dmi/id/product_name", "m7g.large");
    assertEquals("virtual machine, Amazon EC2 m7g.large", value("virtualisation"));
    machine.put("sys/class/dmi/id/product_name", "m7g.metal");
    assertEquals("none seen, Amazon EC2 m7g.metal", value("virtualisation"));
    machine.put("proc/cpuinfo", X86);
    assertTrue(value("virtualisation").startsWith("virtual machine"));
  }

  @Test
  void memoryIsRoundedToWholeGibibytes() {
    assertEquals("24 GiB", Fingerprint.memory("MemTotal:       24684092 kB\nMemFree: 1 kB"));
    assertEquals("unknown", Fingerprint.memory(""));
  }

  @Test
  void twoReadingsOfThisMachineAreEqual() {
    SortedMap<String, String> first = Fingerprint.read(Roots.SYSTEM);
    SortedMap<String, String> second = Fingerprint.read(Roots.SYSTEM);
    // Others may come and go between the two: they have tests of their own.
    for (FingerprintPart others :
        List.of(FingerprintPart.OTHER_PROGRAMS, FingerprintPart.BPF_STATISTICS)) {
      assertTrue(first.containsKey(others.word()));
      second.put(others.word(), first.getOrDefault(others.word(), ""));
    }
    assertEquals(first, second);
    assertFalse(first.containsValue(""));
    assertNotEquals("unknown", first.get("cpu"));
  }

  @Test
  void optionsFromTheEnvironmentCountAndThoseOfTheCommandLineDoNot() {
    List<String> own = List.of("java", "-Xmx1g", "-jar", "harness.jar", "run");
    assertEquals("none", ProcessConditions.jvmFlags(List.of("-Xmx1g"), own));
    assertEquals(
        "-Xint -XX:-UseCompressedOops",
        ProcessConditions.jvmFlags(
            List.of(
                "-Xint", "-Dfile.encoding=UTF-8", "-Xlog:gc", "-Xmx1g", "-XX:-UseCompressedOops"),
            own));
    assertEquals(
        "-Xmx1g -javaagent:/opt/agent.jar",
        ProcessConditions.jvmFlags(
            List.of("-Xmx1g", "-javaagent:/opt/agent.jar=token=secret", "-Xmx1g"), own));
  }

  @Test
  void whatThisProcessIsGivenOfTheCpusIsPartOfIt() throws IOException {
    FakeMachine machine = new FakeMachine(folder);
    machine.put("sys/devices/system/cpu/online", "0-3");
    machine.put("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-63\n");
    assertEquals("all", value("cpus allowed"));
    machine.put("proc/self/status", "Cpus_allowed_list:\t0,2\n");
    assertEquals("0,2", value("cpus allowed"));

    machine.put("proc/self/cgroup", "0::/user.slice/run-1.scope\n");
    machine.put("sys/fs/cgroup/user.slice/run-1.scope/cpu.max", "max 100000");
    assertEquals("none", value("cpu quota"));
    machine.put("sys/fs/cgroup/user.slice/cpu.max", "150000 100000");
    assertEquals("1.50 CPUs", value("cpu quota"));
    machine.put("sys/fs/cgroup/user.slice/run-1.scope/cpu.max", "50000 100000");
    assertEquals("0.50 CPUs", value("cpu quota"));
    machine.put("proc/self/cgroup", "3:cpu,cpuacct:/docker/a\n1:name=systemd:/x\n");
    machine.put("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "-1");
    machine.put("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_period_us", "100000");
    assertEquals("none", value("cpu quota"));
    machine.put("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "200000");
    assertEquals("2.00 CPUs", value("cpu quota"));

    String stat =
        "7 (ja) va) S 1 7 7 0 -1 4194560 1 0 0 0 1 1 0 0 20 %s 9 0 100 1 1 1 1 1 1 1 1 0 0 0 0 0 0"
            + " 0 17 1 0 %s 0 0 0";
    machine.put("proc/self/stat", stat.formatted("0", "0"));
    assertEquals("normal", value("scheduling"));
    machine.put("proc/self/stat", stat.formatted("10", "3"));
    assertEquals("batch, nice 10", value("scheduling"));
  }

  @Test
  void settingsOfTheKernelThatSomebodyChangedArePartOfIt() throws IOException {
    FakeMachine machine = new FakeMachine(folder);
    assertEquals(FingerprintPart.NOT_READABLE, value("kernel addresses"));
    machine.put("proc/sys/kernel/kptr_restrict", "1");
    assertEquals("shown", value("kernel addresses"));
    machine.put("proc/sys/kernel/kptr_restrict", "2");
    assertEquals("hidden (kernel.kptr_restrict 2)", value("kernel addresses"));
    machine.put("proc/sys/kernel/bpf_stats_enabled", "1");
    assertEquals("on (kernel.bpf_stats_enabled)", value("bpf statistics"));
  }

  /** The setting does not show what another process has asked for by bpf(2). */
  @Test
  void runTimeStatisticsOfAnotherAreSeen() {
    Requires.bpf();
    Requires.root();
    try (RunTimeStats _ = RunTimeStats.enable()) {
      assertTrue(value("bpf statistics").startsWith("on ("), value("bpf statistics"));
    }
  }

  @Test
  void programsOfOthersAreNamed() {
    Requires.bpf();
    Requires.root();
    long[] nothing = {0xb7L, 0x95L};
    try (Instructions code =
            Instructions.of(
                "somebody_else", Uapi.BPF_PROG_TYPE_RAW_TRACEPOINT, nothing, List.of());
        Instructions.Loaded _ = code.load()) {
      assertTrue(LoadedPrograms.list().stream().anyMatch(p -> p.name().equals("somebody_else")));
      String others =
          BpfConditions.words(
              LoadedPrograms.list().stream()
                  .filter(p -> p.name().equals("somebody_else"))
                  .toList());
      assertEquals("raw_tracepoint somebody_else", others);
      assertNotEquals("none", BpfConditions.otherPrograms());
    }
  }

  @Test
  void cpuListsAreTheKernels() {
    assertEquals(List.of(0, 1, 2, 3, 8), Roots.cpuList("0-3,8"));
    assertEquals(List.of(), Roots.cpuList(""));
  }

  @Test
  void theEnvironmentIsReadFromRealFormats() {
    assertEquals(
        "Debian GNU/Linux 12 (bookworm)",
        Environment.distribution("NAME=\"x\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"));
    assertEquals("4 h 17 min", Environment.uptime("15431.20 30210.11"));
    assertEquals("madvise", Environment.chosen("always [madvise] never"));
    assertEquals(
        "0.15.06",
        Tools.stressNgVersion("stress-ng, version 0.15.06 (gcc 12.2.0, x86_64 Linux 6.1)"));
    assertEquals(new KernelVersion(6, 18), KernelVersion.parse("6.18.44-custom"));
  }

  private String value(String name) {
    return Fingerprint.read(Roots.under(folder)).getOrDefault(name, "");
  }
}
