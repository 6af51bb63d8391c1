package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.CpuTicks;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long a hypervisor let each CPU wait, as {@code /proc/stat} has it: in ticks of 10 ms, and
 * from the CPU's next tick on.
 */
final class StolenTime {
  /** In place of a number. */
  static final String NOT_TOLD = "not told";

  /** Why there is none. */
  static final String WHY_NOT_TOLD =
      "STEAL is not told: it was 0 since this machine started; either no hypervisor let it wait, or"
          + " the one that does keeps it to itself.";

  private static final long MILLIS_PER_TICK = 10;

  private final Path proc;
  private CpuTicks before;
  private SortedMap<Integer, Long> millis = new TreeMap<>();

  /**
   * Begins.
   *
   * @param proc {@code /proc}
   */
  StolenTime(Path proc) {
    this.proc = proc;
    this.before = CpuTicks.read(proc);
  }

  /** Whether the machine says how long its CPUs waited: it did once. */
  boolean isTold() {
    return before.cpus().values().stream().anyMatch(ticks -> ticks[CpuTicks.STEAL] > 0);
  }

  /** Reads it: what {@link #cell} says is from the reading before to this one. */
  void read() {
    CpuTicks now = CpuTicks.read(proc);
    SortedMap<Integer, Long> passed = new TreeMap<>();
    for (int cpu : now.cpus().keySet()) {
      passed.put(cpu, now.since(before, cpu)[CpuTicks.STEAL] * MILLIS_PER_TICK);
    }
    before = now;
    millis = passed;
  }

  /** A CPU's milliseconds, or {@link #NOT_TOLD}. */
  Object cell(int cpu) {
    return isTold() ? (Object) millis.getOrDefault(cpu, 0L) : NOT_TOLD;
  }
}
