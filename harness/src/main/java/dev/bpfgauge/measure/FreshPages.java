package dev.bpfgauge.measure;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pages of memory that are read for the first time again and again: a page fault each, as often as
 * one thread likes. The kernel answers with its one page of zeros, so that no memory is taken or
 * cleared. Forgetting the pages, every {@value #PAGES} readings, is part of it.
 *
 * <p>For the thread that made it.
 */
public final class FreshPages implements AutoCloseable {
  private static final int PAGES = 512;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = Errno.allocate(arena);
  private final long pageBytes = LibC.getpagesize();
  private final MemorySegment pages;

  public FreshPages() {
    long bytes = PAGES * pageBytes;
    MemorySegment mapped =
        LibC.mmap(errno, MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (mapped.address() == -1) {
      throw new IllegalStateException("mmap, errno " + Errno.of(errno));
    }
    pages = mapped.reinterpret(bytes);
    advise(MADV_NOHUGEPAGE);
  }

  /** Reads so many pages for the first time. */
  public void read(int count) {
    int seen = 0;
    for (int i = 0; i < count; i++) {
      int page = i % PAGES;
      if (page == 0) {
        advise(MADV_DONTNEED);
      }
      seen |= pages.get(ValueLayout.JAVA_BYTE, page * pageBytes);
    }
    if (seen != 0) {
      throw new IllegalStateException("a new page is not of zeros");
    }
  }

  private void advise(int advice) {
    // Kernels without huge pages answer EINVAL to MADV_NOHUGEPAGE, and need none.
    if (LibC.madvise(errno, pages, pages.byteSize(), advice) != 0 && advice == MADV_DONTNEED) {
      throw new IllegalStateException("madvise, errno " + Errno.of(errno));
    }
  }

  @Override
  public void close() {
    LibC.munmap(errno, pages, pages.byteSize());
    arena.close();
  }
}
