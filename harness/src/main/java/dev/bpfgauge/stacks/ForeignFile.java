package dev.bpfgauge.stacks;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of another process, found in that process's own root: openat2(2) with RESOLVE_IN_ROOT, so
 * that no link leads out of it. It is only found, not opened: nothing waits, as on a FIFO, before
 * its kind was looked at. Linux 5.6.
 */
final class ForeignFile implements AutoCloseable {
  /** The same number on every architecture. */
  private static final long OPENAT2 = 437;

  private static final long O_PATH_CLOEXEC = 0x200000 | 0x80000;
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_IN_ROOT = 0x10;

  private final int fd;

  private ForeignFile(int fd) {
    this.fd = fd;
  }

  /**
   * Finds it.
   *
   * @param root e.g. {@code /proc/1/root}
   * @param path as the process sees it
   * @throws IOException where it is not there
   */
  static ForeignFile open(Path root, String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int folder = LibC.open(errno, arena.allocateFrom(root.toString()), (int) O_PATH_CLOEXEC, 0);
      if (folder < 0) {
        throw new IOException("cannot open " + root + ", errno " + Errno.of(errno));
      }
      try {
        MemorySegment how =
            arena.allocateFrom(
                ValueLayout.JAVA_LONG, O_PATH_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
        long found =
            LibC.syscall(
                errno,
                OPENAT2,
                folder,
                arena.allocateFrom(path).address(),
                how.address(),
                how.byteSize(),
                0,
                0);
        if (found < 0) {
          throw new IOException("no " + path + " in " + root + ", errno " + Errno.of(errno));
        }
        return new ForeignFile((int) found);
      } finally {
        LibC.close(errno, folder);
      }
    }
  }

  /** The file by its descriptor; good until this is closed. */
  Path path() {
    return Path.of("/proc/self/fd/" + fd);
  }

  long inode() throws IOException {
    return (Long) Files.getAttribute(path(), "unix:ino");
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(Errno.allocate(arena), fd);
    }
  }
}
