package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything a run says: a pure function of its files.
 *
 * @param run the run
 * @param cells one summary a cell, in plan order
 * @param comparisons every cell of a later arm against the same key on the first arm
 */
public record RunAnalysis(RunData run, List<CellSummary> cells, List<CellComparison> comparisons) {

  public RunAnalysis {
    cells = List.copyOf(cells);
    comparisons = List.copyOf(comparisons);
  }

  /** Whether a cell answers yes or no; its time is by the way. */
  public static boolean isAnswer(Cell cell) {
    return SuiteWords.named(cell.suite()).filter(SuiteWords::isYesOrNo).isPresent();
  }

  /**
   * Analyses a run, finished or not.
   *
   * <p>Cells are in plan order, the arms of one key together. Comparisons go arm by arm. A cell
   * that the machine or the kernel cannot do is in {@code cells} with its reason, and in no
   * comparison.
   *
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static RunAnalysis of(RunData run) {
    RoundMeans rounds = RoundMeans.of(run);
    List<CellSummary> cells = summaries(rounds);
    List<Comparisons.Pair> pairs = new ArrayList<>();
    List<RunInfo.ArmInfo> arms = run.info().plan().arms();
    for (RunInfo.ArmInfo arm : arms.stream().skip(1).toList()) {
      for (Cell subject : rounds.cells()) {
        Cell reference = subject.on(arms.getFirst().label());
        if (subject.profile().equals(arm.label())
            && !isAnswer(subject)
            && !rounds.forks(reference).isEmpty()) {
          pairs.add(new Comparisons.Pair(subject, reference));
        }
      }
    }
    return new RunAnalysis(run, cells, Comparisons.judge(rounds, pairs));
  }

  /** The summaries alone, without a comparison: what a history keeps of a run. */
  public static List<CellSummary> summaries(RunData run) {
    return summaries(RoundMeans.of(run));
  }

  private static List<CellSummary> summaries(RoundMeans rounds) {
    return rounds.cells().stream().map(rounds::summary).toList();
  }
}
