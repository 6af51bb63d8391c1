package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
 * @param cpuV1 our own folder in the v1 cpu hierarchy, empty where there is none
 * @param freezerV1 our own folder in the v1 freezer hierarchy, empty where there is none
 * @param freezerV1Root that hierarchy's mount point
 */
public record Cgroups(
    Optional<Path> unified,
    Optional<Path> unifiedRoot,
    Optional<Path> memoryV1,
    Optional<Path> cpuV1,
    Optional<Path> freezerV1,
    Optional<Path> freezerV1Root) {

  /** A v1 limit of about 2^63, page-aligned, means none. */
  private static final long V1_NO_LIMIT = 1L << 60;

  /**
   * Of this process.
   *
   * @throws IOException where procfs does not tell
   */
  public static Cgroups read() throws IOException {
    return read(Roots.SYSTEM);
  }

  static Cgroups read(Roots roots) throws IOException {
    return parse(
        ForeignText.read(roots.proc().resolve("self/cgroup")),
        ForeignText.read(roots.proc().resolve("self/mountinfo")),
        roots);
  }

  /**
   * Of the process with those files.
   *
   * @param cgroup text of /proc/self/cgroup
   * @param mountinfo text of /proc/self/mountinfo
   */
  public static Cgroups parse(String cgroup, String mountinfo) {
    return parse(cgroup, mountinfo, Roots.SYSTEM);
  }

  private static Cgroups parse(String cgroup, String mountinfo, Roots roots) {
    Optional<Mount> unified = mount(mountinfo, "cgroup2", null, roots);
    return new Cgroups(
        unified.map(m -> m.folderOf(path(cgroup, "0::"))),
        unified.map(Mount::point),
        ofController("memory", cgroup, mountinfo, roots),
        ofController("cpu", cgroup, mountinfo, roots),
        ofController("freezer", cgroup, mountinfo, roots),
        mount(mountinfo, "cgroup", "freezer", roots).map(Mount::point));
  }

  private static Optional<Path> ofController(
      String controller, String cgroup, String mountinfo, Roots roots) {
    return mount(mountinfo, "cgroup", controller, roots)
        .map(m -> m.folderOf(path(cgroup, "\\d+:(?:[^:]*,)?" + controller + "(?:,[^:]*)?:")));
  }

  /**
   * The CPU time a second that the quotas of our cgroup and those above allow, in CPUs; empty for
   * no quota (cpu.max, cpu.cfs_quota_us).
   */
  public OptionalDouble cpuQuota() {
    List<Double> quotas = new ArrayList<>();
    for (Path folder : withParents(unified)) {
      Roots.text(folder.resolve("cpu.max")).ifPresent(text -> quotas.addAll(quota(text)));
    }
    for (Path folder : withParents(cpuV1)) {
      Optional<String> quota = Roots.text(folder.resolve("cpu.cfs_quota_us"));
      Optional<String> period = Roots.text(folder.resolve("cpu.cfs_period_us"));
      if (quota.isPresent() && period.isPresent()) {
        quotas.addAll(quota(quota.get() + " " + period.get()));
      }
    }
    return quotas.stream().mapToDouble(Double::doubleValue).min();
  }

  /** {@code QUOTA PERIOD}; no quota is {@code max} in v2, -1 in v1. */
  private static List<Double> quota(String text) {
    Matcher figures = Pattern.compile("(\\d+)\\s+(\\d+)").matcher(text.strip());
    return figures.matches() && Long.parseLong(figures.group(2)) > 0
        ? List.of(Double.parseDouble(figures.group(1)) / Double.parseDouble(figures.group(2)))
        : List.of();
  }

  /** A cgroup and those above it, as far up as the hierarchy is mounted. */
  private static List<Path> withParents(Optional<Path> folder) {
    List<Path> found = new ArrayList<>();
    for (Path at = folder.orElse(null);
        at != null && Files.exists(at.resolve("cgroup.procs"));
        at = at.getParent()) {
      found.add(at);
    }
    return found;
  }

  /** What the memory limits of our cgroup and those above still allow, empty for no limit. */
  public OptionalLong memoryFreeBytes() throws IOException {
    long free = Long.MAX_VALUE;
    if (unified.isPresent()) {
      free = Math.min(free, least(unified, "memory.max", "memory.current"));
    }
    if (memoryV1.isPresent()) {
      free = Math.min(free, least(memoryV1, "memory.limit_in_bytes", "memory.usage_in_bytes"));
    }
    return free == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(free);
  }

  private static long least(Optional<Path> folder, String limitFile, String usageFile)
      throws IOException {
    long free = Long.MAX_VALUE;
    for (Path at : withParents(folder)) {
      if (Files.isReadable(at.resolve(limitFile)) && Files.isReadable(at.resolve(usageFile))) {
        OptionalLong limit = limit(ForeignText.read(at.resolve(limitFile)));
        if (limit.isPresent()) {
          long usage = Long.parseLong(ForeignText.read(at.resolve(usageFile)).strip());
          free = Math.min(free, limit.getAsLong() - usage);
        }
      }
    }
    return free;
  }

  /** A limit file's value, empty for {@code max} and for v1's very large number. */
  public static OptionalLong limit(String value) {
    String text = value.strip();
    if (text.equals("max") || Long.parseLong(text) >= V1_NO_LIMIT) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  /** {@code usage_usec} of a cgroup's cpu.stat in nanoseconds; every v2 cgroup has it. */
  public static long cpuNanos(String cpuStat) {
    Matcher usage = Pattern.compile("(?m)^usage_usec (\\d+)$").matcher(cpuStat);
    if (!usage.find()) {
      throw new IllegalArgumentException("cpu.stat has no line usage_usec");
    }
    return Long.parseLong(usage.group(1)) * 1000;
  }

  /** Whether a cgroup's cgroup.events says that a live process is in it or below. */
  public static boolean isPopulated(String events) {
    return events.lines().anyMatch("populated 1"::equals);
  }

  private static String path(String cgroup, String linePrefix) {
    Matcher line = Pattern.compile("(?m)^" + linePrefix + "(.*)$").matcher(cgroup);
    return line.find() ? line.group(1) : "/";
  }

  private static Optional<Mount> mount(
      String mountinfo, String type, @Nullable String option, Roots roots) {
    return mountinfo
        .lines()
        .map(line -> line.split(" - ", 2))
        .filter(halves -> halves.length == 2)
        .filter(halves -> isOf(halves[1].split(" ", -1), type, option))
        .map(halves -> halves[0].split(" ", -1))
        .flatMap(fields ->
            ForeignText.mountPath(fields[4]).stream()
                .map(point -> new Mount(ForeignText.unescaped(fields[3]), roots.inTree(point))))
        .findFirst();
  }

  private static boolean isOf(String[] fields, String type, @Nullable String option) {
    return fields[0].equals(type)
        && (option == null
            || Pattern.compile(",").splitAsStream(fields[2]).anyMatch(option::equals));
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
      try {
        Path folder = below.contains("..") ? point : point.resolve("." + "/" + below).normalize();
        return Files.isDirectory(folder) ? folder : point;
      } catch (InvalidPathException e) {
        return point; // A name that this JVM's locale cannot express.
      }
    }
  }
}
