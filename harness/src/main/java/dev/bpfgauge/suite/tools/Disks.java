package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of block devices, from /proc/diskstats; numbers are the kernel's {@code MKDEV}. */
final class Disks {
  private static final Path STATISTICS = Path.of("/proc/diskstats");
  private static final Path SYSTEM = Path.of("/sys/class/block");
  private static final int MINOR_BITS = 20;

  /** Of paths below a multipath disk, which are hidden: {@code nvme0c1n1} is one of nvme0n1. */
  private static final int HIDDEN = 0;

  private static final Pattern PATH = Pattern.compile("(nvme\\d+)c\\d+(n\\d+)");

  private static final int NO_DISK = -1;

  private final Supplier<Map<Integer, String>> source;
  private Map<Integer, String> names;

  private Disks(Supplier<Map<Integer, String>> source) {
    this.source = source;
    this.names = source.get();
  }

  static Disks read() {
    return of(STATISTICS);
  }

  /** From a file like /proc/diskstats, which is read again where a disk is not in it yet. */
  static Disks of(Path diskstats) {
    return new Disks(() -> {
      try (Stream<String> lines = ForeignText.lines(diskstats)) {
        return parse(lines);
      } catch (IOException | UncheckedIOException e) {
        return new HashMap<>();
      }
    });
  }

  static Map<Integer, String> parse(Stream<String> diskstats) {
    Map<Integer, String> names = new HashMap<>();
    diskstats
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 2)
        .forEach(fields -> {
          int number = Integer.parseInt(fields[0]) << MINOR_BITS | Integer.parseInt(fields[1]);
          names.merge(number, number == HIDDEN ? multipath(fields[2]) : fields[2], Disks::both);
        });
    return names;
  }

  /** The disk that users know a hidden path by. */
  private static String multipath(String path) {
    Matcher matcher = PATH.matcher(path);
    return matcher.matches() ? matcher.group(1) + matcher.group(2) : path;
  }

  /** Requests of hidden paths have no number: of several disks it is one of these. */
  private static String both(String one, String other) {
    return List.of(one.split("\\|", -1)).contains(other) ? one : one + "|" + other;
  }

  /** A device's name by its path, which may be a link. */
  private static String behind(Path device) {
    try {
      return String.valueOf(device.toRealPath().getFileName());
    } catch (IOException e) {
      return device.toString();
    }
  }

  /** The device's name, or its numbers where it is gone. */
  String name(int number) {
    if (number == NO_DISK) {
      return "?";
    }
    String name = names.get(number);
    if (name == null) {
      names = source.get(); // It may have come later than we.
      name = names.get(number);
    }
    if (name == null) {
      name = number == HIDDEN ? "?" : numbers(number);
      names.put(number, name);
    }
    return name;
  }

  private static String numbers(int number) {
    return (number >>> MINOR_BITS) + ":" + (number & (1 << MINOR_BITS) - 1);
  }

  /**
   * A device's number.
   *
   * @param disk {@code sda}, {@code /dev/sda} or a link to it below /dev
   * @throws Refusal where there is none of this name, it is a partition, or it has no requests
   */
  int require(String disk) {
    return require(disk, SYSTEM);
  }

  int require(String disk, Path system) {
    String name = disk.startsWith("/dev/") ? behind(Path.of(disk)) : disk;
    Path folder = system.resolve(name);
    if (Files.exists(folder.resolve("partition"))) {
      throw Refusal.usage(
          "%s is a partition, and requests name the whole disk only: give that one."
              .formatted(disk));
    }
    String hidden = names.getOrDefault(HIDDEN, "");
    if (hidden.equals(name)) {
      return HIDDEN;
    }
    if (List.of(hidden.split("\\|", -1)).contains(name)) {
      throw Refusal.usage(
          "requests of %s cannot be told from those of the other multipath disks (%s): leave -d away."
              .formatted(disk, hidden.replace("|", ", ")));
    }
    int number =
        names.entrySet().stream()
            .filter(entry -> entry.getValue().equals(name))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> Refusal.usage(unknown(disk)));
    requireRequests(disk, folder);
    return number;
  }

  private String unknown(String disk) {
    return "there is no disk %s; there are: %s."
        .formatted(disk, names.values().stream().sorted().collect(Collectors.joining(", ")));
  }

  /** Device mapper, MD and zram take I/O without making requests of it; they have no queues. */
  private static void requireRequests(String disk, Path folder) {
    if (!Files.isDirectory(folder.resolve("queue")) || Files.isDirectory(folder.resolve("mq"))) {
      return;
    }
    List<String> below = entries(folder.resolve("slaves"));
    throw Refusal.usage(
        "%s has no block requests of its own%s."
            .formatted(
                disk,
                below.isEmpty()
                    ? ", and no disk below it has any"
                    : "; the disks below it have them: give "
                        + String.join(" or ", below)
                        + ", or leave -d away"));
  }

  private static List<String> entries(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
