package dev.bpfgauge.machine.host;

import dev.bpfgauge.model.FingerprintPart;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** What this process is given, and gives the forks that it starts. */
final class ProcessConditions {

  /** Options that change no speed, and agents' own options, which may be secrets. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          "(-D|-Xlog|-Xlog:|--add-|--enable-native-access|--sun-misc-unsafe|--illegal-|-ea|-da"
              + "|-esa|-dsa|-XX:ErrorFile|-XX:HeapDumpPath|-XX:OnOutOfMemoryError).*");

  private static final Pattern AGENT = Pattern.compile("-(javaagent|agentlib|agentpath):.*");

  /** {@code sched(7)}'s policies by number. */
  private static final List<String> POLICIES =
      List.of("normal", "fifo", "rr", "batch", "iso", "idle", "deadline", "ext");

  private ProcessConditions() {}

  /**
   * Options that came from {@code JAVA_TOOL_OPTIONS}, {@code _JAVA_OPTIONS} or {@code
   * JDK_JAVA_OPTIONS}: every fork gets them too. Those of our own command line it does not get.
   */
  static String jvmFlags(Roots roots) {
    List<String> own =
        List.of(Roots.text(roots.proc().resolve("self/cmdline")).orElse("").split("\0", -1));
    return jvmFlags(ManagementFactory.getRuntimeMXBean().getInputArguments(), own);
  }

  /**
   * Of those, which matter.
   *
   * @param arguments all that the JVM took
   * @param own the arguments of its command line
   */
  static String jvmFlags(List<String> arguments, List<String> own) {
    List<String> left = new ArrayList<>(own);
    List<String> flags = new ArrayList<>();
    for (String argument : arguments.reversed()) { // the environment's come first
      if (!left.remove(argument) && !WITHOUT_EFFECT.matcher(argument).matches()) {
        flags.add(AGENT.matcher(argument).matches() ? argument.split("=", 2)[0] : argument);
      }
    }
    return flags.isEmpty() ? FingerprintPart.JVM_FLAGS.usual() : String.join(" ", flags.reversed());
  }

  /** Less than the online CPUs under taskset(1) or in a cpuset. */
  static String cpusAllowed(Roots roots) {
    Optional<String> list =
        Roots.text(roots.proc().resolve("self/status"))
            .flatMap(status ->
                status
                    .lines()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst());
    return list.map(cpus ->
            Roots.cpuList(cpus).containsAll(roots.onlineCpus())
                ? FingerprintPart.CPUS_ALLOWED.usual()
                : cpus)
        .orElse(FingerprintPart.NOT_READABLE);
  }

  /** The lowest limit on the way from this process's control group to the root that is seen. */
  static String cpuQuota(Roots roots) {
    Path mount = roots.sys().resolve("fs/cgroup");
    OptionalDouble lowest = OptionalDouble.empty();
    String groups = Roots.text(roots.proc().resolve("self/cgroup")).orElse("");
    for (String line : groups.lines().toList()) {
      String[] fields = line.split(":", 3);
      if (fields.length < 3) {
        continue;
      }
      boolean v2 = fields[1].isEmpty();
      boolean cpu = List.of(fields[1].split(",", -1)).contains("cpu");
      if (v2 || cpu) {
        Path top = v2 ? mount : mount.resolve(fields[1]);
        lowest = lower(lowest, quota(top, fields[2], v2));
      }
    }
    return lowest.isEmpty()
        ? FingerprintPart.CPU_QUOTA.usual()
        : String.format(Locale.ROOT, "%.2f CPUs", lowest.getAsDouble());
  }

  private static OptionalDouble quota(Path top, String group, boolean v2) {
    OptionalDouble lowest = OptionalDouble.empty();
    Path folder = top.resolve(group.substring(1)).normalize();
    while (folder != null && folder.startsWith(top)) {
      lowest = lower(lowest, v2 ? unified(folder) : legacy(folder));
      folder = folder.getParent();
    }
    return lowest;
  }

  /** {@code 50000 100000}, or {@code max 100000}. */
  private static OptionalDouble unified(Path folder) {
    String[] limit = Roots.text(folder.resolve("cpu.max")).orElse("max").split(" ", -1);
    return limit.length < 2 ? OptionalDouble.empty() : share(limit[0], limit[1]);
  }

  private static OptionalDouble legacy(Path folder) {
    return share(
        Roots.text(folder.resolve("cpu.cfs_quota_us")).orElse("-1"),
        Roots.text(folder.resolve("cpu.cfs_period_us")).orElse("0"));
  }

  private static OptionalDouble share(String quota, String period) {
    boolean limited = quota.matches("\\d{1,15}") && period.matches("[1-9]\\d{0,14}");
    return limited
        ? OptionalDouble.of((double) Long.parseLong(quota) / Long.parseLong(period))
        : OptionalDouble.empty();
  }

  private static OptionalDouble lower(OptionalDouble one, OptionalDouble other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return OptionalDouble.of(Math.min(one.getAsDouble(), other.getAsDouble()));
  }

  /** {@code normal}, or {@code batch, nice 10}. */
  static String scheduling(Roots roots) {
    String stat = Roots.text(roots.proc().resolve("self/stat")).orElse("");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= POLICY) {
      return FingerprintPart.NOT_READABLE;
    }
    int policy = Integer.parseInt(fields[POLICY]);
    String word =
        policy >= 0 && policy < POLICIES.size() ? POLICIES.get(policy) : "policy " + policy;
    return fields[NICE].equals("0") ? word : word + ", nice " + fields[NICE];
  }

  /** Fields 19 and 41 of proc_pid_stat(5), counted from the state, its third. */
  private static final int NICE = 16;

  private static final int POLICY = 38;

  /** Hidden from root as well, which leaves stacks without names. */
  static String kernelAddresses(Roots roots) {
    return Roots.text(roots.proc().resolve("sys/kernel/kptr_restrict"))
        .map(value ->
            value.equals("2")
                ? "hidden (kernel.kptr_restrict 2)"
                : FingerprintPart.KERNEL_ADDRESSES.usual())
        .orElse(FingerprintPart.NOT_READABLE);
  }

  static String verifier(Roots roots) {
    Privileges privileges = Privileges.read(roots);
    return privileges.has(Privileges.Capability.CAP_PERFMON)
            || privileges.has(Privileges.Capability.CAP_SYS_ADMIN)
        ? FingerprintPart.BPF_VERIFIER.usual()
        : "with checks against speculation";
  }
}
