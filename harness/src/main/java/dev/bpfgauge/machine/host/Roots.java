package dev.bpfgauge.machine.host;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the kernel's and the system's files are, so that everything which reads them can be tested
 * against a tree of another machine.
 *
 * @param proc procfs, {@code /proc}
 * @param sys sysfs, {@code /sys}
 * @param etc configuration, {@code /etc}
 * @param dev devices, {@code /dev}
 * @param run run-time state, {@code /run}
 */
public record Roots(Path proc, Path sys, Path etc, Path dev, Path run) {

  /** This machine. */
  public static final Roots SYSTEM = under(Path.of("/"));

  /** A whole tree below one folder. */
  public static Roots under(Path root) {
    return new Roots(
        root.resolve("proc"),
        root.resolve("sys"),
        root.resolve("etc"),
        root.resolve("dev"),
        root.resolve("run"));
  }

  /** Where a file of the machine, named by its absolute path there, is in this tree. */
  Path inTree(Path file) {
    Path top = file.getRoot();
    return top == null
        ? file
        : sys.toAbsolutePath().resolveSibling("").resolve(top.relativize(file)).normalize();
  }

  /** {@code /sys/devices/system/cpu}. */
  public Path cpus() {
    return sys.resolve("devices/system/cpu");
  }

  /** The online CPUs' numbers, in order; CPU 0 alone where sysfs does not tell. */
  public List<Integer> onlineCpus() {
    List<Integer> cpus = cpuList(text(cpus().resolve("online")).orElse(""));
    return cpus.isEmpty() ? List.of(0) : cpus;
  }

  /** The CPUs that there are places for, for each of which a per-CPU map has a value. */
  public List<Integer> possibleCpus() {
    return cpuList(text(cpus().resolve("possible")).orElse(""));
  }

  /** The kernel's list format (cpuset(7)): {@code 0-3,8}. */
  static List<Integer> cpuList(String list) {
    List<Integer> cpus = new ArrayList<>();
    for (String range : list.split(",", -1)) {
      String[] ends = range.strip().split("-", 2);
      if (!ends[0].isEmpty()) {
        int last = Integer.parseInt(ends[ends.length - 1]);
        for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
          cpus.add(cpu);
        }
      }
    }
    return cpus;
  }

  /** The id of this boot, or the empty string where procfs does not tell. */
  public String bootId() {
    return text(proc.resolve("sys/kernel/random/boot_id")).orElse("");
  }

  /**
   * A file's content without surrounding white space. Empty where the file is not there, is not
   * readable, or has no content: sysfs attributes fail on reading in all three ways.
   */
  public static Optional<String> text(Path file) {
    try {
      String text = ForeignText.read(file).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The children of a folder whose name matches, by number then name; none where it is absent. */
  public static List<Path> children(Path folder, String nameRegex) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(child -> child.getFileName().toString().matches(nameRegex))
          .sorted(Roots::byNumberThenName)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static int byNumberThenName(Path a, Path b) {
    String left = a.getFileName().toString();
    String right = b.getFileName().toString();
    int byNumber = Long.compare(trailingNumber(left), trailingNumber(right));
    return byNumber != 0 ? byNumber : left.compareTo(right);
  }

  private static long trailingNumber(String name) {
    int from = name.length();
    while (from > 0 && from > name.length() - 9 && Character.isDigit(name.charAt(from - 1))) {
      from--;
    }
    return from == name.length() ? -1 : Long.parseLong(name.substring(from));
  }
}
