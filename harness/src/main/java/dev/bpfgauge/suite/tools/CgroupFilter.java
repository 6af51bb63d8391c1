package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** The control group that a tool is limited to: its tasks, and those of the groups below it. */
final class CgroupFilter {
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private CgroupFilter() {}

  /**
   * Checks what the user gave.
   *
   * @throws Refusal where it is no control group
   */
  static Path require(Path folder) {
    if (!Files.isRegularFile(folder.resolve("cgroup.controllers"))) {
      throw Refusal.usage(
          folder
              + " is not a control group of version 2 (it has no cgroup.controllers): give a folder"
              + " below the cgroup2 mount, e.g. /sys/fs/cgroup/system.slice.");
    }
    return folder;
  }

  /** Puts the group into an array of control groups. */
  static void fill(BpfMap array, Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int fd = LibC.open(errno, arena.allocateFrom(folder.toString()), O_RDONLY_CLOEXEC, 0);
      if (fd < 0) {
        throw Refusal.usage("cannot open " + folder + ", errno " + Errno.of(errno));
      }
      try {
        array.update(
            arena.allocateFrom(ValueLayout.JAVA_INT, 0),
            arena.allocateFrom(ValueLayout.JAVA_INT, fd),
            Uapi.BPF_ANY);
      } finally {
        LibC.close(errno, fd);
      }
    }
  }
}
