package dev.bpfgauge.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where this process stands in the cgroup hierarchies, and what its memory limits leave.
 *
 * <p>Works on pure v2, on hybrid mounts (v2 beside v1 controllers) and on v1, by /proc/self/cgroup
 * and /proc/self/mountinfo (cgroups(7)).
 *
 * @param unified our own folder in the v2 hierarchy, empty where none is mounted
 * @param unifiedRoot that hierarchy's mount point
 * @param memoryV1 our own folder in the v1 memory hierarchy, empty where there is none
 */
record Cgroups(Optional<Path> unified, Optional<Path> unifiedRoot, Optional<Path> memoryV1) {

  /** A v1 limit of about 2^63, page-aligned, means none. */
  private static final long V1_NO_LIMIT = 1L << 60;

  static Cgroups read() throws IOException {
    return parse(
        Files.readString(Path.of("/proc/self/cgroup")),
        Files.readString(Path.of("/proc/self/mountinfo")));
  }

  /**
   * @param cgroup text of /proc/self/cgroup
   * @param mountinfo text of /proc/self/mountinfo
   */
  static Cgroups parse(String cgroup, String mountinfo) {
    Optional<Mount> unified = mount(mountinfo, "cgroup2", null);
    return new Cgroups(
        unified.map(m -> m.folderOf(path(cgroup, "0::"))),
        unified.map(Mount::point),
        mount(mountinfo, "cgroup", "memory")
            .map(m -> m.folderOf(path(cgroup, "\\d+:(?:[^:]*,)?memory(?:,[^:]*)?:"))));
  }

  /** What the memory limits of our cgroup and those above still allow, empty for no limit. */
  OptionalLong memoryFreeBytes() throws IOException {
    long free = Long.MAX_VALUE;
    if (unified.isPresent()) {
      free = Math.min(free, least(unified.get(), "memory.max", "memory.current"));
    }
    if (memoryV1.isPresent()) {
      free =
          Math.min(free, least(memoryV1.get(), "memory.limit_in_bytes", "memory.usage_in_bytes"));
    }
    return free == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(free);
  }

  private static long least(Path folder, String limitFile, String usageFile) throws IOException {
    long free = Long.MAX_VALUE;
    for (Path at = folder; at != null && Files.exists(at.resolve("cgroup.procs")); at = up(at)) {
      if (Files.isReadable(at.resolve(limitFile)) && Files.isReadable(at.resolve(usageFile))) {
        OptionalLong limit = limit(Files.readString(at.resolve(limitFile)));
        if (limit.isPresent()) {
          long usage = Long.parseLong(Files.readString(at.resolve(usageFile)).strip());
          free = Math.min(free, limit.getAsLong() - usage);
        }
      }
    }
    return free;
  }

  private static @Nullable Path up(Path folder) {
    return folder.getParent();
  }

  /** A limit file's value, empty for {@code max} and for v1's very large number. */
  static OptionalLong limit(String value) {
    String text = value.strip();
    if (text.equals("max") || Long.parseLong(text) >= V1_NO_LIMIT) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  /** {@code usage_usec} of a cgroup's cpu.stat in nanoseconds; every v2 cgroup has it. */
  static long cpuNanos(String cpuStat) {
    Matcher usage = Pattern.compile("(?m)^usage_usec (\\d+)$").matcher(cpuStat);
    if (!usage.find()) {
      throw new IllegalArgumentException("cpu.stat has no line usage_usec");
    }
    return Long.parseLong(usage.group(1)) * 1000;
  }

  /** Whether a cgroup's cgroup.events says that a live process is in it or below. */
  static boolean isPopulated(String events) {
    return events.lines().anyMatch("populated 1"::equals);
  }

  private static String path(String cgroup, String linePrefix) {
    Matcher line = Pattern.compile("(?m)^" + linePrefix + "(.*)$").matcher(cgroup);
    return line.find() ? line.group(1) : "/";
  }

  private static Optional<Mount> mount(String mountinfo, String type, @Nullable String option) {
    return mountinfo
        .lines()
        .map(line -> line.split(" - ", 2))
        .filter(halves -> halves.length == 2)
        .filter(halves -> isOf(halves[1].split(" ", -1), type, option))
        .map(halves -> halves[0].split(" ", -1))
        .map(fields -> new Mount(unescaped(fields[3]), Path.of(unescaped(fields[4]))))
        .findFirst();
  }

  private static boolean isOf(String[] fields, String type, @Nullable String option) {
    return fields[0].equals(type)
        && (option == null
            || Pattern.compile(",").splitAsStream(fields[2]).anyMatch(option::equals));
  }

  /** mountinfo writes blanks and backslashes in octal. */
  private static String unescaped(String field) {
    return Pattern.compile("\\\\([0-7]{3})")
        .matcher(field)
        .replaceAll(octal ->
            Matcher.quoteReplacement(Character.toString(Integer.parseInt(octal.group(1), 8))));
  }

  /**
   * @param root which folder of the hierarchy is mounted
   * @param point where
   */
  private record Mount(String root, Path point) {

    /** A path of the hierarchy as a folder; one outside of what is mounted becomes its top. */
    Path folderOf(String path) {
      String below =
          root.equals("/") ? path : path.startsWith(root) ? path.substring(root.length()) : "";
      Path folder = below.contains("..") ? point : point.resolve("." + "/" + below).normalize();
      return Files.isDirectory(folder) ? folder : point;
    }
  }
}
