package dev.bpfgauge.machine.host;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.PerfEvent;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A counter of perf_event_open(2), counting everything on one CPU. The numbers are those of {@code
 * include/uapi/linux/perf_event.h}.
 *
 * <p>Used by one thread at a time.
 */
public final class PerfCounter implements AutoCloseable {

  /** What to count. */
  public enum Event {
    /** Tasks that arrived on the CPU from another one; counted by the scheduler itself. */
    CPU_MIGRATIONS(1, 4),
    /** Cycles of the performance monitoring unit. */
    CPU_CYCLES(0, 0);

    private final int type;
    private final long config;

    Event(int type, long config) {
      this.type = type;
      this.config = config;
    }
  }

  private final Arena arena;
  private final MemorySegment errno;
  private final MemorySegment count;
  private final int fd;
  private boolean open = true;

  private PerfCounter(Arena arena, MemorySegment errno, int fd) {
    this.arena = arena;
    this.errno = errno;
    this.count = arena.allocate(ValueLayout.JAVA_LONG);
    this.fd = fd;
  }

  /** The kernel has the event, and does not let us count it. */
  public static final class DeniedException extends IOException {
    private static final long serialVersionUID = 1L;

    private DeniedException(String reason) {
      super(reason);
    }
  }

  /**
   * Starts counting.
   *
   * @throws DeniedException where it is not for us
   * @throws IOException with the reason in words: the event is not there, or not for us
   */
  public static PerfCounter open(Event event, int cpu) throws IOException {
    int fd;
    try {
      fd = PerfEvent.open(event.name(), event.type, event.config, new PerfEvent.Scope(0, -1, cpu));
    } catch (UnsupportedOperationException e) {
      throw new IOException(e.getMessage(), e);
    } catch (BpfException e) {
      throw e.errno() == Errno.EACCES || e.errno() == Errno.EPERM
          ? new DeniedException(reason(e.errno()))
          : new IOException(reason(e.errno()), e);
    }
    Arena arena = Arena.ofShared();
    return new PerfCounter(arena, Errno.allocate(arena), fd);
  }

  static String reason(int errno) {
    return switch (errno) {
      case Errno.EACCES, Errno.EPERM ->
          "perf_event_open for a whole CPU is refused: it needs CAP_PERFMON or"
              + " kernel.perf_event_paranoid ≤ 0";
      case Errno.ENOENT, Errno.ENODEV, Errno.EOPNOTSUPP ->
          "this kernel or processor has no such event";
      case Errno.ENOSYS -> "the kernel is built without perf events (CONFIG_PERF_EVENTS)";
      case Errno.EMFILE -> "too many open files";
      default -> "perf_event_open failed with errno " + errno;
    };
  }

  /**
   * The count since opening.
   *
   * @throws IllegalStateException after closing, or where the kernel does not answer
   */
  public long read() {
    if (!open) {
      throw new IllegalStateException("this counter is closed");
    }
    if (LibC.read(errno, fd, count, Long.BYTES) != Long.BYTES) {
      throw new IllegalStateException("reading a perf counter failed, errno " + Errno.of(errno));
    }
    return count.get(ValueLayout.JAVA_LONG, 0);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      LibC.close(errno, fd);
      arena.close();
    }
  }
}
