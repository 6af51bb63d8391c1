package dev.bpfgauge.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Capability;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor is told: on this machine, without privileges, and on trees of other machines. */
class CapabilitiesTest {

  /** Prints one line a capability: name, state, fix. */
  static final class Doctor {
    private Doctor() {}

    public static void main(String[] none) {
      for (Capability one : Capabilities.probe()) {
        System.out.println(one.name() + "\t" + one.state() + "\t" + one.fix());
      }
    }
  }

  @TempDir Path folder;

  private Capability one(String name) {
    return Capabilities.probe(Roots.under(folder)).stream()
        .filter(capability -> capability.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void put(String path, String text) throws IOException {
    new FakeMachine(folder).put(path, text);
  }

  @Test
  void everyRefusalHasAReasonAndNamesAreUnique() {
    Map<String, Capability> byName = new TreeMap<>();
    for (Capability capability : Capabilities.probe()) {
      assertEquals(null, byName.put(capability.name(), capability), capability.name());
      assertFalse(capability.detail().isBlank(), capability.name());
      if (capability.isSupported()) {
        assertEquals("", capability.fix(), capability.name());
      }
    }
    assertTrue(byName.containsKey("bpf.map.hash"));
  }

  @Test
  void rootMayCreateEveryMapKindThatIsMeasured() {
    Requires.that(Privileges.read().mayUseBpf(), "CAP_BPF");
    List<Capability> maps =
        Capabilities.probe().stream().filter(one -> one.name().startsWith("bpf.map.")).toList();
    assertEquals(8, maps.size());
    assertTrue(maps.stream().allMatch(Capability::isSupported), maps.toString());
  }

  @Test
  void probingChangesNothing() throws IOException {
    List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
    Optional<String> stats = Roots.text(Path.of("/proc/sys/kernel/bpf_stats_enabled"));
    Capabilities.probe();
    assertEquals(mounts, Files.readAllLines(Path.of("/proc/self/mounts")));
    assertEquals(stats, Roots.text(Path.of("/proc/sys/kernel/bpf_stats_enabled")));
  }

  @Test
  void aUserWithoutPrivilegesIsToldHowToGetThem() throws IOException {
    Requires.that(Privileges.read().isRoot(), "root, to become another user");
    Requires.that(SearchPath.find("setpriv").isPresent(), "setpriv");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> lines = new TreeMap<>();
    try (ChildJvm nobody = ChildJvm.startAsNobody(folder, Doctor.class)) {
      for (String line : nobody.allLines()) {
        String[] fields = line.split("\t", 2);
        lines.put(fields[0], fields[1]);
      }
    }
    String setting = Roots.text(Path.of("/proc/sys/kernel/unprivileged_bpf_disabled")).orElse("");
    Requires.machine(!setting.equals("0"), "a kernel that keeps bpf(2) from users");
    assertTrue(
        lines.getOrDefault("bpf", "").startsWith("DENIED\trun it with sudo"), lines.toString());
    assertTrue(lines.getOrDefault("bpf", "").contains("--ambient-caps=-all,+bpf,+perfmon"));
    assertTrue(lines.getOrDefault("bpf.map.hash", "").startsWith("DENIED"));
    assertTrue(lines.getOrDefault("btf", "").startsWith("SUPPORTED"), "needs no privilege");
  }

  @Test
  void anOldKernelNeedsLockedMemory() throws IOException {
    put("proc/sys/kernel/osrelease", "5.4.0-150-generic");
    put("proc/self/limits", "Max locked memory         65536                65536        bytes");
    Capability old = one("locked-memory");
    assertEquals(Capability.State.DENIED, old.state());
    assertEquals("ulimit -l unlimited", old.fix());

    put("proc/sys/kernel/osrelease", "6.1.0-40-amd64");
    assertTrue(one("locked-memory").isSupported());
  }

  @Test
  void hiddenKernelSymbolsAndDisabledFunctionTracingSayTheirFix() throws IOException {
    put("proc/kallsyms", "0000000000000000 T _stext\n0000000000000000 t do_nanosleep\n");
    put("proc/sys/kernel/ftrace_enabled", "0");

    assertEquals(Capability.State.DENIED, one("kernel-symbols").state());
    assertTrue(one("kernel-symbols").fix().contains("kernel.kptr_restrict=1"));
    assertEquals(Capability.State.DENIED, one("function-tracing").state());
    assertEquals("sysctl -w kernel.ftrace_enabled=1", one("function-tracing").fix());

    put("proc/kallsyms", "0000000000000000 A of_each_cpu\nffffffff81000000 T _stext\n");
    put("proc/sys/kernel/ftrace_enabled", "1");
    assertTrue(one("kernel-symbols").isSupported());
    assertTrue(one("function-tracing").isSupported());
  }

  @Test
  void lockdownJitAndMissingMountsSayTheirFix() throws IOException {
    put("sys/kernel/security/lockdown", "none integrity [confidentiality]");
    put("proc/sys/net/core/bpf_jit_enable", "0");
    put("sys/kernel/tracing/.keep", "");
    assertEquals(Capability.State.DENIED, one("no-lockdown").state());
    assertEquals("sysctl -w net.core.bpf_jit_enable=1", one("bpf.jit").fix());
    assertTrue(one("tracefs").fix().startsWith("sudo mount -t tracefs"));

    put("sys/kernel/security/lockdown", "none [integrity] confidentiality");
    assertTrue(one("no-lockdown").isSupported());
  }

  @Test
  void powerOfAnotherMachineIsNamed() throws IOException {
    FakeMachine.of("intel-pstate", folder);
    assertEquals("intel_pstate, governors performance powersave", one("cpufreq").detail());
    assertEquals("intel_idle, states POLL C1 C1E C6", one("cpuidle").detail());
  }

  @Test
  void packagesAreNamedInTheDistributionsOwnCommand() throws IOException {
    Map<String, String> commands =
        Map.of(
            "ID=ubuntu\nID_LIKE=debian", "sudo apt-get install -y stress-ng",
            "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "sudo dnf install -y stress-ng",
            "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "sudo zypper install -y stress-ng",
            "ID=arch", "sudo pacman -S --noconfirm stress-ng",
            "ID=plan9", "install stress-ng with this distribution's package manager");
    for (Map.Entry<String, String> one : commands.entrySet()) {
      put("etc/os-release", one.getKey());
      assertEquals(one.getValue(), Packages.of(Roots.under(folder)).install("stress-ng"));
    }
  }

  @Test
  void privilegesAreReadFromTheStatusOfTheProcess() {
    Privileges root = Privileges.parse("Name:\tjava\nUid:\t0\t0\t0\t0\nCapEff:\t000001fffeffffff");
    assertTrue(root.isRoot() && root.mayUseBpf());
    Privileges some =
        Privileges.parse("Uid:\t1000\t65534\t1000\t1000\nCapEff:\t000000c000000000\n");
    assertEquals(65534, some.effectiveUid());
    assertTrue(some.has(Privileges.Capability.CAP_BPF));
    assertTrue(some.has(Privileges.Capability.CAP_PERFMON));
    assertFalse(some.has(Privileges.Capability.CAP_SYS_ADMIN));
    assertEquals(new Privileges(-1, 0), Privileges.parse(""));
  }

  @Test
  void noTreeAtAllIsNoCrash() throws IOException {
    try (Stream<Path> empty = Files.list(folder)) {
      assertEquals(0, empty.count());
    }
    assertTrue(Capabilities.probe(Roots.under(folder)).size() > 20);
    assertEquals("unknown", Fingerprint.read(Roots.under(folder)).get("cpu"));
    assertEquals("unknown", Environment.read(Roots.under(folder)).get("uptime"));
  }
}
