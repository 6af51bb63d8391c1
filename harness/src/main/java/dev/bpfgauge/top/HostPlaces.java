package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LinkReader;
import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Network devices and control groups of this host by their numbers. */
final class HostPlaces implements LinkReader.Places {
  private static final Path DEVICES = Path.of("/sys/class/net");

  /** What is not known is looked for again after so long. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Map<Long, Path> cgroups = new HashMap<>();
  private Map<Integer, String> devices = Map.of();
  private long devicesAt = System.nanoTime() - STALE_NANOS;
  private long cgroupsAt = System.nanoTime() - STALE_NANOS;
  private final Optional<Path> root = root();

  private static Optional<Path> root() {
    try {
      return Cgroups.read().unifiedRoot();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Devices of this network namespace by their numbers. */
  static Map<Integer, String> devices() {
    Map<Integer, String> devices = new TreeMap<>();
    String[] names = DEVICES.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      try {
        String number = ForeignText.read(DEVICES.resolve(name).resolve("ifindex")).strip();
        devices.put(Integer.parseInt(number), name);
      } catch (IOException | NumberFormatException e) {
        // Gone meanwhile, or no device: bonding_masters.
      }
    }
    return devices;
  }

  @Override
  public String device(int ifindex) {
    if (System.nanoTime() - devicesAt >= STALE_NANOS) {
      devices = devices();
      devicesAt = System.nanoTime();
    }
    return devices.getOrDefault(ifindex, "device " + ifindex);
  }

  @Override
  public String cgroup(long id) {
    if (!cgroups.containsKey(id) && System.nanoTime() - cgroupsAt >= STALE_NANOS) {
      walk();
      cgroupsAt = System.nanoTime();
    }
    Path folder = cgroups.get(id);
    return folder == null ? "cgroup " + id : name(folder);
  }

  /** Every control group there is. */
  List<Path> cgroups() {
    walk();
    return List.copyOf(cgroups.values());
  }

  /** {@code /system.slice/ssh.service}. */
  String name(Path folder) {
    return "/" + root.map(top -> top.relativize(folder).toString()).orElse("");
  }

  private void walk() {
    cgroups.clear();
    if (root.isEmpty()) {
      return;
    }
    try (Stream<Path> folders = Files.walk(root.get())) {
      folders
          .filter(Files::isDirectory)
          .forEach(folder -> number(folder).ifPresent(id -> cgroups.put(id, folder)));
    } catch (IOException | UncheckedIOException e) {
      // A group ended while we walked: what was found by then is there.
    }
  }

  private static Optional<Long> number(Path folder) {
    try {
      return Optional.of((Long) Files.getAttribute(folder, "unix:ino"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
