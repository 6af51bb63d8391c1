package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A process's CPU clock (clock_getcpuclockid(3)): what all its threads used, those that have ended
 * included, unlike a sum over /proc/PID/task.
 */
public final class ProcessClock {
  private ProcessClock() {}

  /** CPU time of a process since it began, in nanoseconds; empty where it has ended. */
  public static OptionalLong cpuNanos(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment clock = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      if (LibC.clock_getcpuclockid(Math.toIntExact(pid), clock) != 0
          || LibC.clock_gettime(Errno.allocate(arena), clock.get(ValueLayout.JAVA_INT, 0), time)
              != 0) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(
          TimeUnit.SECONDS.toNanos(time.getAtIndex(ValueLayout.JAVA_LONG, 0))
              + time.getAtIndex(ValueLayout.JAVA_LONG, 1));
    }
  }
}
