package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The ids of all of the kernel's programs, links or maps. */
final class ObjectIds {
  private static final int AT_FIRST = 64;

  private ObjectIds() {}

  /** One of bpf(2)'s calls {@code BPF_…_GET_NEXT_ID}. */
  interface Next {
    /** Writes the smallest id above this one; 0, or {@code -errno}. */
    int after(int id, MemorySegment next);
  }

  /**
   * Ascending.
   *
   * @param call names it in a refusal
   * @param what names the objects there
   * @param next four bytes
   * @throws BpfException EPERM without CAP_SYS_ADMIN
   */
  static int[] all(String call, String what, Next walk, MemorySegment next) {
    int[] ids = new int[AT_FIRST];
    int count = 0;
    int id = 0;
    while (true) {
      int result = walk.after(id, next);
      if (result == -Errno.ENOENT) {
        return Arrays.copyOf(ids, count);
      }
      if (result < 0) {
        throw new BpfException(call, "all " + what, -result);
      }
      id = next.get(ValueLayout.JAVA_INT, 0);
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count++] = id;
    }
  }
}
