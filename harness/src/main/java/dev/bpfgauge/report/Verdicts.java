package dev.bpfgauge.report;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The run in words: what an operation costs, and what each profile does to it. */
final class Verdicts {
  /** Operations named in one headline. */
  private static final int MOST_NAMED = 4;

  private final Evidence evidence;

  Verdicts(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * One arm's verdict.
   *
   * @param label the arm
   * @param description what the profile does
   * @param headline one sentence
   * @param details further sentences
   * @param glance operations × maps, empty where no maps were measured
   */
  record ArmVerdict(
      String label,
      String description,
      String headline,
      List<String> details,
      List<Glance> glance) {}

  /** Operations × maps on one arm. */
  record Glance(String caption, List<String> maps, List<GlanceRow> rows) {}

  record GlanceRow(String operation, List<GlanceCell> cells) {}

  /**
   * @param figure the time with its unit, or the status where there is none
   * @param interval its interval
   * @param ratio ratio to the first arm with the verdict's sign, empty on the first arm
   * @param css the verdict's word, or the word none
   * @param note a reason, for cells without a figure
   */
  record GlanceCell(String figure, String interval, String ratio, String css, String note) {}

  List<ArmVerdict> all() {
    List<ArmVerdict> verdicts = new ArrayList<>();
    for (ArmInfo arm : evidence.arms()) {
      boolean reference = arm.label().equals(evidence.reference());
      verdicts.add(
          new ArmVerdict(
              arm.label(),
              arm.description(),
              reference ? referenceHeadline(arm) : headline(arm),
              reference ? List.of() : details(arm),
              glance(arm)));
    }
    return List.copyOf(verdicts);
  }

  /** {@code On idle, lookup costs 976 to 1 058 ns, update 1 023 to 1 111 ns.} */
  private String referenceHeadline(ArmInfo arm) {
    Optional<Evidence.Group> group = evidence.groups().stream().findFirst();
    List<String> parts = new ArrayList<>();
    boolean ranged = false;
    for (String operation : group.map(Evidence.Group::operations).orElse(List.of())) {
      DoubleSummaryStatistics times =
          group.orElseThrow().on(arm.label()).stream()
              .filter(c -> CellNames.operation(c.cell()).equals(operation) && c.forks() > 0)
              .mapToDouble(CellSummary::mean)
              .summaryStatistics();
      if (times.getCount() > 0 && parts.size() < MOST_NAMED) {
        ranged |= times.getCount() > 1;
        parts.add(
            operation
                + (parts.isEmpty() ? " costs " : " ")
                + (times.getCount() == 1 ? "" : Words.nanos(times.getMin()) + " to ")
                + Words.nanos(times.getMax())
                + Words.THIN
                + evidence.unit());
      }
    }
    return parts.isEmpty()
        ? withSectionsOnly(arm)
        : "On "
            + arm.label()
            + ", "
            + Words.list(parts)
            + (ranged ? ", depending on the map." : ".");
  }

  private String withSectionsOnly(ArmInfo arm) {
    long measured =
        evidence.cells(c -> c.profile().equals(arm.label()) && Evidence.isOperation(c)).stream()
            .filter(c -> c.forks() > 0)
            .count();
    return measured == 0
        ? "Nothing was measured on " + arm.label() + "."
        : "On %s, %s measured; the figures are in a section of their own."
            .formatted(
                arm.label(),
                Words.plural(measured, "operation") + (measured == 1 ? " was" : " were"));
  }

  private String headline(ArmInfo arm) {
    if (!arm.unavailable().isEmpty()) {
      return "%s could not be measured: %s".formatted(arm.label(), sentence(arm.unavailable()));
    }
    List<CellComparison> judged = judged(arm);
    if (judged.isEmpty()) {
      return "%s has no cell that could be compared with %s."
          .formatted(arm.label(), evidence.reference());
    }
    Map<Verdict, Long> counts =
        judged.stream()
            .collect(Collectors.groupingBy(CellComparison::verdict, Collectors.counting()));
    List<String> parts = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      long count = counts.getOrDefault(verdict, 0L);
      if (count == judged.size()) {
        parts.add("all %s are %s".formatted(Words.plural(count, "operation"), verdict.word()));
      } else if (count > 0) {
        parts.add(
            (parts.isEmpty() ? "of " + Words.plural(judged.size(), "operation") + ", " : "")
                + Words.count(count)
                + (count == 1 ? " is " : " are ")
                + verdict.word());
      }
    }
    return "%s against %s: %s."
        .formatted(arm.label(), evidence.reference(), Words.list(parts))
        .replace("all 1 operation are", "the one operation is");
  }

  private List<String> details(ArmInfo arm) {
    List<String> details = new ArrayList<>();
    if (isSameProfile(arm)) {
      details.add(
          "This is an A/A comparison: the same %s on both sides. A “slower” or “faster” here would be a false alarm."
              .formatted(evidence.armWord()));
    }
    List<CellComparison> judged =
        judged(arm).stream()
            .filter(c -> Double.isFinite(c.ratio()))
            .sorted(Comparator.comparingDouble(CellComparison::ratio))
            .toList();
    if (judged.isEmpty()) {
      return details;
    }
    CellComparison low = judged.getFirst();
    CellComparison high = judged.getLast();
    if (judged.size() > 1) {
      details.add(
          "Ratios range from %s (%s) to %s (%s)."
              .formatted(
                  Words.ratio(low.ratio()),
                  evidence.names().name(low.subject()),
                  Words.ratio(high.ratio()),
                  evidence.names().name(high.subject())));
    }
    example(judged).ifPresent(details::add);
    return details;
  }

  /** The cell a newcomer understands at once, in one sentence: lookup on hash where it is there. */
  private Optional<String> example(List<CellComparison> judged) {
    Comparator<CellComparison> plain =
        Comparator.comparing(CellComparison::subject, evidence.order());
    return judged.stream()
        .min(plain)
        .flatMap(c -> evidence.summary(c.subject()).map(s -> sentence(s, c)));
  }

  private String sentence(CellSummary cell, CellComparison comparison) {
    return "For example, %s costs %s, %s %s %s: %s."
        .formatted(
            evidence.names().name(cell.cell()),
            cost(cell, evidence.unit()),
            Words.ratio(comparison.ratio()),
            comparison.reference().profile(),
            Words.ratio(comparison.ratio(), comparison.interval95()),
            comparison.verdict().word());
  }

  /** {@code 1 234 ns [1 200, 1 270]}. */
  static String cost(CellSummary cell, String unit) {
    return Words.nanos(cell.mean())
        + Words.THIN
        + unit
        + (cell.interval95() == null ? "" : " " + Words.nanos(cell.interval95()));
  }

  List<CellComparison> judged(ArmInfo arm) {
    return evidence.analysis().comparisons().stream()
        .filter(c -> c.subject().profile().equals(arm.label()))
        .filter(c -> Evidence.isOperation(c.subject()))
        .toList();
  }

  boolean isSameProfile(ArmInfo arm) {
    if (arm.label().equals(evidence.reference())) {
      return false;
    }
    return evidence.armsAreProfiles()
        ? arm.profile().equals(evidence.arms().getFirst().profile())
        : arm.label().replaceAll("#\\d+$", "").equals(evidence.reference());
  }

  private List<Glance> glance(ArmInfo arm) {
    List<Evidence.Group> groups = evidence.groups();
    if (groups.isEmpty() || !arm.unavailable().isEmpty()) {
      return List.of();
    }
    Evidence.Group group = groups.getFirst();
    List<String> maps = group.maps().stream().filter(m -> !m.isEmpty()).toList();
    if (maps.isEmpty() || group.on(arm.label()).isEmpty()) {
      return List.of();
    }
    List<GlanceRow> rows =
        group.operations().stream()
            .map(operation ->
                new GlanceRow(
                    operation,
                    maps.stream()
                        .map(map -> glanceCell(group.cell(operation, map, arm.label())))
                        .toList()))
            .toList();
    String caption =
        "%s per operation on %s, 95 %% interval below%s%s"
            .formatted(
                evidence.unit(),
                arm.label(),
                arm.label().equals(evidence.reference())
                    ? ""
                    : ", ratio to " + evidence.reference() + " and verdict",
                group.variant().isEmpty() ? "" : " (" + group.variant() + ")");
    return List.of(new Glance(caption, maps, rows));
  }

  private GlanceCell glanceCell(Optional<CellSummary> found) {
    if (found.isEmpty()) {
      return new GlanceCell(Words.NONE, "", "", "none", "not in the plan");
    }
    CellSummary cell = found.get();
    if (cell.forks() == 0) {
      String status = cell.notOk().isEmpty() ? "no fork" : cell.notOk().firstKey().word();
      return new GlanceCell(status, "", "", "none", cell.reason());
    }
    Optional<CellComparison> comparison = evidence.comparison(cell.cell());
    return new GlanceCell(
        Words.nanos(cell.mean()),
        Words.nanos(cell.interval95()),
        comparison
            .map(c ->
                Words.ratio(c.ratio()) + " " + Table.mark(c.verdict()) + " " + c.verdict().word())
            .orElse(""),
        comparison.map(c -> c.verdict().word()).orElse("none"),
        "");
  }

  /** Makes sure a reason ends as a sentence does. */
  static String sentence(String reason) {
    String trimmed = reason.strip();
    return trimmed.isEmpty() || trimmed.matches("(?s).*[.!?]") ? trimmed : trimmed + ".";
  }

  /** Whether any cell of the operations has fewer forks than an interval deserves. */
  boolean indicative() {
    return evidence.cells(Evidence::isOperation).stream()
        .anyMatch(c -> c.forks() > 0 && c.indicative());
  }
}
