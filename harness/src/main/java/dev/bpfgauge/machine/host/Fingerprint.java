package dev.bpfgauge.machine.host;

import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.os.Meminfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What must be equal for two runs to be comparable: the processor, the kernel build with its
 * mitigations and BPF settings, the runtime with its options, what this process is given of the
 * CPUs, what others do to BPF, and the power management the machine was found with.
 *
 * <p>What may differ is in {@link Environment}.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /** Boot parameters that change what a system call costs or how a CPU sleeps and scales. */
  private static final Pattern RELEVANT_PARAMETER =
      Pattern.compile(
          "(mitigations|nosmt|pti|nopti|nospectre_\\w+|spectre_\\w+|spec_\\w+|l1tf|mds|tsx\\w*"
              + "|mmio_stale_data|retbleed|srbds|gather_data_sampling|reg_file_data_sampling"
              + "|spec_rstack_overflow|indirect_target_selection|vmscape|kpti|nokaslr|nosmap|nosmep"
              + "|isolcpus|nohz|nohz_full|rcu_nocbs|irqaffinity|idle|\\w+\\.max_cstate"
              + "|cpuidle\\.\\w+|cpuidle_haltpoll\\.\\w+|haltpoll\\.\\w+|cpufreq\\.\\w+"
              + "|intel_pstate|amd_pstate|preempt|threadirqs|psi|clocksource|tsc|highres"
              + "|transparent_hugepage|hugepages|numa_balancing|maxcpus|nr_cpus|nomodule|lockdown"
              + "|audit|selinux|apparmor|security|lsm|cgroup_\\w+|systemd\\.unified_cgroup_hierarchy"
              + "|init_on_alloc|init_on_free|slub_debug|page_poison|kasan\\S*|kfence\\.\\w+"
              + "|skew_tick|nowatchdog|nmi_watchdog)");

  /** Reads it from those trees; the JDK's and libbpf's versions are this process's. */
  public static SortedMap<String, String> read(Roots roots) {
    SortedMap<String, String> print = new TreeMap<>();
    CpuInfo cpu = CpuInfo.read(roots);
    print.put("cpu", cpu.model());
    print.put("microcode", cpu.microcode().isEmpty() ? "none reported" : cpu.microcode());
    print.put("architecture", System.getProperty("os.arch", "unknown"));
    print.put("cpus online", Integer.toString(roots.onlineCpus().size()));
    print.put("smt", text(roots.cpus().resolve("smt/control"), "unknown"));
    print.put("kernel", kernel(roots));
    print.put("kernel parameters", parameters(text(roots.proc().resolve("cmdline"))));
    print.put("mitigations", mitigations(roots));
    print.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
    print.put("libbpf", BpfCapabilities.libbpfVersion(roots));
    print.put("memory", memory(text(roots.proc().resolve("meminfo"))));
    print.put("virtualisation", virtualisation(roots, cpu));
    print.put("cpufreq", cpufreq(roots));
    print.put("cpuidle", cpuidle(roots));
    print.put("bpf jit", jit(roots));
    print.put(
        "clocksource",
        text(
            roots.sys().resolve("devices/system/clocksource/clocksource0/current_clocksource"),
            "unknown"));
    conditions(roots, print);
    return print;
  }

  private static void conditions(Roots roots, SortedMap<String, String> print) {
    print.put(FingerprintPart.JVM_FLAGS.word(), ProcessConditions.jvmFlags(roots));
    print.put(FingerprintPart.BPF_STATISTICS.word(), BpfConditions.statistics(roots));
    print.put(FingerprintPart.OTHER_PROGRAMS.word(), BpfConditions.otherPrograms());
    print.put(FingerprintPart.BPF_VERIFIER.word(), ProcessConditions.verifier(roots));
    print.put(FingerprintPart.CPUS_ALLOWED.word(), ProcessConditions.cpusAllowed(roots));
    print.put(FingerprintPart.CPU_QUOTA.word(), ProcessConditions.cpuQuota(roots));
    print.put(FingerprintPart.SCHEDULING.word(), ProcessConditions.scheduling(roots));
    print.put(FingerprintPart.KERNEL_ADDRESSES.word(), ProcessConditions.kernelAddresses(roots));
  }

  private static String kernel(Roots roots) {
    Path kernel = roots.proc().resolve("sys/kernel");
    return (text(kernel.resolve("osrelease"), "unknown") + " " + text(kernel.resolve("version")))
        .strip();
  }

  /**
   * Those parameters that matter, in their order; a user's disk names do not belong in a report.
   */
  static String parameters(String cmdline) {
    List<String> relevant = new ArrayList<>();
    for (String word : cmdline.split("\\s+", -1)) {
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      if (RELEVANT_PARAMETER.matcher(name).matches()) {
        relevant.add(word);
      }
    }
    return relevant.isEmpty() ? "none that matter" : String.join(" ", relevant);
  }

  /**
   * The vulnerabilities that do affect this CPU, each cut at its first detail, with a checksum of
   * the whole so that a difference in a detail is a difference.
   */
  private static String mitigations(Roots roots) {
    List<String> affected = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    List<Path> files = Roots.children(roots.cpus().resolve("vulnerabilities"), ".+");
    for (Path file : files) {
      String state = text(file);
      all.append(file.getFileName()).append('=').append(state).append('\n');
      if (!state.startsWith("Not affected")) {
        affected.add(file.getFileName() + ": " + state.split("[;,]", 2)[0]);
      }
    }
    if (files.isEmpty()) {
      return "not reported";
    }
    String list = affected.isEmpty() ? "not affected by any" : String.join("; ", affected);
    return list + " [" + Checksum.of(all.toString()) + "]";
  }

  /** In whole GiB: the kernel's own share moves MemTotal a little from boot to boot. */
  static String memory(String meminfo) {
    long bytes = Meminfo.parse(meminfo).totalBytes();
    return bytes == 0 ? "unknown" : Math.round(bytes / (double) (1L << 30)) + " GiB";
  }

  private static String virtualisation(Roots roots, CpuInfo cpu) {
    Path dmi = roots.sys().resolve("class/dmi/id");
    String product = (text(dmi.resolve("sys_vendor")) + " " + text(dmi.resolve("product_name")));
    String type = text(roots.sys().resolve("hypervisor/type"));
    String tree = text(roots.proc().resolve("device-tree/hypervisor/compatible"));
    boolean knownVirtual =
        product.matches(
            "(?i).*(QEMU|KVM|VMware|VirtualBox|innotek|Xen|Bochs|Virtual Machine|Amazon EC2"
                + "|Google Compute|OpenStack|Alibaba Cloud|Parallels|Hyper-V).*");
    // EC2's bare-metal sizes carry the vendor's name as well.
    boolean metal = product.contains(".metal");
    boolean guest =
        cpu.hypervisor() || !type.isEmpty() || !tree.isEmpty() || (knownVirtual && !metal);
    String detail = (product.strip() + " " + type + tree.replace('\0', ' ')).strip();
    return (guest ? "virtual machine" : "none seen") + (detail.isEmpty() ? "" : ", " + detail);
  }

  private static String cpufreq(Roots roots) {
    List<Path> policies = Roots.children(roots.cpus().resolve("cpufreq"), "policy\\d+");
    if (policies.isEmpty()) {
      return "none";
    }
    Path first = policies.getFirst();
    String turbo =
        Optional.of(text(roots.cpus().resolve("intel_pstate/no_turbo")))
            .filter(value -> !value.isEmpty())
            .map(value -> value.equals("1") ? ", turbo off" : ", turbo on")
            .or(() ->
                Optional.of(text(roots.cpus().resolve("cpufreq/boost")))
                    .filter(value -> !value.isEmpty())
                    .map(value -> value.equals("0") ? ", turbo off" : ", turbo on"))
            .orElse("");
    return text(first.resolve("scaling_driver"), "unknown driver")
        + ", governor "
        + text(first.resolve("scaling_governor"), "unknown")
        + turbo;
  }

  private static String cpuidle(Roots roots) {
    Path cpuidle = roots.cpus().resolve("cpuidle");
    String driver = text(cpuidle.resolve("current_driver"), "none");
    if (driver.equals("none")) {
      return "none";
    }
    String governor =
        text(
            cpuidle.resolve("current_governor"), text(cpuidle.resolve("current_governor_ro"), "?"));
    List<String> states = new ArrayList<>();
    for (Path state : Roots.children(roots.cpus().resolve("cpu0/cpuidle"), "state\\d+")) {
      boolean disabled = text(state.resolve("disable")).equals("1");
      states.add(text(state.resolve("name"), "?") + (disabled ? " (off)" : ""));
    }
    return driver + ", governor " + governor + ", states " + String.join(" ", states);
  }

  private static String jit(Roots roots) {
    Path core = roots.proc().resolve("sys/net/core");
    String enable = text(core.resolve("bpf_jit_enable"), "unknown");
    // Readable by root only: a run as a user says so rather than guess.
    return "enable "
        + enable
        + ", harden "
        + text(core.resolve("bpf_jit_harden"), FingerprintPart.NOT_READABLE);
  }

  private static String text(Path file) {
    return text(file, "");
  }

  private static String text(Path file, String otherwise) {
    return Roots.text(file).orElse(otherwise);
  }
}
