package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An event of perf_event_open(2): it counts, and a program can be attached to it. */
public final class PerfEvent {
  private static final int PERF_TYPE_SOFTWARE = 1;
  private static final int PERF_COUNT_SW_CPU_CLOCK = 0;
  private static final int PERF_FLAG_FD_CLOEXEC = 8;

  private PerfEvent() {}

  /**
   * Which events count.
   *
   * @param samplePeriod every how many of them the program runs; 0 where it always does
   * @param pid 0: the calling thread, -1: all processes
   * @param cpu -1: all of them
   */
  public record Scope(long samplePeriod, int pid, int cpu) {}

  /** Each software event of the calling thread; the caller closes it. */
  static int ofThisThread(int config) {
    return open("software event " + config, PERF_TYPE_SOFTWARE, config, new Scope(1, 0, -1));
  }

  /** The clock of a CPU, each so many nanoseconds; the caller closes it. */
  static int ofClock(int cpu, long periodNanos) {
    return open(
        "the clock of CPU " + cpu,
        PERF_TYPE_SOFTWARE,
        PERF_COUNT_SW_CPU_CLOCK,
        new Scope(periodNanos, -1, cpu));
  }

  /**
   * A descriptor, which the caller closes.
   *
   * @param about names the event in messages
   * @throws BpfException where the kernel refuses
   * @throws UnsupportedOperationException on an architecture whose number of the call is not known
   */
  public static int open(String about, int type, long config, Scope scope) {
    long number =
        SyscallNumbers.current()
            .orElseThrow(() ->
                new UnsupportedOperationException(
                    "perf_event_open: "
                        + SyscallNumbers.unavailable(System.getProperty("os.arch", "")).orElse("")))
            .perf_event_open();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = Uapi.perf_event_attr.allocate(arena);
      Uapi.perf_event_attr.setInt(attr, "type", type);
      Uapi.perf_event_attr.setInt(attr, "size", Math.toIntExact(attr.byteSize()));
      Uapi.perf_event_attr.setLong(attr, "config", config);
      Uapi.perf_event_attr.setLong(attr, "sample_period", scope.samplePeriod);
      MemorySegment errno = Errno.allocate(arena);
      long fd =
          LibC.syscall(
              errno, number, attr.address(), scope.pid, scope.cpu, -1, PERF_FLAG_FD_CLOEXEC, 0);
      if (fd < 0) {
        throw new BpfException("perf_event_open", about, Errno.of(errno));
      }
      return Math.toIntExact(fd);
    }
  }
}
