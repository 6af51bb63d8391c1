package dev.bpfgauge.report.terminal;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ReferencesCompared;
import dev.bpfgauge.analysis.ReferencesCompared.Change;
import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.analysis.RunComparison.AcrossRuns;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run against another: for the terminal, and as Markdown for a comment on a pull request. */
public final class RunsCompared {
  /** Rows of the terminal's table; slower and faster cells are always there. */
  private static final int MAX_ROWS = 60;

  /** Rows of each table in a comment, whose length is limited. */
  private static final int MAX_MARKDOWN_ROWS = 100;

  /**
   * What a narrow terminal does without, the first one first: the figures themselves, then the
   * ratio's interval. What could have been seen and the verdict say the same in short.
   */
  private static final List<Integer> EXPENDABLE = List.of(1, 2, 4);

  /** The same beside ratios as measured. */
  private static final List<Integer> EXPENDABLE_WITH_RAW = List.of(1, 2, 5);

  /** A terminal as wide as that has room for profiles in a column of their own. */
  private static final int WIDE = 100;

  private static final String ON = "on";

  /** Nobody asks whether a cell became that many times slower. */
  private static final double MOST_SEEN = 10;

  /** Names in a list. */
  private static final int MAX_NAMES = 8;

  private static final int MAX_ANSWERS = 20;

  /** As good as certain to be unique in a repository. */
  private static final int SHORT_COMMIT = 12;

  private static final List<Verdict> ORDER =
      List.of(Verdict.SLOWER, Verdict.FASTER, Verdict.INCONCLUSIVE, Verdict.EQUIVALENT);

  private final RunComparison compared;
  private final CellNames names;
  private final List<AcrossRuns> rows;

  private RunsCompared(RunComparison compared) {
    this.compared = compared;
    names =
        new CellNames(
            Stream.of(
                    compared.cells().stream().map(AcrossRuns::cell),
                    compared.onlyInSubject().stream(),
                    compared.onlyInReference().stream())
                .flatMap(cells -> cells)
                .filter(Evidence::isOperation)
                .toList());
    List<String> arms =
        compared.subject().plan().arms().stream().map(RunInfo.ArmInfo::label).toList();
    rows =
        compared.cells().stream()
            .sorted(
                Comparator.<AcrossRuns>comparingInt(c -> ORDER.indexOf(c.verdict()))
                    .thenComparing(AcrossRuns::cell, names.order(arms)))
            .toList();
  }

  /**
   * A table with what to know about it.
   *
   * @param width columns; at least 60 are taken
   * @return lines ending in a line feed
   */
  public static String terminal(RunComparison compared, int width) {
    return new RunsCompared(compared).terminal(Math.max(60, width));
  }

  /** GitHub flavoured Markdown; nothing a run names is read as markup. */
  public static String markdown(RunComparison compared) {
    return new RunsCompared(compared).markdown();
  }

  private String terminal(int columns) {
    StringBuilder out = new StringBuilder();
    TerminalTable.wrap(out, title(), columns);
    for (String sentence : before()) {
      TerminalTable.wrap(out, sentence, columns);
    }
    out.append('\n');
    if (!rows.isEmpty()) {
      long differing = rows.stream().filter(RunsCompared::differs).count();
      int shown = (int) Math.max(differing, MAX_ROWS);
      List<List<String>> table = new ArrayList<>();
      boolean wide = columns >= WIDE;
      table.add(wide ? heads() : heads().stream().filter(head -> !head.equals(ON)).toList());
      rows.stream()
          .limit(shown)
          .map(row -> wide ? words(row) : onProfile(words(row)))
          .forEach(table::add);
      TerminalTable.print(
          out,
          table.stream().map(r -> r.stream().map(TerminalTable::plain).toList()).toList(),
          columns,
          wide ? List.of() : hasRaw() ? EXPENDABLE_WITH_RAW : EXPENDABLE);
      if (rows.size() > shown) {
        out.append("… and ").append(rows.size() - shown).append(" more with --json\n");
      }
      out.append('\n');
    }
    for (String sentence : after()) {
      TerminalTable.wrap(out, sentence, columns);
    }
    return out.toString();
  }

  private String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("### bpfgauge: ").append(escaped(counts())).append("\n\n");
    out.append(escaped(title())).append('\n');
    before().forEach(sentence -> out.append('\n').append(escaped(sentence)).append('\n'));
    List<AcrossRuns> differing = rows.stream().filter(RunsCompared::differs).toList();
    if (!differing.isEmpty()) {
      out.append('\n');
      markdownTable(out, differing);
    }
    List<AcrossRuns> others = rows.stream().filter(row -> !differs(row)).toList();
    if (!others.isEmpty()) {
      out.append("\n<details><summary>")
          .append(escaped(Words.plural(others.size(), "other cell")))
          .append("</summary>\n\n");
      markdownTable(out, others);
      out.append("\n</details>\n");
    }
    after().forEach(sentence -> out.append('\n').append(escaped(sentence)).append('\n'));
    return out.toString();
  }

  private void markdownTable(StringBuilder out, List<AcrossRuns> cells) {
    out.append(
        heads().stream()
            .map(RunsCompared::escaped)
            .collect(
                Collectors.joining(
                    " | ", "| ", " |\n|---|---|" + "--:|".repeat(heads().size() - 3) + "---|\n")));
    cells.stream()
        .limit(MAX_MARKDOWN_ROWS)
        .forEach(cell ->
            out.append(
                words(cell).stream()
                    .map(RunsCompared::escaped)
                    .collect(Collectors.joining(" | ", "| ", " |\n"))));
    if (cells.size() > MAX_MARKDOWN_ROWS) {
      out.append("\n… and ")
          .append(cells.size() - MAX_MARKDOWN_ROWS)
          .append(" more in the run's own report\n");
    }
  }

  private static boolean differs(AcrossRuns row) {
    return row.verdict() == Verdict.SLOWER || row.verdict() == Verdict.FASTER;
  }

  private List<String> heads() {
    List<String> heads = new ArrayList<>(List.of("operation", ON, "before", "now, " + unit()));
    if (hasRaw()) {
      heads.add("raw");
    }
    heads.addAll(List.of("ratio", "95 % interval", "sees", "verdict"));
    return heads;
  }

  /** Whether ratios are corrected, so that those as measured stand beside. */
  private boolean hasRaw() {
    return rows.stream().anyMatch(row -> row.rawRatio() != null);
  }

  /** The profile tells rows apart as well: it must not be lost where the name is shortened. */
  private static List<String> onProfile(List<String> row) {
    List<String> merged = new ArrayList<>(row);
    merged.set(1, row.get(0) + " on " + row.get(1));
    return merged.subList(1, merged.size());
  }

  private List<String> words(AcrossRuns row) {
    List<String> words =
        new ArrayList<>(
            List.of(
                names.name(row.cell()),
                row.cell().profile(),
                figure(row.reference()),
                figure(row.subject())));
    if (hasRaw()) {
      Double raw = row.rawRatio();
      words.add(Words.ratio(raw == null ? row.ratio() : raw));
    }
    words.addAll(
        List.of(
            Words.against(row.ratio(), row.difference(), unit()),
            Words.against95(row.ratio(), row.interval95(), row.difference()),
            sees(row.smallestSeen()),
            Words.verdict(row.verdict(), unit()) + (row.indicative() ? "*" : "")));
    return words;
  }

  /** {@code +5.4 %}: the smallest slowdown that would have been called one. */
  private static String sees(double share) {
    if (Double.isNaN(share)) {
      return Words.NONE;
    }
    return share >= MOST_SEEN ? "none" : "+" + Words.percent(share);
  }

  private static String figure(CellSummary cell) {
    return cell.forks() == 0 ? Words.status(cell) : Words.nanos(cell.mean());
  }

  private String unit() {
    return compared.subject().unit();
  }

  private String title() {
    return run(compared.subject()) + " against " + run(compared.reference()) + ".";
  }

  /** The run's id, and what it was made from where that is known. */
  private static String run(RunInfo run) {
    String commit = run.environment().getOrDefault("git commit", "");
    String from =
        Stream.of(
                run.environment().getOrDefault("git branch", ""),
                commit.substring(0, Math.min(SHORT_COMMIT, commit.length())))
            .filter(word -> !word.isEmpty())
            .collect(Collectors.joining(" "));
    return run.id() + (from.isEmpty() ? "" : " (" + from + ")");
  }

  private String counts() {
    return rows.isEmpty()
        ? "no cell in common"
        : ORDER.stream()
            .map(verdict ->
                Words.count(rows.stream().filter(row -> row.verdict() == verdict).count())
                    + " "
                    + Words.verdict(verdict, unit()))
            .collect(Collectors.joining(", "));
  }

  /** What the reader must know before the table. */
  private List<String> before() {
    List<String> sentences = new ArrayList<>();
    if (!compared.differences().isEmpty()) {
      sentences.add(
          "NOT the same machine in the same state; any of these may explain a ratio here: "
              + compared.differences().stream()
                  .map(FingerprintDifference::words)
                  .collect(Collectors.joining("; "))
              + ".");
    }
    if (!compared.unsaid().isEmpty()) {
      sentences.add(
          "Known of one run only, so taken as equal: "
              + String.join(", ", compared.unsaid())
              + ".");
    }
    List<FingerprintDifference> measured =
        FingerprintDifference.between(
            howMeasured(compared.subject()), howMeasured(compared.reference()));
    if (!measured.isEmpty()) {
      sentences.add(
          "Not measured alike: "
              + measured.stream()
                  .map(FingerprintDifference::words)
                  .collect(Collectors.joining("; "))
              + ".");
    }
    sentences.add(
        "%s of %s have both runs: %s; margin %s."
            .formatted(
                Words.plural(rows.size(), "cell"),
                Words.count(
                    rows.size()
                        + compared.onlyInSubject().size()
                        + compared.onlyInReference().size()),
                counts(),
                Words.margin(compared.margin())));
    return sentences;
  }

  /** What may make a difference though it says nothing of the machine. */
  private static Map<String, String> howMeasured(RunInfo run) {
    return Map.of(
        "bpfgauge",
        run.bpfgaugeVersion(),
        "warm-up",
        run.plan().warmupMillis() + " ms",
        "measurement",
        run.plan().measureMillis() + " ms",
        "seed",
        Long.toString(run.plan().seed()));
  }

  /** What belongs to it besides. */
  private List<String> after() {
    List<String> sentences = new ArrayList<>();
    List<AcrossRuns> floor = compared.movedFloor();
    if (!floor.isEmpty()) {
      sentences.add(
          "The floor changed as well (%s). It uses no map and no program, so the machine,"
                  .formatted(
                      floor.stream()
                          .limit(MAX_NAMES)
                          .map(row ->
                              CellNames.operation(row.cell())
                                  + " on "
                                  + row.cell().profile()
                                  + " "
                                  + Words.ratio(row.ratio()))
                          .collect(Collectors.joining(", ")))
              + " its kernel or its JDK differs.");
    }
    references(sentences);
    sentences.add(power());
    sentences.add(
        Words.changes(unit())
            + ": "
            + VerdictRule.different(compared.margin(), "these two runs")
            + "; equivalent: "
            + VerdictRule.equivalent(compared.margin())
            + "; inconclusive: neither."
            + (hasDifferences() ? " " + VerdictRule.withoutRatio(compared.margin()) + "." : ""));
    only(sentences, compared.onlyInSubject(), compared.subject());
    only(sentences, compared.onlyInReference(), compared.reference());
    if (!compared.answers().isEmpty()) {
      sentences.add(
          "Answers that changed: "
              + compared.answers().stream()
                  .limit(MAX_ANSWERS)
                  .map(a ->
                      "%s on %s, %s: %s, was %s"
                          .formatted(
                              CellNames.operation(a.cell()),
                              a.cell().profile(),
                              a.question(),
                              a.subject(),
                              a.reference()))
                  .collect(Collectors.joining("; "))
              + andMore(compared.answers().size(), MAX_ANSWERS)
              + ".");
    }
    if (rows.stream().anyMatch(AcrossRuns::indicative)) {
      sentences.add("* in one of the runs " + VerdictRule.TOO_FEW + ".");
    }
    if (compared.subject().counts().isTime()) {
      sentences.add(
          "The intervals include the noise inside each run, not the differences between runs (time"
              + " of day, boot, other load). Two arms of one run avoid these; so does a run of the"
              + " lab, which counts instructions.");
    }
    return sentences;
  }

  /** What was measured beside the cells: whether it decides, and where it changed itself. */
  private void references(List<String> sentences) {
    ReferencesCompared references = compared.references();
    if (references.references().isEmpty()) {
      return;
    }
    Correction correction = references.correction();
    if (correction == null && !compared.differences().isEmpty()) {
      sentences.add(
          "Raw figures decide: the fingerprints differ, and so may the references (%s)."
              .formatted(
                  references.references().stream()
                      .map(RunsCompared::change)
                      .collect(Collectors.joining(", "))));
    }
    if (correction != null && correction.decides()) {
      sentences.add(
          "Ratios are corrected by %s, which took turns beside the cells. That took %s of the spread between forks: %s as measured, %s corrected. raw: the ratio as measured."
              .formatted(
                  Reference.CORRECTS.words(),
                  whole(correction.taken()),
                  Words.percent(correction.raw()),
                  Words.percent(correction.corrected())));
    } else if (references.isAlone()) {
      sentences.add(
          "Raw figures alone decide, for %s changed by itself: most cells did not."
              .formatted(Reference.CORRECTS.words()));
    } else if (correction != null && correction.corrected() >= correction.raw()) {
      sentences.add(
          "Raw figures decide: the references took nothing of the spread between forks, %s as measured and %s corrected. No cell is slower or faster that is not so corrected as well."
              .formatted(Words.percent(correction.raw()), Words.percent(correction.corrected())));
    }
    List<Change> changed = references.changed();
    if (!changed.isEmpty()) {
      sentences.add(
          "References changed: %s. No map and no program has a part in them: the machine or its kernel was another, and %s."
              .formatted(
                  changed.stream().map(RunsCompared::change).collect(Collectors.joining(", ")),
                  references.decide()
                      ? "what cells have in common with them is in raw ratios only"
                      : "raw ratios hold it"));
    }
  }

  /** {@code getppid 139 ns, was 134 ns, 1.04×}. */
  private static String change(Change one) {
    return "%s %s ns, was %s ns, %s"
        .formatted(
            one.reference().words(),
            Words.nanos(one.subject()),
            Words.nanos(one.before()),
            Words.ratio(one.ratio()));
  }

  private static String whole(double share) {
    return Math.round(100 * share) + " %";
  }

  /** Whether net costs were not told from zero, and so have no ratio. */
  private boolean hasDifferences() {
    return rows.stream().anyMatch(row -> row.difference() != null);
  }

  /** What would have been seen: an alarm that stayed away says only so much. */
  private String power() {
    RunComparison.Power power = compared.power();
    if (power == null) {
      return "Nothing could have been seen: no cell has %s.".formatted(needed());
    }
    String missing =
        power.cells() == rows.size()
            ? ""
            : "; %s could see nothing, without %s"
                .formatted(Words.plural(rows.size() - power.cells(), "cell"), needed());
    return "What could be seen, with %s probability: a slowdown of %s in the cell measured best, of %s in half of the cells, of %s in all%s."
        .formatted(
            VerdictRule.POWER,
            seen(power.least()),
            seen(power.median()),
            seen(power.most()),
            missing);
  }

  private String needed() {
    return "two forks in both runs" + (hasDifferences() ? " or a cost told from zero" : "");
  }

  private static String seen(double share) {
    return share >= MOST_SEEN ? "more than tenfold" : Words.percent(share);
  }

  private void only(List<String> sentences, List<Cell> cells, RunInfo run) {
    if (!cells.isEmpty()) {
      sentences.add(
          "Only in %s: %s%s."
              .formatted(
                  run.id(),
                  cells.stream()
                      .limit(MAX_NAMES)
                      .map(cell -> names.name(cell) + " on " + cell.profile())
                      .collect(Collectors.joining(", ")),
                  andMore(cells.size(), MAX_NAMES)));
    }
  }

  private static String andMore(int all, int shown) {
    return all <= shown ? "" : String.format(Locale.ROOT, " and %d more", all - shown);
  }

  /** No word of a run is markup, a link, a mention or the end of a table's cell. */
  private static String escaped(String words) {
    StringBuilder out = new StringBuilder();
    for (char c : Shown.name(TerminalTable.plain(words)).toCharArray()) {
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '@' -> out.append("&#64;");
        case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!' -> out.append('\\').append(c);
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
