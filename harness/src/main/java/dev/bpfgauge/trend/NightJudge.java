package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend.Confirmation;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.CellTrend.Trust;
import dev.bpfgauge.trend.Point.Lack;
import dev.bpfgauge.trend.Store.DamagedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the newest night says of each cell. docs/trend.md states the rule. */
final class NightJudge {
  private final StoredNights nights;
  private final StoredRun newest;
  private final JudgedHistories judged;
  private final Map<Cell, CellHistory> cells;
  private final @Nullable Anchor anchor;

  /**
   * @param anchor in force for the night; absent without one
   */
  NightJudge(StoredNights nights, @Nullable Anchor anchor) {
    this.nights = nights;
    this.newest = nights.newest();
    this.anchor = anchor;
    judged = JudgedHistories.of(nights);
    cells = judged.cells();
  }

  Trend trend() throws DamagedException {
    Map<Cell, NightComparison> family = new LinkedHashMap<>();
    cells.forEach((cell, history) ->
        history
            .in(Role.NIGHT, newest)
            .ifPresent(night -> family.put(cell, history.compared(newest, night))));
    List<Cell> judgedCells = List.copyOf(family.keySet());
    List<Verdict> verdicts = NightComparison.judge(List.copyOf(family.values()));
    Map<Cell, Trust> trust = GateTrust.of(nights, cells, judgedCells.size());
    List<CellTrend> trends = new ArrayList<>();
    cells.forEach((cell, history) -> {
      int at = judgedCells.indexOf(cell);
      Judged one =
          at < 0
              ? missing(cell, history)
              : judged(history, Objects.requireNonNull(family.get(cell)), verdicts.get(at));
      if (one != null) {
        trends.add(trend(cell, history, one, Objects.requireNonNull(trust.get(cell))));
      }
    });
    return new Trend(
        newest,
        nights.nights(),
        withoutFigure(),
        nights.changed(),
        anchor,
        judged.correction(),
        nights.canary() != null,
        nights.repeats().size(),
        trends);
  }

  private List<StoredRun> withoutFigure() {
    Set<Long> figures = new HashSet<>();
    cells.values().stream()
        .flatMap(history -> history.of(Role.NIGHT).stream())
        .filter(point -> point.measured() != null || point.lack() == Lack.RESOLUTION)
        .forEach(point -> figures.add(point.run()));
    return nights.nights().stream().filter(night -> !figures.contains(night.key())).toList();
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
  private @Nullable Judged missing(Cell cell, CellHistory history) {
    List<Point> points = history.of(Role.NIGHT);
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
          last.lack() == Lack.RESOLUTION
              ? NightVerdict.BELOW_RESOLUTION
              : last.lack() == Lack.LOAD
                  ? NightVerdict.LOAD_NOT_REACHED
                  : ever ? NightVerdict.GONE : NightVerdict.NO_FIGURE,
          Confirmation.NOT_ASKED,
          (last.lack() == Lack.RESOLUTION
                  ? "no ratio in this night: "
                  : "no figure in this night: ")
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

  private Judged judged(CellHistory history, NightComparison rolling, Verdict verdict) {
    List<NightComparison> again =
        nights.repeats().stream()
            .flatMap(repeat -> history.in(Role.REPEAT, repeat).stream())
            .map(night -> history.compared(newest, night))
            .filter(NightComparison::isAnswer)
            .toList();
    NightComparison frozen =
        history
            .in(Role.CANARY, nights.canary())
            .map(night ->
                NightComparison.of(
                    NightComparison.baseline(
                        history.before(Role.CANARY, Objects.requireNonNull(nights.canary()))),
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
    return rolling.isAnswer()
        ? "the night may lie within the margin or beyond it"
        : "only one fork of the night is ok, and two are the least";
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

  private CellTrend trend(Cell cell, CellHistory history, Judged one, Trust trust) {
    List<Point> points = history.of(Role.NIGHT);
    List<Point> measured = history.nights();
    List<CellTrend.Change> changes =
        history.changePoints().stream()
            .map(point -> CellTrend.Change.of(measured.get(point.index()), point))
            .toList();
    return new CellTrend(
        cell,
        points,
        changes,
        one.verdict(),
        one.confirmation(),
        one.reason(),
        ratio(one.rolling()),
        judged.corrected().contains(cell) ? asMeasured(cell) : null,
        anchored(history),
        one.repeats().stream().map(Ratio::of).toList(),
        ratio(one.canary()),
        trust);
  }

  private static @Nullable Ratio ratio(@Nullable NightComparison comparison) {
    return comparison == null || comparison.nights() == 0 ? null : Ratio.of(comparison);
  }

  private @Nullable Ratio asMeasured(Cell cell) {
    CellHistory history = Objects.requireNonNull(nights.cells().get(cell));
    return history
        .in(Role.NIGHT, newest)
        .map(night -> ratio(history.compared(newest, night)))
        .orElse(null);
  }

  /** The newest night against the nights up to the anchor, or against the oldest ones. */
  private @Nullable Ratio anchored(CellHistory history) {
    List<Night> before = history.before(Role.NIGHT, newest);
    List<Night> anchorNights =
        anchor == null
            ? before.subList(0, Math.min(before.size(), 2 * NightComparison.ENOUGH_NIGHTS))
            : NightComparison.baseline(
                history.of(Role.NIGHT).stream()
                    .filter(point -> !point.startedAt().isAfter(anchor.runStartedAt()))
                    .filter(point -> point.startedAt().isBefore(newest.startedAt()))
                    .flatMap(point -> Stream.ofNullable(point.night()))
                    .toList());
    return history
        .in(Role.NIGHT, newest)
        .map(night -> ratio(NightComparison.of(anchorNights, night, newest.margin())))
        .orElse(null);
  }
}
