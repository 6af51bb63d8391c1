package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.measure.Cpu;
import dev.bpfgauge.os.CpuTicks;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Frames through a veth pair as fast as one CPU sends and receives them, for a while.
 *
 * @param frames sent, all of which arrived
 * @param nanos wall-clock time
 * @param cpuNanos CPU time of the sending thread
 * @param softirqTicks of the CPU's ticks, those in soft interrupts
 * @param ticks all the CPU's ticks
 */
record Traffic(long frames, long nanos, long cpuNanos, long softirqTicks, long ticks) {
  private static final int FRAMES_AT_ONCE = 256;
  private static final Path PROC = Path.of("/proc");

  /**
   * Without the program, with it twice as long, without: what each way was like, by the names of a
   * fork's extras.
   *
   * @param millis of each of the four stretches
   * @throws IllegalStateException where a frame did not arrive
   */
  static SortedMap<String, Double> withAndWithout(Frame frame, BpfProgram program, int millis) {
    try (Cpu.Held held = new Cpu.Held()) {
      Traffic alone = send(frame, held.cpu(), millis);
      Traffic attached;
      try (Traced.Attachment _ = frame.attach(program)) {
        attached = send(frame, held.cpu(), 2 * millis);
      }
      SortedMap<String, Double> extras = new TreeMap<>();
      alone.plus(send(frame, held.cpu(), millis)).put(extras, "base");
      attached.put(extras, "attached");
      return extras;
    }
  }

  private static Traffic send(Frame frame, int cpu, int millis) {
    long arrived = frame.arrived();
    CpuTicks before = CpuTicks.read(PROC);
    long cpuStart = threadNanos();
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
    long frames = 0;
    while (System.nanoTime() < end) {
      frame.operate(FRAMES_AT_ONCE);
      frames += FRAMES_AT_ONCE;
    }
    long nanos = System.nanoTime() - start;
    long cpuNanos = threadNanos() - cpuStart;
    long[] ticks = CpuTicks.read(PROC).since(before, cpu);
    frame.requireArrived(arrived + frames);
    return new Traffic(
        frames, nanos, cpuNanos, ticks[CpuTicks.SOFTIRQ], Arrays.stream(ticks).sum());
  }

  private static long threadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private Traffic plus(Traffic other) {
    return new Traffic(
        frames + other.frames,
        nanos + other.nanos,
        cpuNanos + other.cpuNanos,
        softirqTicks + other.softirqTicks,
        ticks + other.ticks);
  }

  private void put(SortedMap<String, Double> extras, String prefix) {
    extras.put(prefix + "_packets_per_s", (double) frames * TimeUnit.SECONDS.toNanos(1) / nanos);
    extras.put(prefix + "_cpu_ns", (double) cpuNanos / frames);
    extras.put(prefix + "_softirq_percent", 100.0 * softirqTicks / Math.max(1, ticks));
  }
}
