package dev.bpfgauge.os;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ticks of the online CPUs, by their numbers: the lines of single CPUs in {@code /proc/stat}
 * (proc_stat(5)). The line of all CPUs is not taken: what a CPU had idled is counted otherwise once
 * it is offline, so that its difference is wrong by all of that.
 */
public record CpuTicks(SortedMap<Integer, long[]> cpus) {
  /** user, nice, system, idle, iowait, irq, softirq, steal. */
  private static final int KINDS = 8;

  private static final int IDLE = 3;

  /** Waiting for I/O, an index of what {@link #since(CpuTicks)} gives, as the next are. */
  public static final int IOWAIT = 4;

  public static final int IRQ = 5;
  public static final int SOFTIRQ = 6;
  public static final int STEAL = 7;
  private static final double PERCENT = 100;

  /** Of the machine whose procfs that is; of no CPU where it cannot be read. */
  public static CpuTicks read(Path proc) {
    try {
      return parse(ForeignText.read(proc.resolve("stat")));
    } catch (IOException e) {
      return new CpuTicks(new TreeMap<>());
    }
  }

  /** The file's text. */
  public static CpuTicks parse(String stat) {
    SortedMap<Integer, long[]> cpus = new TreeMap<>();
    for (String line : stat.lines().toList()) {
      if (line.matches("cpu\\d{1,6} .*")) {
        String[] fields = line.split(" +", -1);
        long[] ticks = new long[KINDS];
        for (int kind = 0; kind < KINDS && kind + 1 < fields.length; kind++) {
          ticks[kind] = Long.parseLong(fields[kind + 1]);
        }
        cpus.put(Integer.parseInt(fields[0].substring("cpu".length())), ticks);
      }
    }
    return new CpuTicks(cpus);
  }

  /** Each kind's ticks since then on the CPUs that are in both. */
  public long[] since(CpuTicks then) {
    long[] sum = new long[KINDS];
    for (int cpu : both(then)) {
      long[] one = since(then, cpu);
      for (int kind = 0; kind < KINDS; kind++) {
        sum[kind] += one[kind];
      }
    }
    return sum;
  }

  /** One CPU's; all 0 where it is not in both. Idle ticks may go back a little. */
  public long[] since(CpuTicks then, int cpu) {
    long[] before = then.cpus.get(cpu);
    long[] now = cpus.get(cpu);
    long[] passed = new long[KINDS];
    if (before != null && now != null) {
      for (int kind = 0; kind < KINDS; kind++) {
        passed[kind] = Math.max(0, now[kind] - before[kind]);
      }
    }
    return passed;
  }

  private Set<Integer> both(CpuTicks other) {
    Set<Integer> both = new TreeSet<>(cpus.keySet());
    both.retainAll(other.cpus.keySet());
    return both;
  }

  /** What was neither idle nor waiting for I/O, in percent; NaN where no tick passed. */
  public static double used(long[] passed) {
    return PERCENT - share(passed, IDLE) - share(passed, IOWAIT);
  }

  /** One kind's share of all, in percent; NaN where no tick passed. */
  public static double share(long[] passed, int kind) {
    long total = 0;
    for (long ticks : passed) {
      total += ticks;
    }
    return total == 0 ? Double.NaN : PERCENT * passed[kind] / total;
  }
}
