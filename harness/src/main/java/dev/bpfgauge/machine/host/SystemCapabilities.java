package dev.bpfgauge.machine.host;

import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_BPF;
import static dev.bpfgauge.machine.host.Privileges.Capability.CAP_PERFMON;

import dev.bpfgauge.model.Capability;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of {@link Capabilities} that is about load, power, counters and mounts. */
final class SystemCapabilities {

  /** Root already is refused where a container, or a mount, gives it the files to read only. */
  private static final String FIX_OF_ROOT =
      "mount -o remount,rw /sys, or start the container with --privileged";

  private final Roots roots;

  SystemCapabilities(Roots roots) {
    this.roots = roots;
  }

  List<Capability> probe() {
    List<Capability> found = new ArrayList<>();
    found.add(stressNg());
    found.add(compiler());
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    found.add(arm ? armEmulator("lab.qemu") : x86Emulator("lab.qemu"));
    found.add(arm ? x86Emulator("lab.qemu.amd64") : armEmulator("lab.qemu.arm64"));
    found.add(cgroups());
    found.add(idleStates());
    found.add(frequencies());
    found.add(latencyRequest());
    found.add(counter("perf.migrations", PerfCounter.Event.CPU_MIGRATIONS));
    found.add(counter("perf.pmu", PerfCounter.Event.CPU_CYCLES));
    found.add(pressure());
    found.add(mounted("tracefs", "tracefs", roots.sys().resolve("kernel/tracing"), "tracefs"));
    found.add(mounted("bpffs", "bpf", roots.sys().resolve("fs/bpf"), "bpf"));
    return found;
  }

  private Capability stressNg() {
    Optional<Path> program = SearchPath.find("stress-ng");
    if (program.isEmpty()) {
      return Capability.absent(
          "stress-ng",
          "not on the PATH: profiles other than idle cannot be had",
          Packages.of(roots).install("stress-ng"));
    }
    String version =
        Tools.version(program.get()).map(Tools::stressNgVersion).orElse("version not told");
    return Capability.supported("stress-ng", version + ", " + program.get());
  }

  private Capability compiler() {
    for (String name : List.of("cc", "gcc", "clang")) {
      Optional<Path> program = SearchPath.find(name);
      if (program.isPresent()) {
        return Capability.supported("c-compiler", program.get().toString());
      }
    }
    return Capability.absent(
        "c-compiler",
        "neither cc, gcc nor clang is on the PATH: no comparison of Java with C",
        Packages.of(roots).install("compiler"));
  }

  private Capability x86Emulator(String name) {
    return emulator(name, "qemu-system-x86_64", "x86 emulator");
  }

  private Capability armEmulator(String name) {
    return emulator(name, "qemu-system-aarch64", "arm emulator");
  }

  private Capability emulator(String name, String program, String what) {
    return SearchPath.find(program)
        .map(file -> Capability.supported(name, file.toString()))
        .orElseGet(() ->
            Capability.absent(
                name,
                program + " is not on the PATH: its guests cannot be booted (kernels run)",
                Packages.of(roots).install(what)));
  }

  /** What the stressors get, by the same class: a cgroup is made, entered, and deleted. */
  private Capability cgroups() {
    String name = "cgroup";
    String otherwise = ": stressors are known by a mark in their environment instead";
    return switch (ChildCgroup.make(ChildCgroup.TRIAL + ProcessHandle.current().pid(), roots)) {
      case ChildCgroup.Made(Path folder) -> {
        try {
          Files.delete(folder);
          yield Capability.supported(name, "v2, below " + folder.getParent());
        } catch (IOException e) {
          yield Capability.denied(
              name, folder + " cannot be deleted: " + e.getMessage(), moreRights());
        }
      }
      case ChildCgroup.Refused(String reason, String fix) ->
          Capability.denied(name, reason + otherwise, fix);
      case ChildCgroup.Absent(String reason, String fix) ->
          Capability.absent(name, reason + otherwise, fix);
    };
  }

  private static String moreRights() {
    return Privileges.read().isRoot() ? FIX_OF_ROOT : "run it with sudo";
  }

  private Capability idleStates() {
    String name = "cpuidle";
    List<Path> states = Roots.children(roots.cpus().resolve("cpu0/cpuidle"), "state\\d+");
    if (states.isEmpty()) {
      return Capability.absent(
          name, "no idle driver, as in many virtual machines: C-states cannot be set", "");
    }
    List<String> names =
        states.stream().map(state -> Roots.text(state.resolve("name")).orElse("?")).toList();
    String driver =
        Roots.text(roots.cpus().resolve("cpuidle/current_driver")).orElse("unknown driver");
    String seen = driver + ", states " + String.join(" ", names);
    return Files.isWritable(states.getLast().resolve("disable"))
        ? Capability.supported(name, seen)
        : Capability.denied(name, seen + "; they are not writable for this user", moreRights());
  }

  private Capability frequencies() {
    String name = "cpufreq";
    List<Path> policies = Roots.children(roots.cpus().resolve("cpufreq"), "policy\\d+");
    if (policies.isEmpty()) {
      return Capability.absent(
          name, "no frequency driver, as in most virtual machines: P-states cannot be set", "");
    }
    Path first = policies.getFirst();
    String seen =
        Roots.text(first.resolve("scaling_driver")).orElse("unknown driver")
            + ", governors "
            + Roots.text(first.resolve("scaling_available_governors")).orElse("none");
    return Files.isWritable(first.resolve("scaling_governor"))
        ? Capability.supported(name, seen)
        : Capability.denied(name, seen + "; they are not writable for this user", moreRights());
  }

  private Capability latencyRequest() {
    Path device = roots.dev().resolve("cpu_dma_latency");
    if (!Files.exists(device)) {
      return Capability.absent("cpu-latency", device + " is not there", "");
    }
    return Files.isWritable(device)
        ? Capability.supported("cpu-latency", device.toString())
        : Capability.denied("cpu-latency", device + " is not writable for this user", moreRights());
  }

  private Capability counter(String name, PerfCounter.Event event) {
    try (PerfCounter counter = PerfCounter.open(event, roots.onlineCpus().getFirst())) {
      return Capability.supported(name, "counts on every CPU; now " + counter.read());
    } catch (PerfCounter.DeniedException e) {
      return Capability.denied(
          name,
          String.valueOf(e.getMessage()),
          "sudo sysctl -w kernel.perf_event_paranoid=0, or "
              + Capabilities.runWith(CAP_BPF, CAP_PERFMON));
    } catch (IOException e) {
      return Capability.absent(name, String.valueOf(e.getMessage()), "");
    }
  }

  private Capability pressure() {
    Path file = roots.proc().resolve("pressure/cpu");
    if (Roots.text(file).isPresent()) {
      return Capability.supported("psi", roots.proc().resolve("pressure").toString());
    }
    return Capability.absent(
        "psi", "pressure stall information is off or not built in", "boot with psi=1");
  }

  private Capability mounted(String name, String type, Path folder, String source) {
    Optional<Path> where = Mounts.of(Mounts.parse(mountTable()), type);
    if (where.isPresent()) {
      return Files.isReadable(roots.inTree(where.get()))
          ? Capability.supported(name, where.get().toString())
          : Capability.denied(name, where.get() + " is not readable for this user", moreRights());
    }
    return Files.isDirectory(folder)
        ? Capability.absent(
            name, "not mounted", "sudo mount -t " + type + " " + source + " " + folder)
        : Capability.absent(name, "this kernel has no " + folder, "");
  }

  private String mountTable() {
    return Roots.text(roots.proc().resolve("self/mounts")).orElse("");
  }
}
