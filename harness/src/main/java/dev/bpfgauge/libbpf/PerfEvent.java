package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An event of perf_event_open(2): it counts, and a program can be attached to it. */
public final class PerfEvent {
  private static final int PERF_TYPE_SOFTWARE = 1;
  private static final int PERF_COUNT_SW_CPU_CLOCK = 0;
  private static final int PERF_COUNT_SW_PAGE_FAULTS = 2;
  private static final int PERF_FLAG_FD_CLOEXEC = 8;

  /** Bits of {@code struct perf_event_attr}, from the least. */
  private static final long DISABLED = 1;

  private static final long INHERIT = 1 << 1;
  private static final long ENABLE_ON_EXEC = 1 << 12;

  /** PERF_FORMAT_TOTAL_TIME_ENABLED and _RUNNING. */
  private static final long TIMES = 3;

  private PerfEvent() {}

  /**
   * Which events count.
   *
   * @param samplePeriod every how many of them the program runs; 0 where it always does
   * @param pid 0: the calling thread, -1: all processes
   * @param cpu -1: all of them
   */
  public record Scope(long samplePeriod, int pid, int cpu) {}

  /** Each page fault of the calling thread; the caller closes it. */
  static int pageFaults() {
    return open("page faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, new Scope(1, 0, -1));
  }

  /** A CPU's clock, each time so many nanoseconds of it have passed; the caller closes it. */
  static int ofCpu(int cpu, long periodNanos) {
    return open(
        "cpu-clock of CPU " + cpu,
        PERF_TYPE_SOFTWARE,
        PERF_COUNT_SW_CPU_CLOCK,
        new Scope(periodNanos, -1, cpu));
  }

  /**
   * Counts for a process from its next exec on, with all that it starts then; the caller closes it.
   *
   * <p>Reading gives three numbers of eight bytes: the count, and the nanoseconds for which it was
   * wanted and counted.
   *
   * @param about names the event in messages
   * @param pid of a process that has not executed its program yet
   * @throws BpfException where the kernel refuses
   * @throws UnsupportedOperationException on an architecture whose number of the call is not known
   */
  public static int ofCommand(String about, int type, long config, int pid) {
    return open(
        about, type, config, new Scope(0, pid, -1), DISABLED | INHERIT | ENABLE_ON_EXEC, TIMES);
  }

  /**
   * A descriptor, which the caller closes.
   *
   * @param about names the event in messages
   * @throws BpfException where the kernel refuses
   * @throws UnsupportedOperationException on an architecture whose number of the call is not known
   */
  public static int open(String about, int type, long config, Scope scope) {
    return open(about, type, config, scope, 0, 0);
  }

  private static int open(
      String about, int type, long config, Scope scope, long flags, long readFormat) {
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
      Uapi.perf_event_attr.setLong(attr, "read_format", readFormat);
      attr.set(ValueLayout.JAVA_LONG, Uapi.perf_event_attr.offset("flags"), flags);
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
