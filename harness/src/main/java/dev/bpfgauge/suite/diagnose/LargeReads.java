package dev.bpfgauge.suite.diagnose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Has the kernel ask for contiguous pages, once for each call and without any right: for a read of
 * {@code /proc/sys} it takes as much memory as the reader has room for (fs/proc/proc_sysctl.c,
 * proc_sys_call_handler).
 */
final class LargeReads {
  private static final Path FILE = Path.of("/proc/sys/kernel/osrelease");

  /** ZERO, NOWARN and COMP, beside what differs from kernel to kernel. */
  private static final int GFP = 1 << 8 | 1 << 13 | 1 << 18;

  private LargeReads() {}

  /** Whether such a request has these flags. */
  static boolean isGfp(int flags) {
    return (flags & GFP) == GFP;
  }

  /**
   * Has the kernel ask so often for 2^order contiguous pages.
   *
   * @param order from 2: what is smaller comes from slabs
   * @param pageBytes size of a page
   */
  static void request(int order, int times, int pageBytes) {
    // One byte is for the end of the text.
    ByteBuffer room = ByteBuffer.allocateDirect((pageBytes << order) - 1);
    try (FileChannel file = FileChannel.open(FILE)) {
      for (int i = 0; i < times; i++) {
        var _ = file.read(room.clear(), 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
