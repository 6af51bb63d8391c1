package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * A timer of this process (timerfd_create(2)) on CLOCK_MONOTONIC, in whose expiry the kernel allows
 * itself no slack. One thread uses it.
 */
final class OwnTimer implements AutoCloseable {
  /** The kernel's function of such timers. */
  static final String FUNCTION = "timerfd_tmrproc";

  private static final int CLOCK_MONOTONIC = 1;
  private static final int TFD_CLOEXEC = 0x80000;
  private static final int TFD_TIMER_ABSTIME = 1;
  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = Errno.allocate(arena);

  /** struct itimerspec: the interval, then the expiry, each seconds and nanoseconds. */
  private final MemorySegment spec = arena.allocate(ValueLayout.JAVA_LONG, 4);

  private final MemorySegment expirations = arena.allocate(ValueLayout.JAVA_LONG);
  private final int fd;

  OwnTimer() {
    fd = LibC.timerfd_create(errno, CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (fd < 0) {
      arena.close();
      throw new IllegalStateException("timerfd_create, errno " + Errno.of(errno));
    }
  }

  /**
   * Starts it.
   *
   * @param nanos when it expires, by {@link System#nanoTime}, which is that clock; it may have
   *     passed
   */
  void start(long nanos) {
    spec.setAtIndex(ValueLayout.JAVA_LONG, 2, nanos / NANOS_PER_SECOND);
    spec.setAtIndex(ValueLayout.JAVA_LONG, 3, nanos % NANOS_PER_SECOND);
    if (LibC.timerfd_settime(errno, fd, TFD_TIMER_ABSTIME, spec, MemorySegment.NULL) != 0) {
      throw new IllegalStateException("timerfd_settime, errno " + Errno.of(errno));
    }
  }

  /** Waits until it has expired, and says when this thread ran again. */
  long await() {
    while (LibC.read(errno, fd, expirations, Long.BYTES) != Long.BYTES) {
      if (Errno.of(errno) != Errno.EINTR) {
        throw new IllegalStateException("read of a timer, errno " + Errno.of(errno));
      }
    }
    return System.nanoTime();
  }

  @Override
  public void close() {
    LibC.close(errno, fd);
    arena.close();
  }
}
