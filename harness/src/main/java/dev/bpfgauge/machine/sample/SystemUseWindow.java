package dev.bpfgauge.machine.sample;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.host.Roots;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import oshi.hardware.GlobalMemory;

/**
 * How much of the system was in use since the window was opened: what a profile's load is proven
 * with before a fork.
 *
 * <p>Ticks are 10 ms on most kernels: a window of one second resolves 1 % of one CPU.
 */
public final class SystemUseWindow {
  private static final int IDLE = 3;
  private static final int WAITING = 4;

  /** user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in user's already. */
  private static final int KINDS = 8;

  private final List<Integer> cpus;
  private final long[] ticksAtStart;

  private SystemUseWindow(List<Integer> cpus) {
    this.cpus = cpus;
    this.ticksAtStart = ticks(stat(), cpus);
  }

  /** Opens a window now, on those CPUs. */
  public static SystemUseWindow open(AllowedCpus allowed) {
    return new SystemUseWindow(allowed.cpus());
  }

  /**
   * CPU time in use since opening, in percent of those CPUs: everything but idle and waiting for
   * I/O, so time stolen by the hypervisor counts as used. {@link Double#NaN} in a window shorter
   * than a tick.
   */
  public double cpuPercent() {
    return usedPercent(ticksAtStart, ticks(stat(), cpus));
  }

  static double usedPercent(long[] start, long[] end) {
    long all = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      all += end[kind] - start[kind];
    }
    long idle = end[IDLE] + end[WAITING] - start[IDLE] - start[WAITING];
    return all == 0 ? Double.NaN : 100.0 * (all - idle) / all;
  }

  /**
   * The ticks of those CPUs by kind (proc_stat(5)); of all, where none of them has a line, as in a
   * container whose /proc/stat numbers them anew.
   */
  static long[] ticks(String stat, List<Integer> cpus) {
    Set<String> names = cpus.stream().map(cpu -> "cpu" + cpu).collect(Collectors.toSet());
    long[] sum = sum(stat, names);
    return LongStream.of(sum).sum() > 0 ? sum : sum(stat, Set.of("cpu"));
  }

  private static long[] sum(String stat, Set<String> names) {
    long[] sum = new long[KINDS];
    for (String line : stat.lines().toList()) {
      String[] fields = line.split(" +", -1);
      for (int kind = 0; kind < KINDS && names.contains(fields[0]); kind++) {
        sum[kind] += kind + 1 < fields.length ? Long.parseLong(fields[kind + 1]) : 0;
      }
    }
    return sum;
  }

  private static String stat() {
    return Roots.text(Roots.SYSTEM.proc().resolve("stat")).orElse("");
  }

  /** Memory in use right now, in percent: total less available, as {@code free} counts it. */
  public static double memoryUsedPercent() {
    GlobalMemory memory = Oshi.memory();
    return 100.0 * (memory.getTotal() - memory.getAvailable()) / memory.getTotal();
  }
}
