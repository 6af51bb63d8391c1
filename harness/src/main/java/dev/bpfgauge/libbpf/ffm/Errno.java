package dev.bpfgauge.libbpf.ffm;

import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.VarHandle;

/**
 * Where a call leaves its errno. The JVM itself makes system calls between ours, so errno must be
 * captured by the call; the segment belongs to the caller, for a shared one would mix up threads.
 * Numbers are those of asm-generic/errno-base.h, equal on x86-64 and aarch64.
 */
public final class Errno {

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int E2BIG = 7;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int ERANGE = 34;
  public static final int ENOSYS = 38;
  public static final int EOPNOTSUPP = 95;
  public static final int ETIMEDOUT = 110;

  /** Kernel-internal, yet bpf(2) returns it for what the kernel was not built with. */
  public static final int ENOTSUPP = 524;

  static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final MemoryLayout LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = LAYOUT.varHandle(PathElement.groupElement("errno"));

  private Errno() {}

  public static MemorySegment allocate(SegmentAllocator allocator) {
    return allocator.allocate(LAYOUT);
  }

  /** The errno of the last call made with this segment; meaningful only if that call failed. */
  public static int of(MemorySegment captured) {
    return (int) ERRNO.get(captured, 0L);
  }
}
