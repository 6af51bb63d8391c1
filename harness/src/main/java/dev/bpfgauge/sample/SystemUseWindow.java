package dev.bpfgauge.sample;

import oshi.hardware.GlobalMemory;

/**
 * How much of the system was in use since the window was opened, by OSHI: what a profile's load is
 * proven with before a fork.
 *
 * <p>Ticks are 10 ms on most kernels: a window of one second resolves 1 % of one CPU.
 */
public final class SystemUseWindow {

  private final long[] ticksAtStart;

  private SystemUseWindow(long[] ticksAtStart) {
    this.ticksAtStart = ticksAtStart;
  }

  /** Opens a window now. */
  public static SystemUseWindow open() {
    return new SystemUseWindow(Oshi.processor().getSystemCpuLoadTicks());
  }

  /**
   * CPU time in use since opening, in percent of all online CPUs: everything but idle and waiting
   * for I/O, so time stolen by the hypervisor counts as used. {@link Double#NaN} in a window
   * shorter than a tick.
   */
  public double cpuPercent() {
    return Oshi.processor().getSystemCpuLoadBetweenTicks(ticksAtStart) * 100;
  }

  /** Memory in use right now, in percent: total less available, as {@code free} counts it. */
  public static double memoryUsedPercent() {
    GlobalMemory memory = Oshi.memory();
    return 100.0 * (memory.getTotal() - memory.getAvailable()) / memory.getTotal();
  }
}
