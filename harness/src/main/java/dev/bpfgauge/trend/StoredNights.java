package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.trend.Store.DamagedException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A night, those before it that may be compared with it, and the runs between them. */
final class StoredNights {
  /** Nights that are looked at: nearly three years. */
  private static final int MOST_NIGHTS = 1000;

  private final Store store;
  private final List<StoredRun> runs;
  private final StoredRun newest;
  private final List<StoredRun> nights;
  private final @Nullable StoredRun canary;
  private final List<StoredRun> repeats;
  private final Map<Cell, CellHistory> cells = new LinkedHashMap<>();

  StoredNights(Store store, List<StoredRun> runs, StoredRun newest) throws DamagedException {
    this.store = store;
    this.runs = runs;
    this.newest = newest;
    nights =
        runs.stream()
            .filter(run -> run.role() == Role.NIGHT && isComparable(run))
            .filter(run -> !run.startedAt().isAfter(newest.startedAt()))
            .toList();
    canary = companions(newest, Role.CANARY).stream().reduce((_, later) -> later).orElse(null);
    repeats = companions(newest, Role.REPEAT);
    Map<Cell, Map<Role, List<Point>>> byRole = new LinkedHashMap<>();
    Map<Cell, Long> delays = new TreeMap<>((a, b) -> a.id().compareTo(b.id()));
    Instant end = end(newest);
    for (Series series : store.series(newest.fingerprint())) {
      List<Point> points =
          store.points(series, MOST_NIGHTS).stream()
              .filter(point -> !point.startedAt().isAfter(end))
              .toList();
      // Delays of several lengths are several series; the newest one's is shown.
      Map<Role, List<Point>> ofCell = byRole.computeIfAbsent(series.cell(), _ -> new TreeMap<>());
      List<Point> there = ofCell.get(series.role());
      if (there == null || isNewer(points, there)) {
        ofCell.put(series.role(), points);
        if (series.role() == Role.SLOWED) {
          delays.put(series.cell(), series.delayNanos());
        }
      }
    }
    byRole.forEach((cell, points) -> {
      keepAlike(points);
      cells.put(cell, new CellHistory(points, delays.getOrDefault(cell, 0L)));
    });
  }

  /**
   * Nights in which as many cells shared its caches as in the last; a frozen program has its own.
   */
  private static void keepAlike(Map<Role, List<Point>> points) {
    List<Point> nights = points.getOrDefault(Role.NIGHT, List.of());
    points.replaceAll((role, all) -> {
      List<Point> like = role == Role.CANARY ? all : nights;
      return like.isEmpty() ? all : all.stream().filter(like.getLast()::isLike).toList();
    });
  }

  /** The night that is judged. */
  StoredRun newest() {
    return newest;
  }

  /** Oldest first, the newest last. */
  List<StoredRun> nights() {
    return nights;
  }

  /** The frozen program's run of the newest night; absent without one. */
  @Nullable StoredRun canary() {
    return canary;
  }

  /** Repetitions of the newest night. */
  List<StoredRun> repeats() {
    return repeats;
  }

  /** As measured. */
  Map<Cell, CellHistory> cells() {
    return cells;
  }

  private static boolean isNewer(List<Point> points, List<Point> there) {
    return !points.isEmpty()
        && (there.isEmpty() || points.getLast().startedAt().isAfter(there.getLast().startedAt()));
  }

  private boolean isComparable(StoredRun run) {
    return run.fingerprint().equals(newest.fingerprint());
  }

  /** The end of a night: the next one's start. */
  private Instant end(StoredRun night) {
    return runs.stream()
        .filter(run -> run.role() == Role.NIGHT && isComparable(run))
        .map(StoredRun::startedAt)
        .filter(start -> start.isAfter(night.startedAt()))
        .findFirst()
        .map(start -> start.minusMillis(1))
        .orElse(Instant.MAX);
  }

  /** The runs of that role between a night and the next. */
  List<StoredRun> companions(StoredRun night, Role role) {
    Instant end = end(night);
    return runs.stream()
        .filter(run -> run.role() == role && isComparable(run))
        .filter(run -> run.startedAt().isAfter(night.startedAt()))
        .filter(run -> !run.startedAt().isAfter(end))
        .toList();
  }

  /**
   * Why this history begins where it does. Several machines may write to one store, so the one
   * before is the fingerprint that is most like this one.
   */
  List<FingerprintDifference> changed() throws DamagedException {
    SortedMap<String, String> is = store.fingerprint(newest.fingerprint());
    Set<String> earlier = new LinkedHashSet<>();
    runs.stream()
        .filter(run -> run.role() == Role.NIGHT && run.clock().equals(newest.clock()))
        .filter(run -> run.startedAt().isBefore(nights.getFirst().startedAt()))
        .forEach(run -> earlier.add(run.fingerprint()));
    List<FingerprintDifference> nearest = List.of();
    for (String fingerprint : earlier) {
      List<FingerprintDifference> differences =
          FingerprintDifference.ofNames(is, store.fingerprint(fingerprint));
      if (nearest.isEmpty() || differences.size() <= nearest.size()) {
        nearest = differences;
      }
    }
    return nearest;
  }
}
