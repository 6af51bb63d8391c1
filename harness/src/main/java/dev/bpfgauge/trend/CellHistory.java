package dev.bpfgauge.trend;

import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.ChangePoints.ChangePoint;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One cell's points by role, oldest first.
 *
 * @param delayNanos of its delayed arm; 0 without one
 */
record CellHistory(Map<Role, List<Point>> points, long delayNanos) {
  List<Point> of(Role role) {
    return points.getOrDefault(role, List.of());
  }

  /** The nights that have a figure. */
  List<Point> nights() {
    return of(Role.NIGHT).stream().filter(point -> point.night() != null).toList();
  }

  /** A run's figure; empty without the run, and without a figure. */
  Optional<Night> in(Role role, @Nullable StoredRun run) {
    return run == null
        ? Optional.empty()
        : of(role).stream()
            .filter(point -> point.run() == run.key())
            .flatMap(point -> Stream.ofNullable(point.night()))
            .findFirst();
  }

  /** As it would be had the reference always taken what it takes in a typical night. */
  CellHistory corrected() {
    double typical =
        Night.typicalReference(
            of(Role.NIGHT).stream().flatMap(point -> Stream.ofNullable(point.measured())).toList());
    Map<Role, List<Point>> corrected = new TreeMap<>();
    points.forEach((role, all) ->
        corrected.put(role, all.stream().map(point -> point.corrected(typical)).toList()));
    return new CellHistory(corrected, delayNanos);
  }

  /** The figures before a moment. */
  List<Night> before(Role role, StoredRun run) {
    return of(role).stream()
        .filter(point -> point.startedAt().isBefore(run.startedAt()))
        .flatMap(point -> Stream.ofNullable(point.night()))
        .toList();
  }

  /** A figure against the baseline that a night had. */
  NightComparison compared(StoredRun night, Night figure) {
    return NightComparison.of(
        NightComparison.baseline(before(Role.NIGHT, night)), figure, night.margin());
  }

  /** Where the level of {@link #nights} changed. */
  List<ChangePoint> changePoints() {
    return ChangePoints.of(
        nights().stream()
            .flatMap(point -> Stream.ofNullable(point.night()))
            .mapToDouble(Night::time)
            .toArray());
  }
}
