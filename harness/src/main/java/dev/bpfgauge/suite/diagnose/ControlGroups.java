package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Shown;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Paths of control groups of version 2 by the number that the kernel has for them, which is that of
 * the folder. A group that is gone before its number is looked up has only its folder's name.
 */
final class ControlGroups {
  /** A host may have thousands: they are not all read again for each one that is not known. */
  private static final long BETWEEN_READINGS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Optional<Path> mount;
  private final Map<Long, String> paths = new HashMap<>();
  private long read = System.nanoTime() - BETWEEN_READINGS_NANOS;

  private ControlGroups(Optional<Path> mount) {
    this.mount = mount;
  }

  /** Where they are mounted, by the mounts of this process. */
  static ControlGroups ofThisHost() {
    try {
      return new ControlGroups(mount(ForeignText.read(Path.of("/proc/self/mounts"))));
    } catch (IOException e) {
      return new ControlGroups(Optional.empty());
    }
  }

  /** The first mount of type cgroup2 of proc_pid_mounts(5). */
  static Optional<Path> mount(String mounts) {
    return mounts
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > 2 && fields[2].equals("cgroup2"))
        .map(fields -> Path.of(fields[1]))
        .findFirst();
  }

  /**
   * E.g. {@code /system.slice/cron.service}; {@code …/cron.service} of one that is gone.
   *
   * @param name of its folder, as the kernel had it at that time
   */
  String path(long number, String name) {
    if (name.isEmpty()) {
      return "/";
    }
    if (!paths.containsKey(number) && System.nanoTime() - read >= BETWEEN_READINGS_NANOS) {
      readAgain();
    }
    return paths.getOrDefault(number, "…/" + name);
  }

  private void readAgain() {
    paths.clear();
    mount.ifPresent(root -> {
      try {
        Files.walkFileTree(root, new Folders(root));
      } catch (IOException e) {
        // Those that were read are known; the others have their names.
      }
    });
    read = System.nanoTime();
  }

  private final class Folders extends SimpleFileVisitor<Path> {
    private final Path root;

    Folders(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (Files.getAttribute(folder, "unix:ino") instanceof Long number) {
        paths.put(number, Shown.name("/" + root.relativize(folder)));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException error) {
      return FileVisitResult.CONTINUE; // It went meanwhile.
    }

    @Override
    public FileVisitResult postVisitDirectory(
        Path folder, @org.jspecify.annotations.Nullable IOException error) {
      return FileVisitResult.CONTINUE;
    }
  }
}
