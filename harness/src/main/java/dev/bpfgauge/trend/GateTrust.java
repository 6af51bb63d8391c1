package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.ChangePoints.ChangePoint;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.trend.CellTrend.Trust;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How good the gate is: judges the companions of the newest nights as their night judged itself.
 */
final class GateTrust {
  /** Nights whose companions are judged again. */
  private static final int MOST_JUDGED = 100;

  private final StoredNights nights;
  private final Map<Cell, CellHistory> cells;
  private final Map<Cell, Set<Long>> unsettled = new LinkedHashMap<>();

  private GateTrust(StoredNights nights, Map<Cell, CellHistory> cells) {
    this.nights = nights;
    this.cells = cells;
  }

  /**
   * Of every cell.
   *
   * @param family how many cells are judged together
   */
  static Map<Cell, Trust> of(StoredNights nights, Map<Cell, CellHistory> cells, int family) {
    return new GateTrust(nights, cells).trust(family);
  }

  private Map<Cell, Trust> trust(int family) {
    Map<Cell, List<CellTrend.Judged>> judged = new LinkedHashMap<>();
    cells.forEach((cell, history) -> {
      judged.put(cell, new ArrayList<>());
      unsettled.put(cell, unsettled(history));
    });
    int from = Math.max(0, nights.nights().size() - MOST_JUDGED);
    for (StoredRun night : nights.nights().subList(from, nights.nights().size())) {
      leaveOutConfirmed(night);
      judge(night, Role.AGAIN, judged);
      judge(night, Role.SLOWED, judged);
    }
    Map<Cell, Trust> trust = new LinkedHashMap<>();
    cells.forEach((cell, history) -> {
      List<CellTrend.Judged> all = Objects.requireNonNull(judged.get(cell));
      double smallest =
          history
              .in(Role.NIGHT, nights.newest())
              .map(night ->
                  history.compared(nights.newest(), night).smallestSeen(Math.max(1, family)))
              .orElse(Double.NaN);
      trust.put(
          cell,
          new Trust(
              count(all, Role.AGAIN, false),
              count(all, Role.AGAIN, true),
              count(all, Role.SLOWED, false),
              count(all, Role.SLOWED, true),
              history.delayNanos(),
              smallest,
              all));
    });
    return trust;
  }

  /**
   * Nights of a new level before it can be told from the old one: their companions differ from the
   * baseline because the cell does.
   */
  private static Set<Long> unsettled(CellHistory history) {
    List<Point> measured = history.nights();
    Set<Long> runs = new HashSet<>();
    for (ChangePoint change : history.changePoints()) {
      measured.subList(change.index(), change.index() + ChangePoints.SHORTEST).stream()
          .map(Point::run)
          .forEach(runs::add);
    }
    return runs;
  }

  /** Where the repetitions say what the night said, the cell changed: so did its companions. */
  private void leaveOutConfirmed(StoredRun night) {
    List<StoredRun> again = nights.companions(night, Role.REPEAT);
    if (again.size() < NightComparison.REPETITIONS) {
      return;
    }
    cells.forEach((cell, history) -> {
      List<NightComparison> all =
          Stream.concat(
                  history.in(Role.NIGHT, night).stream(),
                  again.stream().flatMap(run -> history.in(Role.REPEAT, run).stream()))
              .map(figure -> history.compared(night, figure))
              .toList();
      if (all.size() > NightComparison.REPETITIONS
          && Stream.of(Verdict.SLOWER, Verdict.FASTER)
              .anyMatch(change -> all.stream().allMatch(one -> one.confirms(change)))) {
        Objects.requireNonNull(unsettled.get(cell)).add(night.key());
      }
    });
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
    cells.forEach((cell, history) ->
        history
            .in(role, night)
            .filter(_ -> !unsettled.getOrDefault(cell, Set.of()).contains(night.key()))
            .map(companion -> history.compared(night, companion))
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
}
