package dev.bpfgauge.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code /proc/self/mounts}, in the format of fstab(5). */
final class Mounts {
  private Mounts() {}

  /** One line: where, which file system, with which options. */
  record Mount(Path folder, String type, List<String> options) {}

  static List<Mount> parse(String mounts) {
    List<Mount> found = new ArrayList<>();
    for (String line : mounts.lines().toList()) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 3) {
        // Blanks in a path are written in octal.
        Path folder = Path.of(fields[1].replace("\\040", " "));
        found.add(new Mount(folder, fields[2], Arrays.asList(fields[3].split(",", -1))));
      }
    }
    return found;
  }

  /** Where that file system is mounted first. */
  static Optional<Path> of(List<Mount> mounts, String type) {
    return mounts.stream()
        .filter(mount -> mount.type().equals(type))
        .map(Mount::folder)
        .findFirst();
  }

  /** Where that controller's hierarchy of version 1 is mounted. */
  static Optional<Path> cgroupV1(List<Mount> mounts, String controller) {
    return mounts.stream()
        .filter(mount -> mount.type().equals("cgroup") && mount.options().contains(controller))
        .map(Mount::folder)
        .findFirst();
  }
}
