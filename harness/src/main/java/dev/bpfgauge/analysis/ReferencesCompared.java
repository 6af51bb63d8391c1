package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.ReferencedTimes;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.stats.WelchComparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the references took in two runs.
 *
 * @param references those that every fork with references has, in both runs; empty for none
 * @param correction what they take from the spread of forks; absent where nothing may be corrected:
 *     without references, and where fingerprints differ
 */
public record ReferencesCompared(List<Change> references, @Nullable Correction correction) {

  /** Why a cell is not called slower or faster: where corrected figures decide, where raw ones. */
  static final String NOT_IN_RAW =
      "corrected figures differ, but those as measured do not: the references changed";

  static final String NOT_IN_CORRECTED =
      "figures as measured differ, but so do the references: corrected by them they do not";

  public ReferencesCompared {
    references = List.copyOf(references);
  }

  /**
   * A reference in both runs. One observation a round.
   *
   * @param subject mean in the run judged, ns
   * @param before mean in the other, ns
   * @param ratio geometric mean of subject / before
   * @param interval95 95 % interval of the ratio, absent where a run has too few rounds
   * @param verdict slower or faster: it changed beyond the margin
   */
  public record Change(
      Reference reference,
      double subject,
      double before,
      double ratio,
      @Nullable Interval interval95,
      Verdict verdict) {}

  /** References that changed beyond the margin. */
  public List<Change> changed() {
    return references.stream()
        .filter(one -> one.verdict() == Verdict.SLOWER || one.verdict() == Verdict.FASTER)
        .toList();
  }

  /** Whether corrected figures decide. */
  public boolean decide() {
    return correction != null && correction.decides();
  }

  /**
   * Whether {@link Reference#CORRECTS} changed by itself, so that only figures as measured count.
   */
  public boolean isAlone() {
    return correction != null && correction.alone();
  }

  /** One cell in both runs. */
  record Pair(ReferencedTimes subject, ReferencedTimes before) {}

  /** The cells that may be corrected, and what is said of the references. */
  record Found(Map<Cell, Pair> pairs, ReferencesCompared compared) {}

  /**
   * Compares the references of two runs.
   *
   * @param mayCorrect the fingerprints are equal
   */
  static Found of(
      RoundMeans subject,
      RoundMeans before,
      Collection<Cell> cells,
      boolean mayCorrect,
      double margin) {
    List<Cell> both =
        cells.stream()
            .filter(cell -> !SuiteWords.isNetCost(cell))
            .filter(cell -> hasReferences(subject, cell) && hasReferences(before, cell))
            .toList();
    List<Reference> references =
        Arrays.stream(Reference.values())
            .filter(reference ->
                !both.isEmpty()
                    && both.stream()
                        .flatMap(cell -> Stream.concat(ok(subject, cell), ok(before, cell)))
                        .allMatch(fork -> reference.in(RoundMeans.measurement(fork)).isPresent()))
            .toList();
    Map<Cell, Pair> pairs = new HashMap<>();
    if (mayCorrect && references.contains(Reference.CORRECTS)) {
      both.stream()
          .filter(cell -> !cell.suite().equals(Cell.FLOOR)) // It says what the machine does.
          .forEach(cell -> pairs.put(cell, new Pair(times(subject, cell), times(before, cell))));
    }
    Correction correction =
        pairs.isEmpty()
            ? null
            : Correction.of(
                pairs.values().stream().map(Pair::subject).toList(),
                pairs.values().stream().map(Pair::before).toList(),
                margin);
    return new Found(
        pairs,
        new ReferencesCompared(changes(subject, before, both, references, margin), correction));
  }

  private static Stream<ForkRecord> ok(RoundMeans run, Cell cell) {
    return run.forks(cell).stream().filter(fork -> fork.status() == ForkStatus.OK);
  }

  private static boolean hasReferences(RoundMeans run, Cell cell) {
    return ok(run, cell).findAny().isPresent()
        && ok(run, cell)
            .map(RoundMeans::measurement)
            .allMatch(fork ->
                Arrays.stream(Reference.values()).anyMatch(one -> one.in(fork).isPresent()));
  }

  private static ReferencedTimes times(RoundMeans run, Cell cell) {
    List<Measurement> forks = ok(run, cell).map(RoundMeans::measurement).toList();
    return new ReferencedTimes(
        forks.stream().mapToDouble(Measurement::meanNanosPerOp).toArray(),
        forks.stream().mapToDouble(fork -> Reference.CORRECTS.in(fork).orElseThrow()).toArray());
  }

  private static List<Change> changes(
      RoundMeans subject,
      RoundMeans before,
      List<Cell> cells,
      List<Reference> references,
      double margin) {
    List<double[]> now = references.stream().map(one -> byRound(subject, cells, one)).toList();
    List<double[]> then = references.stream().map(one -> byRound(before, cells, one)).toList();
    List<WelchComparison> family = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      family.add(WelchComparison.of(now.get(i), then.get(i), margin));
    }
    double[] adjusted = ComparisonFamily.adjustedP(family);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      Verdict verdict = family.get(i).verdict(adjusted[i]);
      changes.add(
          new Change(
              references.get(i),
              ForkStatistics.mean(now.get(i)),
              ForkStatistics.mean(then.get(i)),
              family.get(i).ratio(),
              family.get(i).shown95(verdict),
              verdict));
    }
    return changes;
  }

  /** Geometric mean of a reference in each round: its forks share processes. */
  private static double[] byRound(RoundMeans run, List<Cell> cells, Reference reference) {
    Map<Integer, List<Double>> logs = new TreeMap<>();
    cells.forEach(cell ->
        ok(run, cell)
            .forEach(fork ->
                logs.computeIfAbsent(fork.round(), _ -> new ArrayList<>())
                    .add(Math.log(reference.in(RoundMeans.measurement(fork)).orElseThrow()))));
    return logs.values().stream()
        .mapToDouble(round ->
            Math.exp(ForkStatistics.mean(round.stream().mapToDouble(log -> log).toArray())))
        .toArray();
  }
}
