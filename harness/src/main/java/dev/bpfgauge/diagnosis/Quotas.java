package dev.bpfgauge.diagnosis;

import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What control groups lost to their CPU quota so far: {@code throttled_usec} of {@code cpu.stat}
 * (Documentation/admin-guide/cgroup-v2.rst), of those that have a quota.
 *
 * @param micros by the group's path below the root
 */
record Quotas(Map<String, Long> micros) {
  private static final int MOST_GROUPS = 20_000;
  private static final int DEEPEST = 20;
  private static final String NONE = "max";

  Quotas {
    micros = Map.copyOf(micros);
  }

  /**
   * @param root where the hierarchy is mounted
   */
  static Quotas read(Path root) {
    Map<String, Long> micros = new HashMap<>();
    try (Stream<Path> all = Files.walk(root, DEEPEST)) {
      all.filter(file -> file.endsWith("cpu.max"))
          .limit(MOST_GROUPS)
          .forEach(file -> {
            Path group = file.getParent();
            if (group != null && !text(file).startsWith(NONE)) {
              text(group.resolve("cpu.stat"))
                  .lines()
                  .filter(line -> line.startsWith("throttled_usec "))
                  .forEach(line ->
                      micros.put(
                          "/" + root.relativize(group),
                          Long.parseLong(line.substring(line.indexOf(' ') + 1).strip())));
            }
          });
    } catch (IOException | UncheckedIOException e) {
      return new Quotas(micros); // It went meanwhile, or there is none.
    }
    return new Quotas(micros);
  }

  private static String text(Path file) {
    try {
      return ForeignText.read(file);
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Seconds that each lost since then. */
  Map<String, Double> since(Quotas before) {
    Map<String, Double> seconds = new HashMap<>();
    micros.forEach((group, now) -> {
      long then = before.micros.getOrDefault(group, 0L);
      if (now > then) {
        seconds.put(group, (now - then) / 1e6);
      }
    });
    return seconds;
  }
}
