package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintName;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.report.site.Site;
import dev.bpfgauge.stats.Night;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * What a long history costs: prints the row of docs/measured/store.md for so many points of 60
 * cells.
 *
 * <p>{@code java -Xmx512m -cp harness/target/harness.jar:harness/target/test-classes:… \
 * dev.bpfgauge.trend.StoreGrowth 1000020 [postgresql]}
 */
final class StoreGrowth {
  private static final int CELLS = 60;
  private static final SortedMap<String, String> FINGERPRINT =
      new TreeMap<>(Map.of(RunInfo.CLOCK, "nanoseconds", "kernel", "6.18"));

  private StoreGrowth() {}

  public static void main(String[] args) throws Exception {
    int nights = Integer.parseInt(args[0]) / CELLS;
    Path folder = Files.createTempDirectory("growth-");
    try {
      if (args.length > 1) {
        try (EmbeddedPostgres server =
            EmbeddedPostgres.builder().setOverrideWorkingDirectory(folder.toFile()).start()) {
          measure(server.getJdbcUrl("postgres", "postgres"), nights, folder);
        }
      } else {
        measure(Store.in(folder), nights, folder);
      }
    } finally {
      Scratch.deleteTree(folder);
    }
  }

  private static void measure(String url, int nights, Path folder) throws Exception {
    timed("put", () -> fill(url, nights));
    for (int i = 0; i < 5; i++) {
      timed(
          "opened, one cell's newest 1000 points",
          () -> {
            try (Store store = Store.open(url)) {
              return store.points(series(0), 1000).size();
            }
          });
      timed(
          "trend of the newest night",
          () -> {
            try (Store store = Store.open(url)) {
              return Trend.newest(store, List.of()).cells().size();
            }
          });
    }
    timed(
        "site",
        () -> {
          try (Store store = Store.open(url)) {
            return Site.write(store, List.of(), List.of(), folder.resolve("site"), folder).pages();
          }
        });
    System.out.printf(
        "site %.1f MB, %s%n",
        bytes(folder.resolve("site")) / 1e6,
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .findFirst()
            .orElse("memory unavailable: no /proc/self/status"));
  }

  private static double bytes(Path folder) throws IOException {
    double bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static void timed(String what, Callable<?> body) throws Exception {
    long start = System.nanoTime();
    Object result = body.call();
    System.out.printf("%-40s %8.3f s  (%s)%n", what, (System.nanoTime() - start) / 1e9, result);
  }

  private static String fill(String url, int nights) throws Exception {
    Random random = new Random(1);
    try (Store store = Store.open(url)) {
      for (int night = 0; night < nights; night++) {
        StoredRun run = run(night);
        Map<Series, Point> points = new HashMap<>();
        for (int cell = 0; cell < CELLS; cell++) {
          points.put(series(cell), point(run, random));
        }
        store.put(run, FINGERPRINT, points);
      }
      return store.size() + " points";
    }
  }

  private static Point point(StoredRun run, Random random) {
    double[] means = random.doubles(6, 990, 1010).toArray();
    return new Point(run.key(), run.startedAt(), Night.of(means), 0, null, 1100, "");
  }

  private static Series series(int cell) {
    Cell one = new Cell("maps", "maps.lookup", Map.of("entries", "" + (cell + 1)), "idle");
    return new Series(one, Role.NIGHT, 0, FingerprintName.of(FINGERPRINT));
  }

  private static StoredRun run(int night) {
    Instant start = Instant.parse("1990-01-01T03:00:00Z").plus(Duration.ofHours(12L * night));
    return new StoredRun(
        "night-" + night,
        Role.NIGHT,
        start,
        RunInfo.Status.COMPLETE,
        "0",
        FingerprintName.of(FINGERPRINT),
        "nanoseconds",
        0.03,
        "digest" + night,
        "/gone/night-" + night);
  }
}
