package dev.bpfgauge.machine.host;

import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_BPF;
import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_PERFMON;
import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_SYS_ADMIN;
import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_SYS_RESOURCE;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.Lockdown;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The part of {@link Capabilities} that is about BPF. */
final class BpfCapabilities {

  /** The map kinds measured, by their word on the command line; sizes as measured by default. */
  private record Kind(String word, int type, int flags) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("hash", Uapi.BPF_MAP_TYPE_HASH, 0),
          new Kind("array", Uapi.BPF_MAP_TYPE_ARRAY, 0),
          new Kind("percpu-hash", Uapi.BPF_MAP_TYPE_PERCPU_HASH, 0),
          new Kind("percpu-array", Uapi.BPF_MAP_TYPE_PERCPU_ARRAY, 0),
          new Kind("lru-hash", Uapi.BPF_MAP_TYPE_LRU_HASH, 0),
          new Kind("lru-percpu-hash", Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH, 0),
          new Kind("hash-no-prealloc", Uapi.BPF_MAP_TYPE_HASH, Uapi.BPF_F_NO_PREALLOC),
          new Kind("array-mmap", Uapi.BPF_MAP_TYPE_ARRAY, Uapi.BPF_F_MMAPABLE));

  private static final int ENTRIES = 1024;

  /** Some first ones may be offsets within a CPU's own memory, which begin at 0. */
  private static final int FIRST_SYMBOLS = 10_000;

  private static final long OLD_KERNEL_NEEDS_BYTES = 64L << 20;

  private final Roots roots;
  private final Privileges privileges;

  BpfCapabilities(Roots roots, Privileges privileges) {
    this.roots = roots;
    this.privileges = privileges;
  }

  List<Capability> probe() {
    List<Capability> found = new ArrayList<>();
    found.add(syscall());
    found.add(libbpf());
    KINDS.forEach(kind -> found.add(map(kind)));
    found.add(programs());
    found.add(btf());
    found.add(jit());
    found.add(runTimeStats());
    found.add(lockedMemory());
    found.add(lockdown());
    found.add(kernelSymbols());
    found.add(functionTracing());
    return found;
  }

  /** bpf(2) by this process's capabilities and kernel.unprivileged_bpf_disabled (sysctl docs). */
  private Capability syscall() {
    String setting =
        Roots.text(roots.proc().resolve("sys/kernel/unprivileged_bpf_disabled")).orElse("");
    String seen = "unprivileged_bpf_disabled is " + (setting.isEmpty() ? "not there" : setting);
    if (privileges.mayUseBpf()) {
      String who = privileges.isRoot() ? "root" : "a user with CAP_BPF or CAP_SYS_ADMIN";
      return Capability.supported("bpf", "as " + who + "; " + seen);
    }
    if (setting.equals("0")) {
      return Capability.supported("bpf", "as any user; " + seen);
    }
    return Capability.denied(
        "bpf",
        "bpf(2) needs CAP_BPF, which this process has not; " + seen,
        Capabilities.runWith(CAP_BPF, CAP_PERFMON));
  }

  private Capability libbpf() {
    Optional<String> unavailable = LibBpf.unavailable();
    return unavailable.isPresent()
        ? Capability.absent("libbpf", unavailable.get(), Packages.of(roots).install("libbpf"))
        : Capability.supported("libbpf", libbpfVersion(roots));
  }

  /** {@code 1.1 (libbpf.so.1.1.2)}: its own word, and the file's, which knows the patch level. */
  static String libbpfVersion(Roots roots) {
    if (LibBpf.unavailable().isPresent()) {
      return "none";
    }
    String version = LibBpf.libbpf_major_version() + "." + LibBpf.libbpf_minor_version();
    return version
        + Roots.text(roots.proc().resolve("self/maps"))
            .flatMap(BpfCapabilities::libbpfFile)
            .map(file -> " (" + file + ")")
            .orElse("");
  }

  static Optional<String> libbpfFile(String maps) {
    return maps.lines()
        .filter(line -> line.contains("/libbpf.so"))
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .findFirst();
  }

  private Capability map(Kind kind) {
    String name = "bpf.map." + kind.word();
    if (LibBpf.unavailable().isPresent()) {
      return Capability.absent(name, "libbpf is not there", "");
    }
    BpfMap.Spec spec =
        new BpfMap.Spec(
            "bpfgauge_probe", kind.type(), Integer.BYTES, Long.BYTES, ENTRIES, kind.flags());
    try (BpfMap map = BpfMap.create(spec)) {
      return Capability.supported(
          name, "created with " + ENTRIES + " entries, " + map.valueStride() + " bytes a value");
    } catch (BpfException e) {
      return switch (e.errno()) {
        case Errno.EPERM, Errno.EACCES ->
            Capability.denied(
                name,
                "the kernel refuses to create it: permission denied",
                Capabilities.runWith(CAP_BPF, CAP_PERFMON));
        default ->
            Capability.absent(
                name, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), "");
      };
    }
  }

  /** Loading tracing programs needs CAP_PERFMON besides CAP_BPF (capabilities(7)). */
  private Capability programs() {
    if (privileges.has(CAP_SYS_ADMIN) || (privileges.has(CAP_BPF) && privileges.has(CAP_PERFMON))) {
      return Capability.supported("bpf.programs", "may load tracing programs");
    }
    return Capability.denied(
        "bpf.programs",
        "loading tracing programs needs " + privileges.missing(CAP_BPF, CAP_PERFMON),
        Capabilities.runWith(CAP_BPF, CAP_PERFMON));
  }

  private Capability btf() {
    Path vmlinux = roots.sys().resolve("kernel/btf/vmlinux");
    if (Files.isReadable(vmlinux)) {
      return Capability.supported("btf", vmlinux.toString());
    }
    return Capability.absent(
        "btf",
        vmlinux + " is not there: the kernel is built without CONFIG_DEBUG_INFO_BTF",
        "boot a distribution kernel (Debian ≥ 11, Ubuntu ≥ 20.10, Fedora ≥ 31 have BTF)");
  }

  /** Documentation/admin-guide/sysctl/net.rst; the file is there in the first namespace only. */
  private Capability jit() {
    String file = "sys/net/core/bpf_jit_enable";
    return switch (Roots.text(roots.proc().resolve(file)).orElse("")) {
      case "1" -> Capability.supported("bpf.jit", "on");
      case "2" -> Capability.supported("bpf.jit", "on, with debugging output");
      case "0" ->
          Capability.denied(
              "bpf.jit", "off: programs are interpreted", "sysctl -w net.core.bpf_jit_enable=1");
      default ->
          Capability.absent(
              "bpf.jit",
              "net.core.bpf_jit_enable is not visible: a network namespace of its own, or a kernel"
                  + " without JIT",
              "");
    };
  }

  /** BPF_ENABLE_STATS is not tried: while it is held, every program on the machine is slower. */
  private Capability runTimeStats() {
    String name = "bpf.run-time-stats";
    if (!Files.exists(roots.proc().resolve("sys/kernel/bpf_stats_enabled"))) {
      return Capability.absent(name, "the kernel has no run-time statistics (Linux ≥ 5.1)", "");
    }
    return privileges.has(CAP_SYS_ADMIN)
        ? Capability.supported(name, "may be switched on (CAP_SYS_ADMIN)")
        : Capability.denied(
            name,
            "switching them on needs CAP_SYS_ADMIN",
            Capabilities.runWith(CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN));
  }

  /** Since Linux 5.11 maps count against the memory cgroup and no longer against this limit. */
  private Capability lockedMemory() {
    String name = "locked-memory";
    long limit = lockedMemoryBytes(Roots.text(roots.proc().resolve("self/limits")).orElse(""));
    String told = limit == Long.MAX_VALUE ? "unlimited" : limit / 1024 + " KiB";
    if (KernelVersion.read(roots).isAtLeast(5, 11)) {
      return Capability.supported(name, "limit " + told + ", not counted since Linux 5.11");
    }
    if (limit >= OLD_KERNEL_NEEDS_BYTES || privileges.has(CAP_SYS_RESOURCE)) {
      return Capability.supported(name, "limit " + told);
    }
    return Capability.denied(
        name, "limit " + told + ": too little for maps before Linux 5.11", "ulimit -l unlimited");
  }

  /** {@code Max locked memory 8388608 8388608 bytes} of /proc/self/limits, the soft limit. */
  static long lockedMemoryBytes(String limits) {
    for (String line : limits.lines().toList()) {
      if (line.startsWith("Max locked memory")) {
        String soft = line.substring("Max locked memory".length()).strip().split("\\s+", 2)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return 0;
  }

  /**
   * proc_kallsyms(5): with kernel.kptr_restrict 2, or 1 without CAP_SYSLOG, all addresses are 0.
   */
  private Capability kernelSymbols() {
    String name = "kernel-symbols";
    Path file = roots.proc().resolve("kallsyms");
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      boolean shown = lines.limit(FIRST_SYMBOLS).anyMatch(line -> line.matches("0*[1-9a-fA-F].*"));
      return shown
          ? Capability.supported(name, "addresses of the kernel's functions are shown")
          : Capability.denied(
              name,
              "/proc/kallsyms hides all addresses: tools leave stacks in the kernel unnamed",
              "sysctl -w kernel.kptr_restrict=1, as root");
    } catch (IOException | UncheckedIOException e) {
      return Capability.absent(name, file + " is not there: stacks in the kernel stay unnamed", "");
    }
  }

  /** Documentation/trace/ftrace.rst: while it is off, fentry and fexit attach, but never run. */
  private Capability functionTracing() {
    String name = "function-tracing";
    return switch (Roots.text(roots.proc().resolve("sys/kernel/ftrace_enabled")).orElse("")) {
      case "1" -> Capability.supported(name, "kernel.ftrace_enabled is 1");
      case "0" ->
          Capability.denied(
              name,
              "kernel.ftrace_enabled is 0: programs on functions (fentry, fexit, kprobe.multi)"
                  + " would never run",
              "sysctl -w kernel.ftrace_enabled=1");
      default -> Capability.absent(name, "the kernel is built without function tracing", "");
    };
  }

  /** kernel_lockdown(7): confidentiality refuses BPF programs that read kernel memory. */
  private Capability lockdown() {
    String name = "no-lockdown";
    Lockdown lockdown = Lockdown.read(roots.sys(), roots.proc());
    return lockdown.forbidsReading()
        ? Capability.denied(
            name,
            "kernel lockdown is in mode confidentiality: programs may not read kernel memory",
            Lockdown.FIX)
        : Capability.supported(name, "lockdown " + lockdown.mode());
  }
}
