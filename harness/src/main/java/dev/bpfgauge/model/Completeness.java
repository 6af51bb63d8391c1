package dev.bpfgauge.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether a run has what was asked for. A cell (an operation in one profile) is answered where the
 * kernel said that it cannot do it, or where at least half of its planned forks gave a figure: a
 * lost fork widens an interval, and only a cell that lost most of them is missing.
 *
 * @param unanswered the cells without an answer, in the plan's order
 */
public record Completeness(List<Cell> unanswered) {

  public Completeness {
    unanswered = List.copyOf(unanswered);
  }

  /**
   * Of the forks in a journal.
   *
   * @param planned the cell of each planned fork
   */
  public static Completeness of(Collection<Cell> planned, Collection<ForkRecord> forks) {
    Map<Cell, Long> answers =
        forks.stream()
            .filter(fork -> fork.status() == ForkStatus.OK || fork.isKernelsRefusal())
            .collect(Collectors.groupingBy(ForkRecord::cell, Collectors.counting()));
    Map<Cell, Long> wanted =
        planned.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return new Completeness(
        planned.stream()
            .distinct()
            .filter(cell -> 2 * answers.getOrDefault(cell, 0L) < wanted.getOrDefault(cell, 0L))
            .toList());
  }

  /** Of a run that came to its end. */
  public RunInfo.Status status() {
    return unanswered.isEmpty() ? RunInfo.Status.COMPLETE : RunInfo.Status.PARTIAL;
  }
}
