package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judges pairs of cells together: one family. */
final class Comparisons {
  private Comparisons() {}

  /** Two cells to compare. */
  record Pair(Cell subject, Cell reference) {}

  /**
   * One comparison a pair, in the same order. A pair is left out where the machine or the kernel
   * cannot do one of its cells: there is nothing to judge, and its summary says why.
   */
  static List<CellComparison> judge(RoundMeans rounds, List<Pair> pairs) {
    List<Pair> possible =
        pairs.stream()
            .filter(p -> !impossible(rounds, p.subject()) && !impossible(rounds, p.reference()))
            .toList();
    List<PairedComparison> compared = new ArrayList<>();
    for (Pair pair : possible) {
      compared.add(rounds.compare(pair.subject(), pair.reference()));
    }
    double[] adjusted = ComparisonFamily.adjustedP(compared);
    List<CellComparison> judged = new ArrayList<>();
    for (int i = 0; i < possible.size(); i++) {
      judged.add(comparison(rounds, possible.get(i), compared.get(i), adjusted[i]));
    }
    return List.copyOf(judged);
  }

  private static boolean impossible(RoundMeans rounds, Cell cell) {
    return rounds.forks(cell).stream()
        .allMatch(
            fork -> fork.status() == ForkStatus.REFUSED || fork.status() == ForkStatus.UNAVAILABLE);
  }

  private static CellComparison comparison(
      RoundMeans rounds, Pair pair, PairedComparison compared, double adjustedP) {
    Verdict verdict = compared.verdict(adjustedP);
    return new CellComparison(
        pair.subject(),
        pair.reference(),
        compared.pairs(),
        compared.ratio(),
        compared.shown95(verdict),
        Difference.of(compared, verdict),
        adjustedP,
        compared.margin(),
        verdict,
        compared.indicative(),
        verdict == Verdict.INCONCLUSIVE ? reason(rounds, pair, compared) : "");
  }

  private static String reason(RoundMeans rounds, Pair pair, PairedComparison compared) {
    if (VerdictRule.hasInterval(compared)) {
      String would = VerdictRule.wouldDecide(compared, rounds.roundMillis(pair.subject()));
      return VerdictRule.undecided(compared, "comparisons of this run")
          + (would.isEmpty() ? "" : "; " + would);
    }
    String lost = lost(rounds, pair.subject());
    return (compared.pairs() == 0 ? "no round has" : "only one round has")
        + " an ok fork on both sides"
        + (lost.isEmpty() ? lost(rounds, pair.reference()) : lost);
  }

  private static String lost(RoundMeans rounds, Cell cell) {
    List<ForkRecord> notOk =
        rounds.forks(cell).stream().filter(fork -> fork.status() != ForkStatus.OK).toList();
    if (notOk.isEmpty()) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "; on %s %d of %d forks were not ok (%s)",
        cell.profile(),
        notOk.size(),
        rounds.forks(cell).size(),
        CellSummary.mostFrequentReason(notOk));
  }
}
