package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.analysis.Waits;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The run in words: what an operation costs, and what each profile does to it. */
public final class Verdicts {
  /** Operations named in one headline. */
  private static final int MOST_NAMED = 4;

  private static final String OPEN = "this run does not decide between the maps";

  private final Evidence evidence;

  public Verdicts(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * One arm's verdict.
   *
   * @param label the arm
   * @param description what the profile does
   * @param headline one sentence
   * @param open what is not decided, how far it may reach, and what it would take; may be empty
   * @param details further sentences
   * @param glance operations × maps, empty where no maps were measured
   */
  public record ArmVerdict(
      String label,
      String description,
      String headline,
      String open,
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

  public List<ArmVerdict> all() {
    List<ArmVerdict> verdicts = new ArrayList<>();
    for (ArmInfo arm : evidence.arms()) {
      boolean reference = arm.label().equals(evidence.reference());
      verdicts.add(
          new ArmVerdict(
              arm.label(),
              arm.description(),
              reference ? referenceHeadline(arm) : headline(arm),
              open(arm),
              reference ? List.of() : details(arm),
              glance(arm)));
    }
    return List.copyOf(verdicts);
  }

  /**
   * {@code On idle, lookup costs 976 ns (array) to 1 058 ns (hash) and update about 1 050 ns}: only
   * what the run can tell.
   */
  private String referenceHeadline(ArmInfo arm) {
    Optional<Evidence.Group> group = evidence.groups().stream().findFirst();
    List<List<CellSummary>> operations =
        group.map(Verdicts::shown).orElse(List.of()).stream()
            .map(operation ->
                group.orElseThrow().on(arm.label()).stream()
                    .filter(c -> CellNames.operation(c.cell()).equals(operation) && c.forks() > 0)
                    .sorted(Comparator.comparingDouble(CellSummary::mean))
                    .toList())
            .filter(cells -> !cells.isEmpty())
            .limit(MOST_NAMED)
            .toList();
    Map<Evidence.Pair, Verdict> verdicts =
        evidence.together(operations.stream().flatMap(cells -> pairs(cells).stream()).toList());
    List<List<CellSummary>> open =
        operations.stream().filter(cells -> !areToldApart(cells, verdicts)).toList();
    boolean allOpen =
        operations.stream().allMatch(cells -> cells.size() == 1 || open.contains(cells));
    List<String> parts = new ArrayList<>();
    for (List<CellSummary> cells : operations) {
      parts.add(
          CellNames.operation(cells.getFirst().cell())
              + (parts.isEmpty() ? " costs " : " ")
              + costs(cells, verdicts)
              + (open.contains(cells) && !allOpen ? " (" + OPEN + ")" : ""));
    }
    return parts.isEmpty()
        ? withSectionsOnly(arm)
        : "On "
            + arm.label()
            + ", "
            + Words.list(parts)
            + (allOpen && !open.isEmpty() ? "; " + OPEN : "")
            + ".";
  }

  /** Operations of the table: where it has maps, those that are on a map; a loop is on none. */
  private static List<String> shown(Evidence.Group group) {
    boolean onMaps = group.maps().stream().anyMatch(map -> !map.isEmpty());
    return group.cells().stream()
        .map(CellSummary::cell)
        .filter(cell -> !onMaps || !cell.param("map").isEmpty())
        .map(CellNames::operation)
        .distinct()
        .toList();
  }

  /** Every two maps, the dearer one first. */
  private static List<Evidence.Pair> pairs(List<CellSummary> ascending) {
    List<Evidence.Pair> pairs = new ArrayList<>();
    for (int dear = 1; dear < ascending.size(); dear++) {
      for (int cheap = 0; cheap < dear; cheap++) {
        pairs.add(new Evidence.Pair(ascending.get(dear).cell(), ascending.get(cheap).cell()));
      }
    }
    return pairs;
  }

  /** A map alone; several, where the dearest differs from the cheapest, or all are the same. */
  private static boolean areToldApart(
      List<CellSummary> ascending, Map<Evidence.Pair, Verdict> verdicts) {
    return ascending.size() == 1
        || areExtremes(ascending, verdicts)
        || areEqual(ascending, verdicts);
  }

  private static boolean areExtremes(
      List<CellSummary> ascending, Map<Evidence.Pair, Verdict> verdicts) {
    return verdicts.get(new Evidence.Pair(ascending.getLast().cell(), ascending.getFirst().cell()))
        == Verdict.SLOWER;
  }

  private static boolean areEqual(
      List<CellSummary> ascending, Map<Evidence.Pair, Verdict> verdicts) {
    return pairs(ascending).stream().allMatch(pair -> verdicts.get(pair) == Verdict.EQUIVALENT);
  }

  /** What one operation costs: from the cheapest to the dearest map, where these are told apart. */
  private String costs(List<CellSummary> ascending, Map<Evidence.Pair, Verdict> verdicts) {
    CellSummary cheapest = ascending.getFirst();
    CellSummary dearest = ascending.getLast();
    if (ascending.size() == 1) {
      return (cheapest.indicative() ? "about " : "") + time(cheapest);
    }
    if (areExtremes(ascending, verdicts)) {
      return "%s (%s) to %s (%s)"
          .formatted(time(cheapest), map(cheapest), time(dearest), map(dearest));
    }
    double middle =
        ForkStatistics.median(ascending.stream().mapToDouble(CellSummary::mean).toArray());
    return "about "
        + time(middle)
        + (areEqual(ascending, verdicts) ? " on every map that has it" : "");
  }

  private static String map(CellSummary cell) {
    return cell.cell().param("map");
  }

  private String time(CellSummary cell) {
    String below = VerdictRule.belowResolution(cell, evidence.unit());
    return below.isEmpty() ? time(cell.mean()) : below;
  }

  private String time(double nanos) {
    return Words.nanos(nanos) + Words.THIN + evidence.unit();
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
      return "%s could not be measured: %s"
          .formatted(arm.label(), Words.sentence(arm.unavailable()));
    }
    List<CellComparison> judged = judged(arm);
    if (judged.isEmpty()) {
      long others =
          evidence.analysis().comparisons().stream()
              .filter(c -> c.subject().profile().equals(arm.label()))
              .count();
      return "%s has no operation that could be compared with %s%s."
          .formatted(
              arm.label(),
              evidence.reference(),
              others == 0
                  ? ""
                  : "; " + Words.plural(others, "cell") + " of floor, loop or C could");
    }
    Map<Verdict, Long> counts =
        judged.stream()
            .collect(Collectors.groupingBy(CellComparison::verdict, Collectors.counting()));
    List<String> parts = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      long count = counts.getOrDefault(verdict, 0L);
      if (count == judged.size()) {
        parts.add(
            "all %s %s"
                    .formatted(
                        Words.plural(count, "operation"),
                        Words.predicate(count, verdict, evidence.unit()))
                + range(judged, verdict));
      } else if (count > 0) {
        parts.add(
            (parts.isEmpty() ? "of " + Words.plural(judged.size(), "operation") + ", " : "")
                + Words.count(count)
                + " "
                + Words.predicate(count, verdict, evidence.unit())
                + range(judged, verdict));
      }
    }
    return "%s against %s: %s.%s"
        .formatted(arm.label(), evidence.reference(), Words.list(parts), waits(arm))
        .replace("all 1 operation", "the one operation");
  }

  /** {@code (1.22× update on percpu-array to 1.30× delete on hash)}; empty of what is open. */
  private String range(List<CellComparison> judged, Verdict verdict) {
    List<CellComparison> ascending =
        judged.stream()
            .filter(c -> c.verdict() == verdict && Double.isFinite(c.ratio()))
            .sorted(Comparator.comparingDouble(CellComparison::ratio))
            .toList();
    if (verdict == Verdict.INCONCLUSIVE || ascending.isEmpty()) {
      return "";
    }
    String low = ratio(ascending.getFirst());
    return ascending.size() == 1
        ? " (" + low + ")"
        : " (" + low + " to " + ratio(ascending.getLast()) + ")";
  }

  private String ratio(CellComparison compared) {
    return Words.ratio(compared.ratio()) + " " + evidence.names().name(compared.subject());
  }

  /** What is not in the figures that are compared: with a load, programs wait for a CPU. */
  private String waits(ArmInfo arm) {
    if (isSameProfile(arm)) {
      return "";
    }
    return Waits.of(evidence.analysis().run(), arm.label(), Evidence::isOperation)
        .filter(waits -> waits.interval95() != null)
        .map(waits ->
            " With waits for a CPU, operations take %s as long as on %s %s."
                .formatted(
                    Words.ratio(waits.ratio()),
                    evidence.reference(),
                    Words.ratio(waits.ratio(), waits.interval95())))
        .orElse("");
  }

  private List<String> details(ArmInfo arm) {
    List<String> details = new ArrayList<>();
    if (arm.delay() > 0) {
      details.add("This arm is delayed on purpose: a difference that is not found here is a miss.");
    } else if (isSameProfile(arm)) {
      details.add(
          "This is an A/A comparison: the same %s on both sides. A difference here would be a false alarm."
              .formatted(evidence.armWord()));
    }
    List<CellComparison> decided =
        judged(arm).stream().filter(c -> c.verdict() != Verdict.INCONCLUSIVE).toList();
    example(decided).ifPresent(details::add);
    unequal(arm).ifPresent(details::add);
    return details;
  }

  /** What is not decided, how far it may reach, and what it would take. */
  private String open(ArmInfo arm) {
    List<CellComparison> open =
        judged(arm).stream()
            .filter(c -> c.verdict() == Verdict.INCONCLUSIVE && c.interval95() != null)
            .toList();
    String named =
        open.stream()
            .limit(MOST_NAMED)
            .map(c -> evidence.names().name(c.subject()) + ": " + c.reason())
            .collect(Collectors.joining(". "));
    int more = open.size() - MOST_NAMED;
    return open.isEmpty()
        ? ""
        : "Still open on "
            + arm.label()
            + ": "
            + named
            + (more > 0 ? ". And " + more + " more, see the table" : "")
            + ".";
  }

  /** Where the means of a row and its ratio do not rest on the same rounds. */
  public Optional<String> unequal(ArmInfo arm) {
    List<String> names =
        judged(arm).stream()
            .filter(c -> c.pairs() > 0)
            .filter(c -> forks(c.subject()) != c.pairs() || forks(c.reference()) != c.pairs())
            .map(c -> evidence.names().name(c.subject()))
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "A mean is over all forks of its cell, a ratio over the rounds in which both sides have one; they rest on different rounds for %s%s."
                .formatted(
                    String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size()))),
                    names.size() > MOST_NAMED
                        ? " and %d more".formatted(names.size() - MOST_NAMED)
                        : ""));
  }

  private int forks(Cell cell) {
    return evidence.summary(cell).map(CellSummary::forks).orElse(0);
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
            Words.cost(cell, evidence.unit()),
            Words.against(comparison.ratio(), comparison.difference(), evidence.unit()),
            (comparison.difference() == null ? "" : "against ") + comparison.reference().profile(),
            Words.against95(comparison.ratio(), comparison.interval95(), comparison.difference()),
            Words.verdict(comparison.verdict(), evidence.unit()));
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
        shown(group).stream()
            .map(operation ->
                new GlanceRow(
                    operation,
                    maps.stream()
                        .map(map -> glanceCell(group.cell(operation, map, arm.label())))
                        .toList()))
            .toList();
    String caption =
        "%s per operation on %s, 95 %% interval below, or the forks where they are too few%s%s"
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
        Words.interval(cell),
        comparison
            .map(c ->
                Words.against(c.ratio(), c.difference(), evidence.unit())
                    + " "
                    + Table.mark(c.verdict())
                    + " "
                    + Words.verdict(c.verdict(), evidence.unit()))
            .orElse(""),
        comparison.map(c -> c.verdict().word()).orElse("none"),
        "");
  }

  /** Whether any cell of the operations has fewer forks than an interval deserves. */
  public boolean indicative() {
    return evidence.cells(Evidence::isOperation).stream()
        .anyMatch(c -> c.forks() > 0 && c.indicative());
  }
}
