package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.ForeignText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code /proc/self/mounts}, in the format of fstab(5). A mount whose path cannot be named here is
 * left out: it is somebody else's.
 */
final class Mounts {
  private Mounts() {}

  /** One line: where, which file system, with which options. */
  record Mount(Path folder, String type, List<String> options) {}

  static List<Mount> parse(String mounts) {
    List<Mount> found = new ArrayList<>();
    for (String line : mounts.lines().toList()) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 3) {
        List<String> options = Arrays.asList(fields[3].split(",", -1));
        ForeignText.mountPath(fields[1])
            .ifPresent(folder -> found.add(new Mount(folder, fields[2], options)));
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
}
