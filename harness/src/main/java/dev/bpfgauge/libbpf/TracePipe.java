package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The end of what programs write by bpf_printk: trace_pipe, of which the machine has one. What is
 * read here no other reader gets. One thread at a time.
 */
public final class TracePipe implements AutoCloseable {
  private static final int O_RDONLY = 0;
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Lifetime lifetime = new Lifetime("trace_pipe");
  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Errno.allocate(arena);
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final int fd;

  private TracePipe(String path) {
    fd = LibC.open(errno, arena.allocateFrom(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0) {
      int refused = Errno.of(errno);
      arena.close();
      throw new BpfException("open", "trace_pipe", refused);
    }
  }

  /**
   * Opens it; tracefs need not be mounted.
   *
   * @throws BpfException e.g. EBUSY where another reader has it
   */
  public static TracePipe open() {
    return Tracepoint.inTracefs(folder -> new TracePipe(folder.resolve("trace_pipe").toString()));
  }

  /**
   * Reads what there is, without waiting.
   *
   * @return bytes put at the start of {@code text}; 0 where there is nothing
   */
  public int read(byte[] text) {
    return lifetime.call(
        "read",
        () -> {
          long bytes = LibC.read(errno, fd, buffer, Math.min(text.length, BUFFER_BYTES));
          if (bytes < 0 && Errno.of(errno) != Errno.EAGAIN && Errno.of(errno) != Errno.EINTR) {
            throw new BpfException("read", "trace_pipe", Errno.of(errno));
          }
          int got = (int) Math.max(0, bytes);
          MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, text, 0, got);
          return got;
        });
  }

  /** Gives it back. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> {
      BpfMap.closeFd(fd);
      arena.close();
    });
  }
}
