package dev.bpfgauge.report.view;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RoundMeans;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Clock;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A run's analysis, arranged for reading: in order, by cell, and with pairs by round at hand. */
public final class Evidence {
  private final RunAnalysis analysis;
  private final List<CellSummary> cells;
  private final Map<Cell, CellSummary> byCell = new HashMap<>();
  private final Map<Cell, CellComparison> bySubject = new HashMap<>();
  private final RoundMeans rounds;
  private final CellNames names;
  private final List<Group> groups;

  public Evidence(RunAnalysis analysis) {
    this.analysis = analysis;
    names =
        new CellNames(
            analysis.cells().stream()
                .map(CellSummary::cell)
                .filter(Evidence::isOperation)
                .toList());
    cells =
        analysis.cells().stream().sorted(Comparator.comparing(CellSummary::cell, order())).toList();
    cells.forEach(cell -> byCell.put(cell.cell(), cell));
    analysis.comparisons().forEach(c -> bySubject.put(c.subject(), c));
    rounds = RoundMeans.of(analysis.run());
    groups = grouped();
  }

  /** The reading order of cells. */
  public Comparator<Cell> order() {
    return names.order(armLabels());
  }

  public RunInfo info() {
    return analysis.run().info();
  }

  /** What the figures count: ns, or what a run in the lab counted instead. */
  public String unit() {
    return info().unit();
  }

  /** The unit a thousand times as large: µs, or thousands of what the lab counted. */
  public String micros() {
    return counts() ? "thousand " + unit() : unit().replace("ns", "µs");
  }

  /** The unit a million times as large. */
  public String millis() {
    return counts() ? "million " + unit() : unit().replace("ns", "ms");
  }

  /** 10⁹ of the unit, as what a rate is for: {@code a second}. */
  public String aSecond() {
    return counts() ? "per 10⁹ " + unit() : isTime() ? "per second" : "per emulated second";
  }

  /** The figures count something that is no time, not even an emulated one. */
  private boolean counts() {
    return !info().counts().isTime();
  }

  /** The figures are nanoseconds of a processor. */
  public boolean isTime() {
    return info().counts() == Clock.NANOSECONDS;
  }

  /** The head of a column with the arms: kernels in the lab, else profiles. */
  public String armHead() {
    String word = armWord();
    return "~" + Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /** What an arm is. */
  public String armWord() {
    return info()
        .armsOfSuite()
        .map(SuiteWords.Arms::word)
        .orElse(info().inLab() ? "kernel" : "profile");
  }

  /** Two arms of the same profile, or kernel, are the same; else all of them have the same one. */
  public boolean armsAreProfiles() {
    return info().armsOfSuite().isEmpty();
  }

  public RunAnalysis analysis() {
    return analysis;
  }

  public List<RunInfo.ArmInfo> arms() {
    return info().plan().arms();
  }

  public List<String> armLabels() {
    return analysis.run().info().plan().arms().stream().map(RunInfo.ArmInfo::label).toList();
  }

  /** The arm that the others are compared with. */
  public String reference() {
    return arms().isEmpty() ? "" : arms().getFirst().label();
  }

  public List<CellSummary> cells() {
    return cells;
  }

  public List<CellSummary> cells(Predicate<Cell> wanted) {
    return cells.stream().filter(cell -> wanted.test(cell.cell())).toList();
  }

  public Optional<CellSummary> summary(Cell cell) {
    return Optional.ofNullable(byCell.get(cell));
  }

  public Optional<CellComparison> comparison(Cell subject) {
    return Optional.ofNullable(bySubject.get(subject));
  }

  public CellNames names() {
    return names;
  }

  /** No reference, and measured in Java: what the run is about. */
  public static boolean isOperation(Cell cell) {
    return !isReference(cell) && isJava(cell);
  }

  /** What others are held against: the floor, the published loop. */
  public static boolean isReference(Cell cell) {
    return isFloor(cell)
        || SuiteWords.named(cell.suite()).filter(SuiteWords::isReference).isPresent();
  }

  private static boolean hasOwnSections(Cell cell) {
    return SuiteWords.named(cell.suite()).filter(SuiteWords::hasOwnSections).isPresent();
  }

  public static boolean isFloor(Cell cell) {
    return cell.benchmark().startsWith(Cell.FLOOR + ".");
  }

  public static boolean isJava(Cell cell) {
    return cell.param("runtime").isEmpty() || cell.param("runtime").equals("java");
  }

  /** Cells whose net cost is not told from zero, in order. */
  public List<CellSummary> belowResolution() {
    return cells.stream().filter(cell -> cell.forks() > 0 && !cell.isResolved()).toList();
  }

  /** How those are compared; empty where there are none. */
  public String withoutRatio() {
    return belowResolution().isEmpty() ? "" : VerdictRule.withoutRatio(info().plan().margin());
  }

  /** One pair of cells, paired by round. */
  public PairedComparison compare(Cell subject, Cell reference) {
    return rounds.compare(subject, reference);
  }

  /** What it would take to decide such a comparison; empty where it is. */
  public String wouldDecide(PairedComparison compared, Cell subject) {
    return VerdictRule.wouldDecide(compared, rounds.roundMillis(subject));
  }

  /** Two cells to compare. */
  public record Pair(Cell subject, Cell reference) {}

  /** Pairs of cells, each paired by round, judged together as one family. */
  public Map<Pair, Verdict> together(List<Pair> pairs) {
    List<PairedComparison> compared =
        pairs.stream().map(pair -> compare(pair.subject(), pair.reference())).toList();
    double[] adjusted = ComparisonFamily.adjustedP(compared);
    Map<Pair, Verdict> verdicts = new HashMap<>();
    for (int i = 0; i < adjusted.length; i++) {
      verdicts.put(pairs.get(i), compared.get(i).verdict(adjusted[i]));
    }
    return verdicts;
  }

  /** Subject less reference, ns, paired by round; absent below five rounds that have both. */
  public @Nullable Interval difference95(Cell subject, Cell reference) {
    return rounds.difference95(subject, reference);
  }

  /** The median of the ratios over the rounds that have both; NaN without one. */
  public double medianRatio(Cell subject, Cell reference) {
    return rounds.medianRatio(subject, reference);
  }

  /**
   * The operations' cells by everything but map and arm; the group with most cells first, since
   * that is what the run is mainly about.
   */
  public List<Group> groups() {
    return groups;
  }

  /** The group of operations on maps that are called from there. */
  public Optional<Group> group(MapsCalled from) {
    return groups.stream()
        .filter(g -> SuiteWords.isCalled(g.cells().getFirst().cell(), from))
        .findFirst();
  }

  private List<Group> grouped() {
    Map<String, List<CellSummary>> grouped = new LinkedHashMap<>();
    for (CellSummary cell : cells(c -> isOperation(c) && !hasOwnSections(c))) {
      grouped
          .computeIfAbsent(
              cell.cell().suite() + " " + names.variant(cell.cell()), k -> new ArrayList<>())
          .add(cell);
    }
    List<Group> groups = new ArrayList<>();
    grouped.values().forEach(g -> groups.add(new Group(names.variant(g.getFirst().cell()), g)));
    int largest = 0;
    for (int i = 1; i < groups.size(); i++) {
      if (groups.get(i).cells().size() > groups.get(largest).cells().size()) {
        largest = i;
      }
    }
    if (largest > 0) {
      groups.addFirst(groups.remove(largest));
    }
    return List.copyOf(groups);
  }

  /**
   * Cells that differ in operation, map and arm only.
   *
   * @param variant what distinguishes the group, empty where there is only one
   * @param cells in order
   */
  public record Group(String variant, List<CellSummary> cells) {

    public List<String> operations() {
      return cells.stream().map(c -> CellNames.operation(c.cell())).distinct().toList();
    }

    public List<String> maps() {
      return cells.stream()
          .map(c -> c.cell().param("map"))
          .distinct()
          .sorted(Comparator.comparingInt(CellNames::mapRank))
          .toList();
    }

    public Optional<CellSummary> cell(String operation, String map, String arm) {
      return cells.stream()
          .filter(c -> CellNames.operation(c.cell()).equals(operation))
          .filter(c -> c.cell().param("map").equals(map))
          .filter(c -> c.cell().profile().equals(arm))
          .findFirst();
    }

    public List<CellSummary> on(String arm) {
      return cells.stream().filter(c -> c.cell().profile().equals(arm)).toList();
    }
  }
}
