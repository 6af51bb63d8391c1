package dev.bpfgauge.tool;

import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of block devices, from /proc/diskstats; numbers are the kernel's {@code MKDEV}. */
final class Disks {
  private static final Path STATISTICS = Path.of("/proc/diskstats");
  private static final Path SYSTEM = Path.of("/sys/class/block");
  private static final int MINOR_BITS = 20;

  private final Map<Integer, String> names;

  private Disks(Map<Integer, String> names) {
    this.names = names;
  }

  static Disks read() {
    try (Stream<String> lines = Files.lines(STATISTICS)) {
      return parse(lines);
    } catch (IOException e) {
      return new Disks(Map.of());
    }
  }

  static Disks parse(Stream<String> diskstats) {
    Map<Integer, String> names = new HashMap<>();
    diskstats
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 2)
        .forEach(fields ->
            names.put(
                Integer.parseInt(fields[0]) << MINOR_BITS | Integer.parseInt(fields[1]),
                fields[2]));
    return new Disks(names);
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
    if (number == 0) {
      return "?";
    }
    String name = names.get(number);
    return name != null ? name : (number >>> MINOR_BITS) + ":" + (number & (1 << MINOR_BITS) - 1);
  }

  /**
   * A device's number.
   *
   * @param disk {@code sda}, {@code /dev/sda} or a link to it below /dev
   * @throws Refusal where there is none of this name, or it is a partition
   */
  int require(String disk) {
    String name = disk.startsWith("/dev/") ? behind(Path.of(disk)) : disk;
    if (Files.exists(SYSTEM.resolve(name).resolve("partition"))) {
      throw Refusal.usage(
          "%s is a partition, and requests name the whole disk only: give that one."
              .formatted(disk));
    }
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() ->
            Refusal.usage(
                "there is no disk %s; there are: %s."
                    .formatted(
                        disk, names.values().stream().sorted().collect(Collectors.joining(", ")))));
  }
}
