package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what the kernel tells of everybody's maps. */
public final class MapReader {
  private MapReader() {}

  /**
   * The ids of all maps, ascending.
   *
   * @throws BpfException EPERM without CAP_SYS_ADMIN
   */
  public static int[] ids() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment next = arena.allocate(ValueLayout.JAVA_INT);
      return ObjectIds.all("bpf_map_get_next_id", "maps", LibBpf::bpf_map_get_next_id, next);
    }
  }

  /** The map; empty where it is gone. */
  public static Optional<LoadedMap> map(int id) {
    int fd = LibBpf.bpf_map_get_fd_by_id(id);
    if (fd == -Errno.ENOENT) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new BpfException("bpf_map_get_fd_by_id", "map " + id, -fd);
    }
    try {
      OptionalLong memory = FdInfo.ofOurs(fd).map(FdInfo::memoryBytes).orElse(OptionalLong.empty());
      return Optional.of(new LoadedMap(BpfMap.info(fd), memory));
    } finally {
      BpfMap.closeFd(fd);
    }
  }

  /** {@code percpu_hash}; the number where libbpf does not know the type. */
  public static String typeWord(int type) {
    String word = LibBpf.libbpf_bpf_map_type_str(type);
    return word.isEmpty() ? "type " + type : word;
  }
}
