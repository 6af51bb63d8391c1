package dev.bpfgauge.machine.host;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * The processors this process may run on, and how much of their time it may have: what taskset, a
 * cpuset and a cgroup's quota leave of the machine (sched_setaffinity(2), cgroups(7)).
 *
 * @param cpus the numbers of the online CPUs it may run on, in order, at least one
 * @param online the numbers of all online CPUs, in order
 * @param quota CPUs' worth of time that cpu.max or cpu.cfs_quota_us of its cgroup and those above
 *     allow, empty where nothing limits it
 */
public record AllowedCpus(List<Integer> cpus, List<Integer> online, OptionalDouble quota) {
  public AllowedCpus {
    cpus = List.copyOf(cpus);
    online = List.copyOf(online);
  }

  /** Of this process, now. */
  public static AllowedCpus read() {
    return read(Roots.SYSTEM);
  }

  /**
   * By {@code Cpus_allowed_list} of /proc/self/status, in which the kernel has affinity and cpuset
   * joined. It names offline CPUs too.
   */
  public static AllowedCpus read(Roots roots) {
    List<Integer> online = roots.onlineCpus();
    TreeSet<Integer> allowed =
        Roots.text(roots.proc().resolve("self/status")).stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("Cpus_allowed_list:"))
            .flatMap(line -> Roots.cpuList(line.substring(line.indexOf(':') + 1)).stream())
            .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    allowed.retainAll(online);
    List<Integer> cpus = allowed.isEmpty() ? online : List.copyOf(allowed);
    return new AllowedCpus(cpus, online, quota(roots));
  }

  private static OptionalDouble quota(Roots roots) {
    try {
      return Cgroups.read(roots).cpuQuota();
    } catch (IOException e) {
      return OptionalDouble.empty(); // A kernel without cgroups has no quota.
    }
  }

  /** Whether it may run on every online CPU. */
  public boolean areAll() {
    return cpus.equals(online);
  }

  /** Whether a quota leaves it less than the full time of the CPUs it may run on. */
  public boolean isThrottled() {
    return quota.isPresent() && quota.getAsDouble() < cpus.size();
  }

  /** The numbers in the kernel's list format, e.g. {@code 0-3,8}. */
  public String list() {
    return list(cpus);
  }

  static String list(List<Integer> cpus) {
    StringBuilder list = new StringBuilder();
    for (int at = 0; at < cpus.size(); ) {
      int first = cpus.get(at);
      int last = first;
      while (++at < cpus.size() && cpus.get(at) == last + 1) {
        last++;
      }
      list.append(list.isEmpty() ? "" : ",").append(first);
      if (last > first) {
        list.append('-').append(last);
      }
    }
    return list.toString();
  }

  /**
   * For a report: {@code all}, or what is left, e.g. {@code 0 of 0-3}; with a quota, {@code all,
   * quota of 1.50 CPUs}.
   */
  public String describe() {
    String which = areAll() ? "all" : list() + " of " + list(online);
    return quota.isPresent()
        ? which + String.format(Locale.ROOT, ", quota of %.2f CPUs", quota.getAsDouble())
        : which;
  }
}
