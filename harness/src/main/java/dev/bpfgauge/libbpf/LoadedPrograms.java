package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** All programs that this kernel has loaded, whoever did. */
public final class LoadedPrograms {
  private LoadedPrograms() {}

  /**
   * In the order of their ids.
   *
   * @throws BpfException EPERM without CAP_SYS_ADMIN
   */
  public static List<BpfProgram.Info> list() {
    List<BpfProgram.Info> loaded = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
      int id = 0;
      while (true) {
        int result = LibBpf.bpf_prog_get_next_id(id, next);
        if (result == -Errno.ENOENT) {
          return loaded;
        }
        if (result < 0) {
          throw new BpfException("bpf_prog_get_next_id", "all programs", -result);
        }
        id = next.get(ValueLayout.JAVA_INT, 0);
        int fd = LibBpf.bpf_prog_get_fd_by_id(id);
        if (fd == -Errno.ENOENT) {
          continue; // gone meanwhile
        }
        if (fd < 0) {
          throw new BpfException("bpf_prog_get_fd_by_id", "program " + id, -fd);
        }
        try {
          loaded.add(BpfProgram.info(fd, "program " + id));
        } finally {
          BpfMap.closeFd(fd);
        }
      }
    }
  }

  /** {@code raw_tracepoint}; the number where libbpf does not know the type. */
  public static String typeWord(int type) {
    String word = LibBpf.libbpf_bpf_prog_type_str(type);
    return word.isEmpty() ? "type " + type : word;
  }
}
