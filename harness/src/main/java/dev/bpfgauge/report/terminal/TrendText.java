package dev.bpfgauge.report.terminal;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.NightVerdict;
import dev.bpfgauge.trend.Point;
import dev.bpfgauge.trend.StoredRun;
import dev.bpfgauge.trend.Trend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A trend in words: for the terminal, and in Markdown for a comment on a change. */
public final class TrendText {
  /**
   * What a narrow terminal does without, the first one first: the ratio to the anchor, the nights
   * of the baseline, the ratio's interval.
   */
  private static final List<Integer> EXPENDABLE = List.of(5, 2, 4);

  /** The newest of the nights that do not count. */
  private static final int MOST_NAMED = 5;

  private final Trend trend;
  private final CellNames names;

  private TrendText(Trend trend) {
    this.trend = trend;
    names = new CellNames(trend.cells().stream().map(CellTrend::cell).toList());
  }

  /** Plain lines, none wider than {@code width} where that is at least 60. */
  public static String terminal(Trend trend, int width) {
    TrendText text = new TrendText(trend);
    int columns = Math.max(60, width);
    StringBuilder out = new StringBuilder();
    for (String sentence : text.sentences()) {
      TerminalTable.wrap(out, sentence, columns);
    }
    for (String profile : text.profiles()) {
      out.append('\n').append(TerminalTable.plain(profile)).append('\n');
      TerminalTable.print(
          out,
          text.rows(profile).stream()
              .map(row -> row.stream().map(TerminalTable::plain).toList())
              .toList(),
          columns,
          EXPENDABLE);
    }
    out.append('\n');
    for (String reason : text.reasons()) {
      TerminalTable.wrap(out, reason, columns);
    }
    return out.toString();
  }

  /** GitHub's and GitLab's Markdown. */
  public static String markdown(Trend trend) {
    TrendText text = new TrendText(trend);
    StringBuilder out = new StringBuilder("### bpfgauge: ");
    out.append(escaped(text.headline())).append("\n\n");
    text.sentences().stream()
        .skip(1)
        .forEach(sentence -> out.append(escaped(sentence)).append("\n\n"));
    for (String profile : text.profiles()) {
      out.append("<details><summary>").append(escaped(profile)).append("</summary>\n\n");
      List<List<String>> rows = text.rows(profile);
      for (List<String> row : rows) {
        out.append(
            row.stream().map(TrendText::escaped).collect(Collectors.joining(" | ", "| ", " |\n")));
        if (row.equals(rows.getFirst())) {
          out.append("|---").append("|---:".repeat(row.size() - 2)).append("|---|\n");
        }
      }
      out.append("\n</details>\n\n");
    }
    text.reasons().forEach(reason -> out.append("- ").append(escaped(reason)).append('\n'));
    return out.toString();
  }

  /** No text of a run is markup. */
  private static String escaped(String text) {
    return Words.escape(text).replaceAll("([\\\\`*_\\[\\]|])", "\\\\$1").replace("\n", " ");
  }

  /** What the night says, in one sentence. */
  String headline() {
    Map<NightVerdict, Long> counts = new EnumMap<>(NightVerdict.class);
    trend.cells().forEach(cell -> counts.merge(cell.verdict(), 1L, Long::sum));
    return Stream.of(NightVerdict.values())
        .filter(verdict ->
            counts.containsKey(verdict)
                || verdict == NightVerdict.REGRESSED
                || verdict == NightVerdict.IMPROVED)
        .map(verdict -> Words.count(counts.getOrDefault(verdict, 0L)) + " " + verdict.word())
        .collect(Collectors.joining(", "));
  }

  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add("Night " + trend.newest().id() + ": " + headline() + ".");
    sentences.add(
        Words.plural(trend.countedNights(), "night")
            + " on this machine and set-up (fingerprint "
            + trend.newest().fingerprint()
            + "), margin "
            + Words.margin(trend.newest().margin())
            + ".");
    if (!trend.withoutFigure().isEmpty()) {
      sentences.add(notCounted());
    }
    if (!trend.changed().isEmpty()) {
      sentences.add(
          "This history begins where the fingerprint changed: "
              + trend.changed().stream()
                  .map(FingerprintDifference::words)
                  .collect(Collectors.joining("; "))
              + ".");
    }
    sentences.addAll(corrections(trend));
    if (trend.anchor() != null
        && trend.cells().stream()
            .anyMatch(cell -> cell.measured() != null && cell.anchored() == null)) {
      sentences.add("No night up to the anchor has the reference: there is no ratio to it.");
    }
    sentences.add(trust());
    sentences.add(
        trend.canary()
            ? "A frozen program also ran in this night."
            : "No frozen program ran in this night: a change of the machine cannot be distinguished"
                + " from a change of the code; `trend night --canary OLD.jar` runs one.");
    return sentences;
  }

  /** Whether figures as measured are judged, or corrected by their reference, and why. */
  public static List<String> corrections(Trend trend) {
    return Stream.of(correction(trend), unreferenced(trend)).flatMap(Optional::stream).toList();
  }

  private static Optional<String> unreferenced(Trend trend) {
    long lacking =
        trend.cells().stream().filter(cell -> cell.lacksReference(trend.newest().key())).count();
    return lacking == 0
        ? Optional.empty()
        : Optional.of(
            "The newest night did not measure %s beside %s, as earlier nights did: ratios there are of figures as measured."
                .formatted(Reference.CORRECTS.words(), Words.plural(lacking, "cell")));
  }

  private static Optional<String> correction(Trend trend) {
    Correction correction = trend.correction();
    if (correction == null) {
      return Optional.empty();
    }
    String reference = Reference.CORRECTS.words();
    if (correction.alone()) {
      return Optional.of(
          "The reference, "
              + reference
              + ", takes another time than in earlier nights and most cells do not: ratios are of"
              + " figures as measured.");
    }
    String apart =
        "nights lie %s apart, corrected by what %s took beside each figure %s"
            .formatted(
                Words.percent(correction.raw()), reference, Words.percent(correction.corrected()));
    return Optional.of(
        correction.decides()
            ? "As measured, " + apart + ": ratios are of corrected figures."
            : "As measured, " + apart + ": ratios are of figures as measured.");
  }

  /** A night without one good fork is none, and the newest one's silence is no good news. */
  private String notCounted() {
    List<String> ids = trend.withoutFigure().stream().map(StoredRun::id).toList();
    int more = ids.size() - MOST_NAMED;
    return (ids.size() == 1
            ? "Not counted, without one good fork: "
            : "Not counted, without one good fork each: ")
        + String.join(", ", ids.subList(Math.max(0, more), ids.size()))
        + (more > 0 ? " and " + Words.count(more) + " before" : "")
        + "."
        + (trend.isAnswered() ? "" : " So nothing is known of the newest night.");
  }

  /** How often the gate was wrong, over all cells. */
  String trust() {
    int equal = sum(trust -> trust.equalNights());
    int slowed = sum(trust -> trust.slowedNights());
    if (equal == 0 && slowed == 0) {
      return "The error rate of this gate is not known yet: no night with five earlier nights had"
          + " an equal or a delayed arm; `trend night` adds them.";
    }
    return "The gate before its repetition: "
        + rate(sum(trust -> trust.falseAlarms()), equal)
        + " of equal arms called changed, "
        + rate(sum(trust -> trust.seen()), slowed)
        + " of delayed arms found.";
  }

  private static String rate(int hits, int of) {
    return of == 0
        ? "none"
        : "%s of %s (%s)"
            .formatted(Words.count(hits), Words.count(of), Words.percent((double) hits / of));
  }

  private int sum(ToIntFunction<CellTrend.Trust> part) {
    return trend.cells().stream().map(CellTrend::trust).mapToInt(part).sum();
  }

  private List<String> profiles() {
    return trend.cells().stream().map(cell -> cell.cell().profile()).distinct().toList();
  }

  private List<List<String>> rows(String profile) {
    List<String> heads =
        List.of(
            "cell",
            trend.newest().clock().replace("nanoseconds", "ns"),
            "nights",
            "ratio",
            "95 % interval",
            "to anchor",
            "sees from",
            "verdict");
    List<List<String>> rows = new ArrayList<>();
    rows.add(heads);
    trend.cells().stream()
        .filter(cell -> cell.cell().profile().equals(profile))
        .sorted(Comparator.comparing(CellTrend::cell, names.order(List.of(profile))))
        .map(this::row)
        .forEach(rows::add);
    return rows;
  }

  private List<String> row(CellTrend cell) {
    Point newest = cell.newest(trend.newest().key());
    Night night = newest == null ? null : newest.measured();
    Ratio rolling = cell.rolling();
    return List.of(
        names.name(cell.cell()),
        night == null ? Words.NONE : Words.nanos(night.time()),
        rolling == null ? "0" : Words.count(rolling.nights()),
        ratio(rolling),
        rolling == null ? Words.NONE : Words.ratio(rolling.ratio(), rolling.interval95()),
        ratio(cell.anchored()),
        smallest(cell.trust().smallestSeen()),
        cell.verdict().word());
  }

  private static String ratio(@Nullable Ratio ratio) {
    return ratio == null ? Words.NONE : Words.ratio(ratio.ratio());
  }

  public static String smallest(double share) {
    return Double.isNaN(share) ? Words.NONE : "+" + Words.percent(share);
  }

  /** Why, for each cell that a reader should look at. */
  private List<String> reasons() {
    List<String> reasons = new ArrayList<>(changedCells());
    List<String> gone =
        trend.cells().stream()
            .filter(cell -> cell.verdict() == NightVerdict.GONE)
            .map(cell -> name(cell.cell()) + " (" + cell.reason() + ")")
            .toList();
    if (!gone.isEmpty()) {
      reasons.add("Gone: " + String.join("; ", gone) + ".");
    }
    List<String> below =
        trend.cells().stream()
            .filter(cell -> cell.verdict() == NightVerdict.BELOW_RESOLUTION)
            .map(cell -> name(cell.cell()) + " (" + cell.reason() + ")")
            .toList();
    if (!below.isEmpty()) {
      reasons.add("Below resolution: " + String.join("; ", below) + ".");
    }
    List<CellTrend> unloaded =
        trend.cells().stream()
            .filter(cell -> cell.verdict() == NightVerdict.LOAD_NOT_REACHED)
            .toList();
    if (!unloaded.isEmpty()) {
      reasons.add(
          "Load not reached: "
              + unloaded.stream().map(cell -> name(cell.cell())).collect(Collectors.joining("; "))
              + " ("
              + unloaded.getFirst().reason()
              + ").");
    }
    return reasons;
  }

  private List<String> changedCells() {
    return trend.cells().stream()
        .filter(cell ->
            cell.verdict() == NightVerdict.REGRESSED
                || cell.verdict() == NightVerdict.IMPROVED
                || cell.confirmation().isDoubtful())
        .map(cell -> name(cell.cell()) + ": " + cell.verdict().word() + ", " + cell.reason() + ".")
        .toList();
  }

  private String name(Cell cell) {
    return names.name(cell) + " on " + cell.profile();
  }
}
