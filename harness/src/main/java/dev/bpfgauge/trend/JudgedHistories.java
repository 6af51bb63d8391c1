package dev.bpfgauge.trend;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.ReferencedTimes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The histories that are judged: as measured, or corrected by what a reference took beside each
 * figure, where that brings nights closer together.
 *
 * @param cells as they are judged
 * @param corrected those of them that are corrected: the newest night, all that is held against it
 *     and enough earlier nights have references
 * @param correction how far nights lie apart either way; absent where no cell has references
 */
record JudgedHistories(
    Map<Cell, CellHistory> cells, Set<Cell> corrected, @Nullable Correction correction) {

  static JudgedHistories of(StoredNights nights) {
    Set<Cell> referenced = new HashSet<>();
    List<ReferencedTimes> subject = new ArrayList<>();
    List<ReferencedTimes> before = new ArrayList<>();
    nights
        .cells()
        .forEach((cell, history) -> {
          List<Night> now =
              Stream.of(
                      history.in(Role.NIGHT, nights.newest()).stream(),
                      history.in(Role.CANARY, nights.canary()).stream(),
                      nights.repeats().stream()
                          .flatMap(run -> history.in(Role.REPEAT, run).stream()))
                  .flatMap(figures -> figures)
                  .toList();
          List<Night> earlier =
              Night.withUsualReference(
                  NightComparison.newest(
                      history.before(Role.NIGHT, nights.newest()).stream()
                          .filter(night -> night.beside() != null)
                          .toList()));
          if (history.in(Role.NIGHT, nights.newest()).isPresent()
              && now.stream().allMatch(night -> night.beside() != null)
              && frozenNightsHaveIt(nights, history)
              && earlier.size() >= NightComparison.ENOUGH_NIGHTS) {
            referenced.add(cell);
            subject.add(Night.referenced(now.subList(0, 1)));
            before.add(Night.referenced(earlier));
          }
        });
    Correction correction =
        subject.isEmpty() ? null : Correction.of(subject, before, nights.newest().margin());
    Set<Cell> corrected = correction != null && correction.decides() ? referenced : Set.of();
    Map<Cell, CellHistory> cells = new LinkedHashMap<>();
    nights
        .cells()
        .forEach((cell, history) ->
            cells.put(cell, corrected.contains(cell) ? history.corrected() : history));
    return new JudgedHistories(cells, corrected, correction);
  }

  /** Else a change would lose an excuse that it has as measured. */
  private static boolean frozenNightsHaveIt(StoredNights nights, CellHistory history) {
    StoredRun canary = nights.canary();
    if (canary == null) {
      return true;
    }
    List<Night> before = history.before(Role.CANARY, canary);
    long referenced = before.stream().filter(night -> night.beside() != null).count();
    return referenced >= Math.min(before.size(), NightComparison.ENOUGH_NIGHTS);
  }
}
