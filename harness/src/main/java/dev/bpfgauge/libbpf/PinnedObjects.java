package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/** What a file of a BPF file system holds. */
public final class PinnedObjects {
  private PinnedObjects() {}

  /** The object; empty where the file is none, is gone, or may not be opened. */
  public static Optional<FdInfo> at(Path file) {
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      fd = LibBpf.bpf_obj_get(arena.allocateFrom(file.toString()));
    }
    if (fd < 0) {
      return Optional.empty();
    }
    try {
      return FdInfo.ofOurs(fd);
    } finally {
      BpfMap.closeFd(fd);
    }
  }
}
