package dev.bpfgauge.trend;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.ChangePoints.ChangePoint;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.NightComparison;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The history of one cell and what it says of the newest night.
 *
 * @param cell the cell
 * @param nights its points, oldest first; the newest night's is the last where it has one
 * @param changes where its level changed
 * @param verdict of the newest night
 * @param confirmation what became of a change that it looked like
 * @param reason one sentence: what the verdict rests on, or what is missing
 * @param rolling newest night against the nights since the last change; absent without a figure
 * @param measured the same as measured, where figures corrected by their reference decide; else
 *     absent
 * @param anchored newest night against the nights up to the anchor; absent without either
 * @param repeats the repetitions against the rolling baseline
 * @param canary the frozen program's night against its own nights; absent without one
 * @param trust how often this series was wrong, as far as is known
 */
public record CellTrend(
    Cell cell,
    List<Point> nights,
    List<Change> changes,
    NightVerdict verdict,
    Confirmation confirmation,
    String reason,
    @Nullable Ratio rolling,
    @Nullable Ratio measured,
    @Nullable Ratio anchored,
    List<Ratio> repeats,
    @Nullable Ratio canary,
    Trust trust) {

  public CellTrend {
    nights = List.copyOf(nights);
    changes = List.copyOf(changes);
    repeats = List.copyOf(repeats);
  }

  /** What became of a change that the newest night looked like. */
  public enum Confirmation {
    /** It looked like none. */
    NOT_ASKED,
    /** Repetitions are missing. */
    PENDING,
    /** A repetition does not say the same. */
    CONTRADICTED,
    /** The frozen program changed as well. */
    EXCUSED,
    CONFIRMED;

    /** A reader should look: it may be a change, and nobody can say so. */
    public boolean isDoubtful() {
      return this == PENDING || this == CONTRADICTED;
    }
  }

  /**
   * A change of level.
   *
   * @param run key of the first run of the new level
   * @param startedAt its start
   * @param ratio new level / old level
   * @param interval95 of the ratio
   */
  public record Change(long run, Instant startedAt, double ratio, Interval interval95) {
    static Change of(Point first, ChangePoint point) {
      return new Change(first.run(), first.startedAt(), point.ratio(), point.interval95());
    }
  }

  /**
   * A night against a baseline.
   *
   * @param nights nights of the baseline
   * @param ratio night / baseline
   * @param interval95 by the spread of the nights; absent below two
   * @param forkInterval95 by the spread of the night's forks; absent below two
   */
  public record Ratio(
      int nights, double ratio, @Nullable Interval interval95, @Nullable Interval forkInterval95) {
    static Ratio of(NightComparison comparison) {
      return new Ratio(
          comparison.nights(),
          comparison.ratio(),
          comparison.interval95(),
          comparison.forkInterval95());
    }
  }

  /**
   * How good the gate is on this series.
   *
   * @param equalNights nights whose second, equal arm was judged
   * @param falseAlarms of those, nights whose equal arm was called changed
   * @param slowedNights nights whose delayed arm was judged
   * @param seen of those, nights whose delayed arm was called slower
   * @param delayNanos how long each operation was delayed
   * @param smallestSeen smallest slowdown, as a share, called so with 95 % probability, by the
   *     spread of the nights; NaN with too few
   * @param judged each of those nights' arms, oldest first
   */
  public record Trust(
      int equalNights,
      int falseAlarms,
      int slowedNights,
      int seen,
      long delayNanos,
      double smallestSeen,
      @JsonIgnore List<Judged> judged) {

    public Trust {
      judged = List.copyOf(judged);
    }
  }

  /**
   * A companion of a night, judged as the night itself is but for the repetition.
   *
   * @param run key of the night's run
   * @param role {@link Role#AGAIN} or {@link Role#SLOWED}
   * @param ratio companion / baseline of its night
   * @param called whether it was called changed, or, if slowed, slower
   */
  public record Judged(long run, Role role, double ratio, boolean called) {}

  /** Whether a night has a figure without the reference that enough nights before it have. */
  public boolean lacksReference(long run) {
    Point newest = newest(run);
    return newest != null
        && newest.measured() != null
        && newest.measured().beside() == null
        && nights.stream()
                .map(Point::measured)
                .filter(night -> night != null && night.beside() != null)
                .count()
            >= NightComparison.ENOUGH_NIGHTS;
  }

  /** The newest night's figure; absent where it has none. */
  public @Nullable Point newest(long run) {
    return !nights.isEmpty() && nights.getLast().run() == run ? nights.getLast() : null;
  }
}
