package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Scatter;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.stats.WelchComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run against an earlier one, cell by cell. Their forks have no round in common, so nothing is
 * paired: {@link WelchComparison}, all cells one family.
 *
 * @param subject the run judged
 * @param reference the run it is compared with
 * @param margin margin of equivalence as a share
 * @param differences what of the fingerprints differs; empty where the runs are comparable
 * @param unsaid parts of the fingerprints that only one run knows of, by name: taken for equal
 * @param cells every cell that both runs have and at least one could measure, in the subject's plan
 *     order
 * @param onlyInSubject cells that the reference does not have
 * @param onlyInReference cells that the subject does not have
 * @param answers what a suite of yes and no answers says otherwise than before
 * @param references what was measured beside the cells, and whether it corrects their figures
 */
public record RunComparison(
    RunInfo subject,
    RunInfo reference,
    double margin,
    List<FingerprintDifference> differences,
    List<String> unsaid,
    List<AcrossRuns> cells,
    List<Cell> onlyInSubject,
    List<Cell> onlyInReference,
    List<Answer> answers,
    ReferencesCompared references) {

  public RunComparison {
    differences = List.copyOf(differences);
    unsaid = List.copyOf(unsaid);
    cells = List.copyOf(cells);
    onlyInSubject = List.copyOf(onlyInSubject);
    onlyInReference = List.copyOf(onlyInReference);
    answers = List.copyOf(answers);
  }

  /**
   * One cell in both runs.
   *
   * @param subject the forks of the run judged
   * @param reference the forks of the other
   * @param ratio geometric mean of subject / reference, of corrected figures where those decide;
   *     NaN where one has no ok fork, or a net cost allows no ratio
   * @param rawRatio the same of figures as measured; absent where those decide
   * @param interval95 95 % interval of the ratio, absent where one has fewer than two ok forks, and
   *     where one has fewer than five that do not decide
   * @param difference what is compared instead of a ratio; absent where there is one
   * @param adjustedP two-sided p that the ratio is 1 or the difference 0, corrected for all cells
   *     compared; NaN without an interval
   * @param verdict the verdict
   * @param smallestSeen by the figures that decide: smallest slowdown, as a share, that would be
   *     called slower with 95 % probability, were the forks to scatter as they did; NaN where one
   *     has fewer than two, or there is no ratio
   * @param indicative fewer than five forks in one of the runs
   * @param reason why the verdict is inconclusive, one sentence; empty for another verdict
   */
  public record AcrossRuns(
      CellSummary subject,
      CellSummary reference,
      double ratio,
      @Nullable Double rawRatio,
      @Nullable Interval interval95,
      @Nullable Difference difference,
      double adjustedP,
      Verdict verdict,
      double smallestSeen,
      boolean indicative,
      String reason) {

    public Cell cell() {
      return subject.cell();
    }
  }

  /**
   * An answer that changed.
   *
   * @param cell whose answer it is
   * @param question its name, e.g. {@code helper_ktime_get_ns}, or {@code status}
   * @param subject {@code yes}, {@code no} or a status in the run judged; {@code none} where it was
   *     not asked
   * @param reference the same in the other run
   */
  public record Answer(Cell cell, String question, String subject, String reference) {}

  /**
   * Compares two runs, whatever their fingerprints; {@link #differences} says how comparable they
   * are.
   *
   * @param margin margin of equivalence as a share
   * @throws IllegalArgumentException where a fork is OK but its times are not positive and finite
   */
  public static RunComparison of(RunData subject, RunData reference, double margin) {
    RoundMeans now = RoundMeans.of(subject);
    RoundMeans then = RoundMeans.of(reference);
    Map<Cell, CellSummary> left = summaries(now);
    Map<Cell, CellSummary> right = summaries(then);
    List<FingerprintDifference> differences =
        FingerprintDifference.between(subject.info(), reference.info());
    ReferencesCompared.Found references =
        ReferencesCompared.of(now, then, left.keySet(), differences.isEmpty(), margin);
    return new RunComparison(
        subject.info(),
        reference.info(),
        margin,
        differences,
        List.copyOf(
            FingerprintPart.unsaid(subject.info().fingerprint(), reference.info().fingerprint())),
        judge(left, right, references, margin),
        left.keySet().stream().filter(cell -> !right.containsKey(cell)).toList(),
        right.keySet().stream().filter(cell -> !left.containsKey(cell)).toList(),
        answers(left, right),
        references.compared());
  }

  /**
   * What a comparison could have seen: the smallest slowdown, as a share, that would be called
   * slower, over the cells for which it is known.
   *
   * @param cells how many those are
   * @param least of the cell that was measured best
   * @param median of half of the cells
   * @param most of the worst
   */
  public record Power(int cells, double least, double median, double most) {}

  /** Absent where no cell has the forks to say. */
  public @Nullable Power power() {
    double[] seen =
        cells.stream()
            .mapToDouble(AcrossRuns::smallestSeen)
            .filter(share -> !Double.isNaN(share))
            .sorted()
            .toArray();
    return seen.length == 0
        ? null
        : new Power(seen.length, seen[0], ForkStatistics.median(seen), seen[seen.length - 1]);
  }

  /** Cells with this verdict, in order. */
  public List<AcrossRuns> with(Verdict verdict) {
    return cells.stream().filter(cell -> cell.verdict() == verdict).toList();
  }

  /**
   * Cells of the floor that are slower or faster: neither a map nor a program has a part in them,
   * so the machine, the kernel or the JDK is another than it was.
   */
  public List<AcrossRuns> movedFloor() {
    return cells.stream()
        .filter(cell -> cell.cell().suite().equals(Cell.FLOOR))
        .filter(cell -> cell.verdict() == Verdict.SLOWER || cell.verdict() == Verdict.FASTER)
        .toList();
  }

  private static Map<Cell, CellSummary> summaries(RoundMeans rounds) {
    Map<Cell, CellSummary> summaries = new LinkedHashMap<>();
    rounds.cells().forEach(cell -> summaries.put(cell, rounds.summary(cell)));
    return summaries;
  }

  private static List<AcrossRuns> judge(
      Map<Cell, CellSummary> left,
      Map<Cell, CellSummary> right,
      ReferencesCompared.Found references,
      double margin) {
    List<CellSummary> subjects = new ArrayList<>();
    List<CellSummary> befores = new ArrayList<>();
    List<WelchComparison> family = new ArrayList<>();
    List<WelchComparison> others = new ArrayList<>();
    boolean decide = references.compared().decide();
    left.forEach((cell, subject) -> {
      CellSummary reference = right.get(cell);
      if (reference != null
          && !RunAnalysis.isAnswer(cell)
          && !(impossible(subject) && impossible(reference))) {
        subjects.add(subject);
        befores.add(reference);
        WelchComparison raw =
            SuiteWords.isNetCost(cell)
                ? WelchComparison.ofNet(means(subject), means(reference), margin)
                : WelchComparison.of(means(subject), means(reference), margin);
        ReferencesCompared.Pair pair = references.pairs().get(cell);
        WelchComparison corrected =
            pair == null || references.compared().isAlone()
                ? raw
                : WelchComparison.of(pair.subject().corrected(), pair.before().corrected(), margin);
        family.add(decide ? corrected : raw);
        others.add(decide ? raw : corrected);
      }
    });
    double[] adjusted = ComparisonFamily.adjustedP(family);
    List<List<Scatter>> believed = ComparisonFamily.believed(family);
    List<AcrossRuns> judged = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      WelchComparison compared = family.get(i);
      judged.add(
          across(
              subjects.get(i),
              befores.get(i),
              compared,
              others.get(i),
              decide,
              adjusted[i],
              compared.smallestSeen(believed.get(i), family.size())));
    }
    return judged;
  }

  private static double[] means(CellSummary cell) {
    return cell.forkMeans().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Nothing was measured, and nothing was lost either: machine or kernel cannot do it. */
  private static boolean impossible(CellSummary cell) {
    return cell.forks() == 0
        && cell.notOk().keySet().stream()
            .allMatch(s -> s == ForkStatus.REFUSED || s == ForkStatus.UNAVAILABLE);
  }

  private static AcrossRuns across(
      CellSummary subject,
      CellSummary reference,
      WelchComparison compared,
      WelchComparison others,
      boolean decide,
      double adjustedP,
      double smallestSeen) {
    if (subject.company() != reference.company()) {
      return besideOthers(subject, reference, compared, adjustedP, smallestSeen);
    }
    Verdict alone = compared.verdict(adjustedP);
    boolean hasBoth = !compared.equals(others);
    Verdict verdict = hasBoth ? Correction.verdict(compared, adjustedP, others) : alone;
    return new AcrossRuns(
        subject,
        reference,
        compared.ratio(),
        hasBoth && decide ? others.ratio() : null,
        compared.shown95(verdict),
        Difference.of(compared, verdict),
        adjustedP,
        verdict,
        smallestSeen,
        compared.indicative(),
        verdict == alone
            ? verdict == Verdict.INCONCLUSIVE ? reason(subject, reference, compared) : ""
            : decide ? ReferencesCompared.NOT_IN_RAW : ReferencesCompared.NOT_IN_CORRECTED);
  }

  /** What shares a process shares its caches: a hash map of 1024 entries may cost a tenth more. */
  private static AcrossRuns besideOthers(
      CellSummary subject,
      CellSummary reference,
      WelchComparison compared,
      double adjustedP,
      double smallestSeen) {
    return new AcrossRuns(
        subject,
        reference,
        compared.ratio(),
        null,
        compared.shown95(Verdict.INCONCLUSIVE),
        Difference.of(compared, Verdict.INCONCLUSIVE),
        adjustedP,
        Verdict.INCONCLUSIVE,
        smallestSeen,
        compared.indicative(),
        "measured in processes with %d other cells here and %d there, whose caches they share"
            .formatted(subject.company(), reference.company()));
  }

  private static String reason(
      CellSummary subject, CellSummary reference, WelchComparison compared) {
    if (VerdictRule.hasInterval(compared)) {
      return VerdictRule.undecided(compared, "cells of these runs");
    }
    return subject.forks() < 2
        ? tooFew("the run judged", subject)
        : tooFew("the reference", reference);
  }

  private static String tooFew(String where, CellSummary cell) {
    String status =
        cell.notOk().isEmpty()
            ? ""
            : "; others were "
                + cell.notOk().firstKey().word()
                + (cell.reason().isEmpty() ? "" : " (" + cell.reason() + ")");
    return "%s has %s ok fork%s".formatted(where, cell.forks() == 0 ? "no" : "only one", status);
  }

  private static List<Answer> answers(Map<Cell, CellSummary> left, Map<Cell, CellSummary> right) {
    List<Answer> changed = new ArrayList<>();
    left.forEach((cell, subject) -> {
      CellSummary reference = right.get(cell);
      if (reference != null && RunAnalysis.isAnswer(cell)) {
        SortedMap<String, String> now = said(subject);
        SortedMap<String, String> then = said(reference);
        for (FingerprintDifference d : FingerprintDifference.between(now, then)) {
          changed.add(
              new Answer(
                  cell,
                  d.name(),
                  now.getOrDefault(d.name(), "none"),
                  then.getOrDefault(d.name(), "none")));
        }
      }
    });
    return changed;
  }

  private static SortedMap<String, String> said(CellSummary cell) {
    SortedMap<String, String> said = new TreeMap<>();
    said.put("status", cell.forks() > 0 ? "ok" : cell.notOk().firstKey().word());
    cell.extras()
        .forEach((name, value) -> {
          if (value == 0 || value == 1) {
            said.put(name, value == 1 ? "yes" : "no");
          }
        });
    return said;
  }
}
