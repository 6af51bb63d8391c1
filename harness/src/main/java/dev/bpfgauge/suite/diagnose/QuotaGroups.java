package dev.bpfgauge.suite.diagnose;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.suite.tools.LimitedGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Control groups with a CPU quota, and how often and how long the kernel stopped them, by their
 * files {@code cpu.max} and {@code cpu.stat} (cgroup-v2.rst), or {@code cpu.cfs_*} (sched-bwc.rst).
 */
final class QuotaGroups {
  private static final long NANOS_PER_MICRO = 1_000;

  /** A folder of groups without folders in it has two links. */
  private static final int LINKS_OF_A_LEAF = 2;

  private final Path root;

  /** Of all there are by their numbers, also of those without a quota. */
  private Map<Long, String> paths = new HashMap<>();

  /** Of those that had a quota, and of all when this began. */
  private Map<Long, Stops> before = new HashMap<>();

  private List<Limited> limited = List.of();

  /**
   * A group's counts since it has been there.
   *
   * @param periods in which it wanted to run
   * @param stopped of these, in how many its quota was used up
   * @param nanos how long, added up over its CPUs
   */
  record Stops(long periods, long stopped, long nanos) {
    private static final Stops NONE = new Stops(0, 0, 0);

    /** Of {@code cpu.stat}; nothing where it has no such lines. */
    static Stops parse(String stat) {
      Map<String, Long> counts =
          stat.lines()
              .map(line -> line.split(" ", -1))
              .filter(fields -> fields.length == 2)
              .collect(Collectors.toMap(fields -> fields[0], fields -> Long.valueOf(fields[1])));
      return new Stops(
          counts.getOrDefault("nr_periods", 0L),
          counts.getOrDefault("nr_throttled", 0L),
          counts.containsKey("throttled_usec")
              ? counts.getOrDefault("throttled_usec", 0L) * NANOS_PER_MICRO
              : counts.getOrDefault("throttled_time", 0L));
    }

    private Stops since(Stops then) {
      return new Stops(periods - then.periods, stopped - then.stopped, nanos - then.nanos);
    }
  }

  /**
   * One with a quota, in an interval.
   *
   * @param number of its folder
   * @param path below the mount, e.g. {@code /system.slice/cron.service}
   * @param cpus what it may use, in CPUs
   */
  record Limited(long number, String path, double cpus, Stops stops) {
    private boolean has(String other) {
      return other.equals(path) || other.startsWith(path + "/");
    }
  }

  /**
   * Begins an interval.
   *
   * @throws Refusal where there are no such groups
   */
  QuotaGroups() {
    this(LimitedGroup.root());
  }

  QuotaGroups(Path root) {
    this.root = root;
    read(true);
  }

  /** Ends the interval and begins the next. */
  void next() {
    read(false);
  }

  /** Those with a quota, in the interval that ended. */
  List<Limited> limited() {
    return limited;
  }

  /** Which one's quota it was, as far as can be told, that stopped the threads of a group. */
  Optional<Limited> thatStopped(long number) {
    String path = paths.get(number);
    return path == null
        ? Optional.empty()
        : limited.stream()
            .filter(group -> group.has(path))
            .max(
                Comparator.<Limited>comparingLong(group -> group.stops.nanos)
                    .thenComparingInt(group -> group.path.length()));
  }

  private void read(boolean all) {
    Map<Long, String> found = new HashMap<>();
    Map<Long, Stops> now = new HashMap<>(before);
    List<Limited> groups = new ArrayList<>();
    walk(root, all, found, now, groups);
    now.keySet().retainAll(found.keySet());
    paths = found;
    before = now;
    limited = List.copyOf(groups);
  }

  private void walk(
      Path folder,
      boolean all,
      Map<Long, String> found,
      Map<Long, Stops> now,
      List<Limited> groups) {
    try {
      Map<String, Object> of = Files.readAttributes(folder, "unix:ino,nlink");
      long number = (Long) requireNonNull(of.get("ino"));
      String path = Shown.name("/" + root.relativize(folder));
      found.put(number, path);
      Optional<Double> cpus = cpus(folder);
      Path stat = folder.resolve("cpu.stat");
      if ((all || cpus.isPresent()) && Files.exists(stat)) {
        Stops stops = Stops.parse(ForeignText.read(stat));
        Stops then = now.put(number, stops);
        cpus.ifPresent(quota ->
            groups.add(
                new Limited(number, path, quota, stops.since(then == null ? Stops.NONE : then))));
      }
      if (!Integer.valueOf(LINKS_OF_A_LEAF).equals(of.get("nlink"))) {
        try (Stream<Path> entries = Files.list(folder)) {
          entries
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .forEach(entry -> walk(entry, all, found, now, groups));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // It went meanwhile.
    }
  }

  /** What a group may use; empty for no quota. */
  private static Optional<Double> cpus(Path folder) throws IOException {
    Path both = folder.resolve("cpu.max");
    Path quota = folder.resolve("cpu.cfs_quota_us");
    if (Files.exists(both)) {
      return cpus(ForeignText.read(both));
    }
    return Files.exists(quota)
        ? cpus(
            ForeignText.read(quota).strip()
                + " "
                + ForeignText.read(folder.resolve("cpu.cfs_period_us")))
        : Optional.empty();
  }

  /** Of {@code QUOTA PERIOD}; no quota is {@code max}, or -1. */
  static Optional<Double> cpus(String text) {
    String[] fields = text.strip().split(" ", -1);
    return fields.length == 2 && fields[0].matches("\\d+")
        ? Optional.of(Double.parseDouble(fields[0]) / Double.parseDouble(fields[1]))
        : Optional.empty();
  }
}
