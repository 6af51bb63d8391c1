package dev.bpfgauge.diagnosis;

import dev.bpfgauge.diagnosis.HostMoment.Resource;
import dev.bpfgauge.os.CpuTicks;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the host did between two moments.
 *
 * @param seconds how long
 * @param load at its end
 * @param running threads that ran or could at its end, the one that looked left out
 * @param blocked threads that waited for I/O at its end
 * @param busy percent of the CPUs' time in which they did something
 * @param iowait percent in which they had nothing to do but somebody waited for I/O
 * @param steal percent that a hypervisor gave to others
 * @param irq percent in interrupts, hard and soft
 * @param cpus how many were online
 * @param stalled percent of the time in which some task waited for a resource; without those that
 *     the kernel does not tell
 */
record HostStretch(
    double seconds,
    double load,
    double running,
    double blocked,
    double busy,
    double iowait,
    double steal,
    double irq,
    int cpus,
    Map<Resource, Double> stalled) {
  private static final int IDLE = 3;
  private static final double PERCENT = 100;

  HostStretch {
    stalled = Map.copyOf(stalled);
  }

  static HostStretch between(HostMoment from, HostMoment to) {
    double seconds = (to.atNanos() - from.atNanos()) / 1e9;
    long[] ticks = to.ticks().since(from.ticks());
    double all = Math.max(1, Arrays.stream(ticks).sum());
    Map<Resource, Double> stalled = new EnumMap<>(Resource.class);
    to.stalled()
        .forEach((resource, now) -> {
          Long then = from.stalled().get(resource);
          if (then != null) {
            stalled.put(resource, PERCENT * (now - then) / 1e6 / seconds);
          }
        });
    return new HostStretch(
        seconds,
        to.load(),
        Math.max(0, to.running() - 1),
        to.blocked(),
        PERCENT * (all - ticks[IDLE] - ticks[CpuTicks.IOWAIT] - ticks[CpuTicks.STEAL]) / all,
        PERCENT * ticks[CpuTicks.IOWAIT] / all,
        PERCENT * ticks[CpuTicks.STEAL] / all,
        PERCENT * (ticks[CpuTicks.IRQ] + ticks[CpuTicks.SOFTIRQ]) / all,
        Math.max(1, to.ticks().cpus().size()),
        stalled);
  }

  /** NaN where the kernel does not tell. */
  double stalled(Resource resource) {
    return stalled.getOrDefault(resource, Double.NaN);
  }
}
