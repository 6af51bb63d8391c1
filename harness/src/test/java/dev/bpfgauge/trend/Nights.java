package dev.bpfgauge.trend;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.WrittenRun;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Run folders of a made-up series of nights: lookups on two maps, one fork mean drawn after the
 * other from known levels. The same seed gives the same folders.
 */
public final class Nights {
  public static final Instant FIRST = Instant.parse("2024-01-01T03:00:00Z");
  private static final int FORKS = 6;

  private final Path results;
  private final Random random;
  private final SortedMap<String, String> fingerprint = new TreeMap<>(Map.of("kernel", "6.18"));
  private final SortedMap<String, Double> levels =
      new TreeMap<>(Map.of("array", 900.0, "hash", 1000.0));
  private final Set<String> refused = new HashSet<>();
  private final Set<String> unloaded = new HashSet<>();
  private double scatter = 0.005;
  private double moods;
  private double reference;
  private boolean shared;
  private boolean companions = true;
  private int forksOfOne = FORKS;

  public Nights(Path results, long seed) {
    this.results = results;
    random = new Random(seed);
  }

  /** Sets the level of a map's lookups, in nanoseconds; later nights have it. */
  public Nights level(String map, double nanos) {
    levels.put(map, nanos);
    return this;
  }

  /** No lookups on that map any more. */
  public Nights without(String map) {
    levels.remove(map);
    return this;
  }

  /** The kernel refuses lookups on that map from now on. */
  public Nights refused(String map) {
    refused.add(map);
    return this;
  }

  /** The load of later nights is not there, for lookups on that map. */
  public Nights unloaded(String map) {
    unloaded.add(map);
    return this;
  }

  /** The load of later nights is there again. */
  public Nights loaded() {
    unloaded.clear();
    return this;
  }

  public Nights fingerprint(String name, String value) {
    fingerprint.put(name, value);
    return this;
  }

  /** Standard deviation of a fork about its night, and of a night about its level, as shares. */
  public Nights scatter(double share) {
    scatter = share;
    return this;
  }

  /** Later nights differ by so much, as a share: all of the machine, references too. */
  public Nights moods(double share) {
    moods = share;
    return this;
  }

  /** What getppid takes beside each fork of later nights; 0: they do not have it. */
  public Nights reference(double nanos) {
    reference = nanos;
    return this;
  }

  /** All forks of a round of later nights share a process. */
  public Nights shared() {
    shared = true;
    return this;
  }

  /** Nights that have only the arm itself. */
  public Nights alone() {
    companions = false;
    return this;
  }

  /** So many forks of each cell are ok in later runs. */
  public Nights forks(int count) {
    forksOfOne = count;
    return this;
  }

  /** So many nights, the first at {@code from}. */
  public Nights nights(int from, int count) {
    for (int night = from; night < from + count; night++) {
      write(results, night, Duration.ZERO, companions);
    }
    return this;
  }

  /** Both repetitions of a night, in the hour after it. */
  public Nights repeat(int night) {
    return repeatOnce(night, 30).repeatOnce(night, 45);
  }

  /** One repetition, so many minutes after the night. */
  public Nights repeatOnce(int night, int minutes) {
    write(results.resolve(RunImport.REPEATS), night, Duration.ofMinutes(minutes), false);
    return this;
  }

  /** The frozen program's run of that night, ten minutes after it. */
  public Nights canary(int night) {
    write(results.resolve(RunImport.CANARIES), night, Duration.ofMinutes(10), false);
    return this;
  }

  /** The id of a night's run. */
  public static String id(int night) {
    return RunFolder.idAt(start(night), "maps");
  }

  public static Instant start(int night) {
    return FIRST.plus(Duration.ofDays(night));
  }

  private void write(Path folder, int night, Duration later, boolean withCompanions) {
    WrittenRun.in(folder, run(start(night).plus(later), withCompanions));
  }

  private RunData run(Instant start, boolean withCompanions) {
    List<ArmInfo> arms = new ArrayList<>(List.of(new ArmInfo("idle", "idle", "idle", "")));
    if (withCompanions) {
      arms.add(new ArmInfo("idle#2", "idle", "idle", ""));
      arms.add(new ArmInfo("idle+50ns", "idle", "idle, delayed", ""));
    }
    List<ForkRecord> forks = new ArrayList<>();
    double machine = moods == 0 ? 1 : Math.exp(moods * random.nextGaussian());
    levels.forEach((map, level) -> {
      double mood = level * Math.exp(scatter * random.nextGaussian());
      for (ArmInfo arm : arms) {
        double delay = arm.label().endsWith("ns") ? 50 : 0;
        for (int round = 0; round < forksOfOne; round++) {
          double mean = machine * (mood + delay) * Math.exp(scatter * random.nextGaussian());
          forks.add(fork(forks.size(), round, cell(map, arm.label()), mean, machine, start));
        }
      }
    });
    forks.sort(Comparator.comparingInt(ForkRecord::seq));
    return new RunData(info(start, arms, forks.size()), forks, Samples.NONE);
  }

  public static Cell cell(String map, String profile) {
    return new Cell("maps", "maps.lookup", Map.of("map", map), profile);
  }

  private ForkRecord fork(
      int seq, int round, Cell cell, double mean, double machine, Instant start) {
    boolean no = refused.contains(cell.param("map"));
    boolean lost = unloaded.contains(cell.param("map"));
    return new ForkRecord(
        seq,
        round,
        cell,
        no ? ForkStatus.REFUSED : lost ? ForkStatus.LOAD_NOT_REACHED : ForkStatus.OK,
        no ? "EINVAL: refused" : lost ? "90 % in use, wanted 80 %" : "",
        start,
        shared ? round : seq * 10L,
        seq * 10L + 9,
        no || lost
            ? null
            : new Measurement(
                mean,
                List.of(mean),
                new Measurement.Batches(64, 100, mean, mean * 1.1, mean * 1.2, mean * 2),
                6400,
                null,
                null,
                extras(machine),
                null),
        List.of());
  }

  private @Nullable SortedMap<String, Double> extras(double machine) {
    SortedMap<String, Double> extras = new TreeMap<>();
    if (reference > 0) {
      extras.put(Reference.CORRECTS.key(), machine * reference);
    }
    if (shared) {
      extras.put(Measurement.TURNS, 100.0);
    }
    return extras.isEmpty() ? null : extras;
  }

  private RunInfo info(Instant start, List<ArmInfo> arms, int forks) {
    return new RunInfo(
        RunInfo.FORMAT_VERSION,
        RunFolder.idAt(start, "maps"),
        start,
        start.plusSeconds(60),
        60_000,
        RunInfo.Status.COMPLETE,
        "0.1.0",
        List.of("run"),
        new PlanInfo("default", List.of("maps"), arms, FORKS, forks, 42, 100, 200, 0.03, null),
        fingerprint,
        new TreeMap<>(),
        List.of(),
        List.of());
  }
}
