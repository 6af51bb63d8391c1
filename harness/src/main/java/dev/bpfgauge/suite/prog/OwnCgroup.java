package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A control group that this process is in until it is closed, with all that it starts: programs
 * attached to it see nothing of other processes. Sockets belong to the group they were made in.
 */
final class OwnCgroup implements AutoCloseable {
  private static final int O_RDONLY_CLOEXEC = 0x8_0000;

  private final Path folder;
  private final int fd;

  private OwnCgroup(Path folder, int fd) {
    this.folder = folder;
    this.fd = fd;
  }

  /**
   * Makes and enters it.
   *
   * @throws Refusal where there are none to be had
   */
  static OwnCgroup enter() {
    try {
      Path own =
          unified(
                  ForeignText.read(Path.of("/proc/self/cgroup")),
                  ForeignText.read(Path.of("/proc/self/mountinfo")))
              .orElseThrow(() ->
                  Refusal.environment(
                      "no cgroup v2 hierarchy is mounted, which this program is attached to"));
      Path folder = own.resolve("bpfgauge-prog-" + ProcessHandle.current().pid());
      Files.createDirectories(folder);
      move(folder);
      return new OwnCgroup(folder, open(folder));
    } catch (IOException e) {
      throw Refusal.environment("no cgroup can be made and entered: " + e.getMessage());
    }
  }

  /**
   * This process's folder in the v2 hierarchy (cgroups(7)); empty where none is mounted.
   *
   * @param cgroup text of /proc/self/cgroup
   * @param mounts text of /proc/self/mountinfo (proc_pid_mountinfo(5))
   */
  static Optional<Path> unified(String cgroup, String mounts) {
    Optional<Path> own =
        cgroup
            .lines()
            .filter(line -> line.startsWith("0::"))
            .map(line -> Path.of(line.substring("0::".length())))
            .findFirst();
    for (String line : mounts.lines().filter(it -> it.contains(" - cgroup2 ")).toList()) {
      List<String> fields = List.of(line.split(" ", -1));
      Optional<Path> mounted = ForeignText.mountPath(fields.get(4));
      Optional<Path> root = ForeignText.mountPath(fields.get(3));
      if (own.isPresent()
          && mounted.isPresent()
          && root.filter(own.get()::startsWith).isPresent()) {
        return Optional.of(mounted.get().resolve(root.get().relativize(own.get())));
      }
    }
    return Optional.empty();
  }

  /** The kernel takes 0 for the process that writes. */
  private static void move(Path folder) throws IOException {
    Files.writeString(folder.resolve("cgroup.procs"), "0");
  }

  private static int open(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int fd = LibC.open(errno, arena.allocateFrom(folder.toString()), O_RDONLY_CLOEXEC, 0);
      if (fd < 0) {
        throw Refusal.environment(folder + " cannot be opened, errno " + Errno.of(errno));
      }
      return fd;
    }
  }

  /** Its descriptor. */
  int fd() {
    return fd;
  }

  /** Leaves and deletes it. */
  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(Errno.allocate(arena), fd);
      move(folder.resolveSibling(""));
      Files.delete(folder);
    } catch (IOException e) {
      throw new IllegalStateException("cgroup " + folder + " stays: " + e.getMessage(), e);
    }
  }
}
