package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.PairedDifference;
import java.util.List;
import java.util.function.Predicate;

/**
 * Comparisons inside one arm: cells that differ in one parameter only, paired by round. Java
 * against C is {@code against(run, "runtime", "c-thread")}, the two ways into the kernel {@code
 * against(run, "path", "libbpf")}, one map kind against the others {@code against(run, "map",
 * "hash")}.
 */
public final class Contrasts {
  private Contrasts() {}

  /**
   * Every cell with another value of the parameter against the one with the reference value, in
   * plan order, judged as one family. Cells that the machine or the kernel cannot do are left out.
   *
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static List<CellComparison> against(RunData run, String param, String reference) {
    return judge(
        run,
        param,
        reference,
        cell -> !cell.param(param).isEmpty() && !cell.param(param).equals(reference));
  }

  /** The same for one value of the parameter only, e.g. {@code runtime}: java against c-thread. */
  public static List<CellComparison> of(
      RunData run, String param, String subject, String reference) {
    return judge(run, param, reference, cell -> cell.param(param).equals(subject));
  }

  private static List<CellComparison> judge(
      RunData run, String param, String reference, Predicate<Cell> isSubject) {
    RoundMeans rounds = RoundMeans.of(run);
    List<Comparisons.Pair> pairs =
        rounds.cells().stream()
            .filter(isSubject)
            .map(cell -> new Comparisons.Pair(cell, cell.with(param, reference)))
            .filter(pair -> !rounds.forks(pair.reference()).isEmpty())
            .toList();
    return Comparisons.judge(rounds, pairs);
  }

  /**
   * How many nanoseconds per operation one cell takes more than another, paired by round.
   *
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static PairedDifference difference(RunData run, Cell subject, Cell reference) {
    return RoundMeans.of(run).paired(subject, reference, PairedDifference::of);
  }

  /** The median of the ratios; NaN where none could be made. */
  public static double medianRatio(List<CellComparison> comparisons) {
    return ForkStatistics.median(
        comparisons.stream()
            .mapToDouble(CellComparison::ratio)
            .filter(ratio -> !Double.isNaN(ratio))
            .toArray());
  }
}
