package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.ChangePoints.ChangePoint;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend.Confirmation;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.CellTrend.Trust;
import dev.bpfgauge.trend.Store.DamagedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the history says of its newest night, cell by cell. docs/trend.md states the rule.
 *
 * @param newest the night judged
 * @param nights nights of the same fingerprint, oldest first, the newest last
 * @param withoutFigure those nights that have not one good fork, and so do not count
 * @param changed what the fingerprint was before this history began, where there was another: the
 *     one most like it
 * @param anchor the anchor in force; absent where none was set: then the oldest nights are it
 * @param canary whether a frozen program measured the newest night as well
 * @param repeats repetitions of the newest night
 * @param cells one a cell, by name
 */
public record Trend(
    StoredRun newest,
    List<StoredRun> nights,
    List<StoredRun> withoutFigure,
    List<FingerprintDifference> changed,
    @Nullable Anchor anchor,
    boolean canary,
    int repeats,
    List<CellTrend> cells) {

  /** Nights that are looked at: nearly three years. */
  private static final int MOST_NIGHTS = 1000;

  /** Nights whose companions are judged again, to say how good the gate is. */
  private static final int MOST_JUDGED = 100;

  public Trend {
    nights = List.copyOf(nights);
    withoutFigure = List.copyOf(withoutFigure);
    changed = List.copyOf(changed);
    cells = List.copyOf(cells);
  }

  /**
   * The trend up to the newest night in the store.
   *
   * @param anchors all that were ever set
   * @throws Refusal where there is no night
   */
  public static Trend newest(Store store, List<Anchor> anchors) throws DamagedException {
    List<StoredRun> runs = store.runs();
    StoredRun newest =
        runs.stream()
            .filter(run -> run.role() == Role.NIGHT)
            .reduce((_, later) -> later)
            .orElseThrow(() ->
                Refusal.usage(
                    "there is no run in the history; `%s` makes one, `%s FOLDER` reads a folder of them."
                        .formatted(Program.command("run"), Program.command("trend", "import"))));
    return of(store, runs, newest, anchors);
  }

  /**
   * The trend up to a night.
   *
   * @param runs all runs of the store, oldest first
   */
  public static Trend of(Store store, List<StoredRun> runs, StoredRun newest, List<Anchor> anchors)
      throws DamagedException {
    return new Builder(store, runs, newest, anchors).build();
  }

  /** Whether the gate fails: a confirmed regression. */
  public boolean failed() {
    return cells.stream().anyMatch(cell -> cell.verdict() == NightVerdict.REGRESSED);
  }

  /** Nights that have a figure. */
  public int countedNights() {
    return nights.size() - withoutFigure.size();
  }

  /** Whether the newest night says something: it has a good fork. */
  public boolean isAnswered() {
    return !withoutFigure.contains(newest);
  }

  /** Cells that look changed and have no repetition yet. */
  public List<Cell> unconfirmed() {
    return cells.stream()
        .filter(cell -> cell.confirmation() == Confirmation.PENDING)
        .map(CellTrend::cell)
        .toList();
  }

  /** One cell's points by role. */
  private record Histories(Map<Role, List<Point>> points, long delayNanos) {
    List<Point> of(Role role) {
      return points.getOrDefault(role, List.of());
    }

    Optional<Night> in(Role role, @Nullable StoredRun run) {
      return run == null
          ? Optional.empty()
          : of(role).stream()
              .filter(point -> point.run() == run.key())
              .flatMap(point -> Stream.ofNullable(point.night()))
              .findFirst();
    }

    /** The figures before a moment. */
    List<Night> before(Role role, StoredRun run) {
      return of(role).stream()
          .filter(point -> point.startedAt().isBefore(run.startedAt()))
          .flatMap(point -> Stream.ofNullable(point.night()))
          .toList();
    }
  }

  private static final class Builder {
    private final Store store;
    private final StoredRun newest;
    private final List<StoredRun> nights;
    private final List<StoredRun> runs;
    private final @Nullable StoredRun canary;
    private final List<StoredRun> repeats;
    private final @Nullable Anchor anchor;
    private final Map<Cell, Histories> cells = new LinkedHashMap<>();
    private final Map<Cell, Set<Long>> unsettled = new LinkedHashMap<>();

    Builder(Store store, List<StoredRun> runs, StoredRun newest, List<Anchor> anchors)
        throws DamagedException {
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
      anchor = Anchors.inForce(anchors, store.fingerprint(newest.fingerprint())).orElse(null);
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
      byRole.forEach(
          (cell, points) -> cells.put(cell, new Histories(points, delays.getOrDefault(cell, 0L))));
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
    private List<StoredRun> companions(StoredRun night, Role role) {
      Instant end = end(night);
      return runs.stream()
          .filter(run -> run.role() == role && isComparable(run))
          .filter(run -> run.startedAt().isAfter(night.startedAt()))
          .filter(run -> !run.startedAt().isAfter(end))
          .toList();
    }

    Trend build() throws DamagedException {
      Map<Cell, NightComparison> family = new LinkedHashMap<>();
      cells.forEach((cell, histories) ->
          histories
              .in(Role.NIGHT, newest)
              .ifPresent(night -> family.put(cell, compared(histories, night))));
      List<Cell> judgedCells = List.copyOf(family.keySet());
      List<Verdict> verdicts = NightComparison.judge(List.copyOf(family.values()));
      Map<Cell, Trust> trust = trust(judgedCells.size());
      List<CellTrend> trends = new ArrayList<>();
      cells.forEach((cell, histories) -> {
        int at = judgedCells.indexOf(cell);
        Judged judged =
            at < 0
                ? missing(cell, histories)
                : judged(histories, Objects.requireNonNull(family.get(cell)), verdicts.get(at));
        if (judged != null) {
          trends.add(trend(cell, histories, judged, Objects.requireNonNull(trust.get(cell))));
        }
      });
      return new Trend(
          newest,
          nights,
          withoutFigure(),
          changed(),
          anchor,
          canary != null,
          repeats.size(),
          trends);
    }

    private List<StoredRun> withoutFigure() {
      Set<Long> figures = new HashSet<>();
      cells.values().stream()
          .flatMap(histories -> histories.of(Role.NIGHT).stream())
          .filter(point -> point.night() != null || point.belowResolution())
          .forEach(point -> figures.add(point.run()));
      return nights.stream().filter(night -> !figures.contains(night.key())).toList();
    }

    private NightComparison compared(Histories histories, Night night) {
      return compared(histories, newest, night);
    }

    /** A figure against the baseline that a night had. */
    private static NightComparison compared(Histories histories, StoredRun at, Night figure) {
      return NightComparison.of(
          NightComparison.baseline(histories.before(Role.NIGHT, at)), figure, at.margin());
    }

    /** A verdict and what it rests on. */
    private record Judged(
        NightVerdict verdict,
        Confirmation confirmation,
        String reason,
        @Nullable NightComparison rolling,
        List<NightComparison> repeats,
        @Nullable NightComparison canary) {}

    /** Whether the newest night has other cells of this cell's suite and profile. */
    private boolean isMeasured(Cell cell) {
      return cells.entrySet().stream()
          .filter(other -> other.getKey().suite().equals(cell.suite()))
          .filter(other -> other.getKey().profile().equals(cell.profile()))
          .map(other -> other.getValue().of(Role.NIGHT))
          .anyMatch(points -> !points.isEmpty() && points.getLast().run() == newest.key());
    }

    /** A cell without a figure in the newest night; null where that measured something else. */
    private @Nullable Judged missing(Cell cell, Histories histories) {
      List<Point> points = histories.of(Role.NIGHT);
      if (points.isEmpty()) {
        return null;
      }
      Point last = points.getLast();
      if (last.run() != newest.key() && !isMeasured(cell)) {
        return null;
      }
      if (last.run() == newest.key()) {
        String why = last.reason().isEmpty() ? "no fork was ok" : last.reason();
        boolean ever = points.stream().anyMatch(point -> point.night() != null);
        return new Judged(
            last.belowResolution()
                ? NightVerdict.BELOW_RESOLUTION
                : last.loadNotReached()
                    ? NightVerdict.LOAD_NOT_REACHED
                    : ever ? NightVerdict.GONE : NightVerdict.NO_FIGURE,
            Confirmation.NOT_ASKED,
            (last.belowResolution() ? "no ratio in this night: " : "no figure in this night: ")
                + why,
            null,
            List.of(),
            null);
      }
      return new Judged(
          NightVerdict.GONE,
          Confirmation.NOT_ASKED,
          "not in this night; last measured " + last.startedAt(),
          null,
          List.of(),
          null);
    }

    private Judged judged(Histories histories, NightComparison rolling, Verdict verdict) {
      List<NightComparison> again =
          repeats.stream()
              .flatMap(repeat -> histories.in(Role.REPEAT, repeat).stream())
              .map(night -> compared(histories, night))
              .toList();
      NightComparison frozen =
          histories
              .in(Role.CANARY, canary)
              .map(night ->
                  NightComparison.of(
                      NightComparison.baseline(
                          histories.before(Role.CANARY, Objects.requireNonNull(canary))),
                      night,
                      newest.margin()))
              .orElse(null);
      return switch (verdict) {
        case EQUIVALENT ->
            new Judged(
                NightVerdict.EQUIVALENT,
                Confirmation.NOT_ASKED,
                "within the margin",
                rolling,
                again,
                frozen);
        case INCONCLUSIVE ->
            new Judged(
                NightVerdict.INCONCLUSIVE,
                Confirmation.NOT_ASKED,
                inconclusive(rolling),
                rolling,
                again,
                frozen);
        case SLOWER, FASTER -> changed(verdict, rolling, again, frozen);
      };
    }

    private static String inconclusive(NightComparison rolling) {
      if (rolling.nights() < NightComparison.ENOUGH_NIGHTS) {
        return "%d of the %d nights that a baseline needs"
            .formatted(rolling.nights(), NightComparison.ENOUGH_NIGHTS);
      }
      return "the night may lie within the margin or beyond it";
    }

    private Judged changed(
        Verdict verdict,
        NightComparison rolling,
        List<NightComparison> again,
        @Nullable NightComparison frozen) {
      if (!again.stream().allMatch(repeat -> repeat.confirms(verdict))) {
        return new Judged(
            NightVerdict.INCONCLUSIVE,
            Confirmation.CONTRADICTED,
            "looked " + verdict.word() + ", but not in the repetition",
            rolling,
            again,
            frozen);
      }
      if (again.size() < NightComparison.REPETITIONS) {
        return new Judged(
            NightVerdict.INCONCLUSIVE,
            Confirmation.PENDING,
            "not confirmed yet: looks "
                + verdict.word()
                + "; `trend confirm` measures such cells twice more",
            rolling,
            again,
            frozen);
      }
      if (frozen != null
          && frozen.nights() >= NightComparison.ENOUGH_NIGHTS
          && !rolling.relativeTo(frozen).confirms(verdict)) {
        return new Judged(
            NightVerdict.INCONCLUSIVE,
            Confirmation.EXCUSED,
            String.format(
                Locale.ROOT,
                "%s, but the frozen program moved to %.3f of its own nights as well: the machine"
                    + " changed, or cannot be told from the code",
                verdict.word(),
                frozen.ratio()),
            rolling,
            again,
            frozen);
      }
      return new Judged(
          verdict == Verdict.SLOWER ? NightVerdict.REGRESSED : NightVerdict.IMPROVED,
          Confirmation.CONFIRMED,
          "beyond the margin, and in both repetitions"
              + (frozen == null ? "" : ", and not for the frozen program"),
          rolling,
          again,
          frozen);
    }

    private CellTrend trend(Cell cell, Histories histories, Judged judged, Trust trust) {
      List<Point> points = histories.of(Role.NIGHT);
      List<Point> measured = measured(histories);
      List<CellTrend.Change> changes =
          changePoints(measured).stream()
              .map(point -> CellTrend.Change.of(measured.get(point.index()), point))
              .toList();
      return new CellTrend(
          cell,
          points,
          changes,
          judged.verdict(),
          judged.confirmation(),
          judged.reason(),
          ratio(judged.rolling()),
          anchored(histories),
          judged.repeats().stream().map(Ratio::of).toList(),
          ratio(judged.canary()),
          trust);
    }

    private static @Nullable Ratio ratio(@Nullable NightComparison comparison) {
      return comparison == null || comparison.nights() == 0 ? null : Ratio.of(comparison);
    }

    /** The newest night against the nights up to the anchor, or against the oldest ones. */
    private @Nullable Ratio anchored(Histories histories) {
      List<Night> before = histories.before(Role.NIGHT, newest);
      List<Night> anchorNights =
          anchor == null
              ? before.subList(0, Math.min(before.size(), 2 * NightComparison.ENOUGH_NIGHTS))
              : NightComparison.baseline(
                  histories.of(Role.NIGHT).stream()
                      .filter(point -> !point.startedAt().isAfter(anchor.runStartedAt()))
                      .filter(point -> point.startedAt().isBefore(newest.startedAt()))
                      .flatMap(point -> Stream.ofNullable(point.night()))
                      .toList());
      return histories
          .in(Role.NIGHT, newest)
          .map(night -> ratio(NightComparison.of(anchorNights, night, newest.margin())))
          .orElse(null);
    }

    /** Judges the companions of the newest nights as their night judged itself. */
    private Map<Cell, Trust> trust(int family) {
      Map<Cell, List<CellTrend.Judged>> judged = new LinkedHashMap<>();
      cells.forEach((cell, histories) -> {
        judged.put(cell, new ArrayList<>());
        unsettled.put(cell, unsettled(histories));
      });
      int from = Math.max(0, nights.size() - MOST_JUDGED);
      for (StoredRun night : nights.subList(from, nights.size())) {
        leaveOutConfirmed(night);
        judge(night, Role.AGAIN, judged);
        judge(night, Role.SLOWED, judged);
      }
      Map<Cell, Trust> trust = new LinkedHashMap<>();
      cells.forEach((cell, histories) -> {
        List<CellTrend.Judged> all = Objects.requireNonNull(judged.get(cell));
        double smallest =
            histories
                .in(Role.NIGHT, newest)
                .map(night -> compared(histories, night).smallestSeen(Math.max(1, family)))
                .orElse(Double.NaN);
        trust.put(
            cell,
            new Trust(
                count(all, Role.AGAIN, false),
                count(all, Role.AGAIN, true),
                count(all, Role.SLOWED, false),
                count(all, Role.SLOWED, true),
                histories.delayNanos(),
                smallest,
                all));
      });
      return trust;
    }

    /**
     * Nights of a new level before it can be told from the old one: their companions differ from
     * the baseline because the cell does.
     */
    private static Set<Long> unsettled(Histories histories) {
      List<Point> measured = measured(histories);
      Set<Long> runs = new HashSet<>();
      for (ChangePoint change : changePoints(measured)) {
        measured.subList(change.index(), change.index() + ChangePoints.SHORTEST).stream()
            .map(Point::run)
            .forEach(runs::add);
      }
      return runs;
    }

    /** Where the repetitions say what the night said, the cell changed: so did its companions. */
    private void leaveOutConfirmed(StoredRun night) {
      List<StoredRun> again = companions(night, Role.REPEAT);
      if (again.size() < NightComparison.REPETITIONS) {
        return;
      }
      cells.forEach((cell, histories) -> {
        List<NightComparison> all =
            Stream.concat(
                    histories.in(Role.NIGHT, night).stream(),
                    again.stream().flatMap(run -> histories.in(Role.REPEAT, run).stream()))
                .map(figure -> compared(histories, night, figure))
                .toList();
        if (all.size() > NightComparison.REPETITIONS
            && Stream.of(Verdict.SLOWER, Verdict.FASTER)
                .anyMatch(change -> all.stream().allMatch(one -> one.confirms(change)))) {
          Objects.requireNonNull(unsettled.get(cell)).add(night.key());
        }
      });
    }

    private static List<Point> measured(Histories histories) {
      return histories.of(Role.NIGHT).stream().filter(point -> point.night() != null).toList();
    }

    private static List<ChangePoint> changePoints(List<Point> measured) {
      return ChangePoints.of(
          measured.stream()
              .flatMap(point -> Stream.ofNullable(point.night()))
              .mapToDouble(Night::time)
              .toArray());
    }

    private static int count(List<CellTrend.Judged> judged, Role role, boolean calledOnly) {
      return (int)
          judged.stream()
              .filter(companion -> companion.role() == role)
              .filter(companion -> companion.called() || !calledOnly)
              .count();
    }

    private void judge(StoredRun night, Role role, Map<Cell, List<CellTrend.Judged>> judged) {
      Map<Cell, NightComparison> family = new LinkedHashMap<>();
      cells.forEach((cell, histories) ->
          histories
              .in(role, night)
              .filter(_ -> !unsettled.getOrDefault(cell, Set.of()).contains(night.key()))
              .map(companion -> compared(histories, night, companion))
              .filter(comparison -> comparison.nights() >= NightComparison.ENOUGH_NIGHTS)
              .ifPresent(comparison -> family.put(cell, comparison)));
      List<Verdict> verdicts = NightComparison.judge(List.copyOf(family.values()));
      int i = 0;
      for (Map.Entry<Cell, NightComparison> entry : family.entrySet()) {
        Verdict verdict = verdicts.get(i++);
        boolean called =
            verdict == Verdict.SLOWER || (role == Role.AGAIN && verdict == Verdict.FASTER);
        Objects.requireNonNull(judged.get(entry.getKey()))
            .add(new CellTrend.Judged(night.key(), role, entry.getValue().ratio(), called));
      }
    }

    /**
     * Why this history begins where it does. Several machines may write to one store, so the one
     * before is the fingerprint that is most like this one.
     */
    private List<FingerprintDifference> changed() throws DamagedException {
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
}
