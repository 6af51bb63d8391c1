package dev.bpfgauge.report.site;

import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.Proportion;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Change;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.CellTrend.Trust;
import dev.bpfgauge.trend.NightVerdict;
import dev.bpfgauge.trend.Point;
import dev.bpfgauge.trend.Role;
import dev.bpfgauge.trend.RunImport.LeftOut;
import dev.bpfgauge.trend.StoredRun;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the site's templates show, from the histories and the runs. */
final class SitePages {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  /**
   * A run of the site.
   *
   * @param stored what the store knows of it
   * @param info its run.json; absent where its folder is not on this machine or cannot be read
   */
  record Run(StoredRun stored, @Nullable RunInfo info) {
    String href() {
      return info == null ? "" : SiteNames.run(stored);
    }

    List<String> suites() {
      return info == null ? List.of() : info.plan().suites();
    }
  }

  record Link(String text, String href, String note, String spark) {}

  /**
   * A history on the index page.
   *
   * @param css colour of its verdict
   * @param worse what got slower
   * @param better what got faster
   * @param doubtful what looked changed and is not confirmed, or is gone
   * @param changed what the fingerprint was before this history began; may be empty
   */
  record Card(
      String id,
      String css,
      String machine,
      String what,
      String sentence,
      List<SiteWords.Count> counts,
      List<Link> worse,
      List<Link> better,
      List<Link> doubtful,
      String falseAlarms,
      String seen,
      String smallest,
      List<String> changed,
      String href,
      String night,
      String nightHref) {}

  /**
   * The index page.
   *
   * @param cards histories that go on
   * @param young those of them with fewer nights than a baseline needs
   * @param earlier histories that a later one with the same clock took over from
   * @param leftOut runs that could not be read, and why
   */
  record Index(
      List<Card> cards,
      List<Card> young,
      List<Card> earlier,
      List<Link> featured,
      List<Link> leftOut,
      Table runs,
      Table olderRuns,
      String newest) {}

  /** A cell in the table of a history. */
  record Line(
      String id,
      String name,
      String href,
      String spark,
      String figure,
      String ratio,
      String interval,
      String anchored,
      String smallest,
      String verdict,
      String css) {}

  /** The cells of one profile. */
  record Group(String id, String title, List<Line> lines) {}

  /** The page of a history. */
  record TrendPage(
      Card card,
      String unit,
      List<String> sentences,
      List<Group> groups,
      Table nights,
      Table fingerprint) {}

  /**
   * The page of a cell.
   *
   * @param figure what the newest night says, in one sentence
   * @param chart absent without a figure
   * @param gate absent without an equal or delayed arm
   * @param comparisons the newest night against each baseline
   * @param trust how good the gate is on this cell
   * @param steadiness what to say where the level never changed
   */
  record CellPage(
      String title,
      String id,
      String css,
      String verdict,
      String figure,
      String reason,
      String machine,
      String history,
      Charts.@Nullable Chart chart,
      Charts.@Nullable Chart gate,
      Table comparisons,
      String anchor,
      List<String> trust,
      String steadiness,
      Table changes,
      Table nights) {}

  /** Colours of a history, the one to look at first in front. */
  private static final List<String> TONES =
      List.of("slower", "faster", "equivalent", "inconclusive");

  /** Runs that the index shows at once. */
  private static final int NEWEST = 10;

  private final List<Run> runs;
  private final Map<Long, Run> byKey = new HashMap<>();
  private final HistoryPages historyPages;

  /**
   * @param runs oldest first
   */
  SitePages(List<Run> runs, HistoryPages historyPages) {
    this.runs = runs;
    this.historyPages = historyPages;
    runs.forEach(run -> byKey.put(run.stored().key(), run));
  }

  Index index(List<History> histories, List<LeftOut> leftOut) {
    return new Index(
        cards(histories, h -> !h.isOver(histories) && !h.isYoung()),
        cards(histories, h -> !h.isOver(histories) && h.isYoung()),
        cards(histories, h -> h.isOver(histories)),
        featured(),
        leftOut.stream().map(SitePages::unread).toList(),
        runTable("runs", "The newest runs", runs.reversed().stream().limit(NEWEST).toList()),
        runTable("older-runs", "Older runs", runs.reversed().stream().skip(NEWEST).toList()),
        runs.isEmpty() ? "" : time(runs.getLast().stored().startedAt()));
  }

  private List<Card> cards(List<History> histories, Predicate<History> wanted) {
    return histories.stream()
        .filter(wanted)
        .map(history -> card(history, ""))
        .sorted(Comparator.comparingInt(card -> TONES.indexOf(card.css())))
        .toList();
  }

  /** The newest report of each suite that brings its own arms. */
  private List<Link> featured() {
    List<Link> links = new ArrayList<>();
    SuiteWords.all().stream()
        .filter(suite -> suite.arms().isPresent())
        .sorted(Comparator.comparing(SuiteWords::name))
        .forEach(suite ->
            runs.reversed().stream()
                .filter(run -> run.suites().contains(suite.name()))
                .findFirst()
                .ifPresent(run ->
                    links.add(
                        new Link(
                            suite.arms().map(SuiteWords.Arms::history).orElse(suite.name()),
                            run.href(),
                            run.stored().id() + ", " + time(run.stored().startedAt()),
                            ""))));
    return links;
  }

  /** Its folder's name alone: where on the machine that is, is nobody's business. */
  private static Link unread(LeftOut run) {
    String role = run.role() == Role.NIGHT ? "" : " (" + as(run.role()) + ")";
    Path name = run.folder().toAbsolutePath().normalize().getFileName();
    return new Link(name + role, "", run.reason(), "");
  }

  private Table runTable(String id, String caption, List<Run> some) {
    Table.Builder table =
        Table.of(id, caption, "~Run", "~Started, UTC", "~What", "~As", "~Status", "~History");
    for (Run run : some) {
      StoredRun stored = run.stored();
      table.row(
          new Table.Datum(stored.id(), "t", run.href()),
          time(stored.startedAt()),
          run.info() == null
              ? "its folder is not here, or cannot be read"
              : String.join(", ", run.suites()),
          as(stored.role()),
          stored.status().name().toLowerCase(Locale.ROOT),
          new Table.Datum(stored.fingerprint(), "t", historyPages.of(stored)));
    }
    return table.build();
  }

  private static String as(Role role) {
    return switch (role) {
      case NIGHT -> "night";
      case AGAIN -> "equal arm";
      case SLOWED -> "delayed arm";
      case CANARY -> "frozen program";
      case REPEAT -> "repetition";
    };
  }

  /**
   * @param root the way from the page to the site's folder
   */
  private Card card(History history, String root) {
    SiteWords words = new SiteWords(history);
    StoredRun newest = history.trend().newest();
    String run = href(newest.key());
    return new Card(
        newest.fingerprint(),
        words.css(),
        history.machine(),
        words.what(),
        words.sentence(),
        words.counts(),
        links(history, words.with(NightVerdict.REGRESSED), root),
        links(history, words.with(NightVerdict.IMPROVED), root),
        links(
            history,
            history.trend().cells().stream()
                .filter(cell ->
                    cell.verdict() == NightVerdict.GONE
                        || cell.verdict() == NightVerdict.LOAD_NOT_REACHED
                        || cell.confirmation().isDoubtful())
                .toList(),
            root),
        words.falseAlarms(),
        words.seen(),
        words.smallest(),
        history.trend().changed().stream()
            .map(d -> d.name() + ": " + d.reference() + " → " + d.subject())
            .toList(),
        root + history.file(),
        newest.id() + ", " + time(newest.startedAt()) + " UTC",
        run.isEmpty() ? "" : root + run);
  }

  private List<Link> links(History history, List<CellTrend> cells, String root) {
    return cells.stream()
        .sorted(
            Comparator.comparingDouble(cell -> {
              Ratio rolling = cell.rolling();
              return rolling == null ? 0 : -Math.abs(Math.log(rolling.ratio()));
            }))
        .map(cell ->
            new Link(
                history.name(cell),
                root + history.page(cell),
                change(cell),
                new HistoryChart(history, cell).spark()))
        .toList();
  }

  private static String change(CellTrend cell) {
    Ratio rolling = cell.rolling();
    if (rolling == null || cell.verdict().isWithoutFigure()) {
      return cell.reason();
    }
    String size = HistoryChart.difference(rolling.ratio());
    return cell.verdict() == NightVerdict.INCONCLUSIVE ? size + ", " + cell.reason() : size;
  }

  private String href(long run) {
    Run known = byKey.get(run);
    return known == null ? "" : known.href();
  }

  TrendPage trend(History history) {
    List<String> profiles =
        history.trend().cells().stream().map(cell -> cell.cell().profile()).distinct().toList();
    List<Group> groups = new ArrayList<>();
    for (String profile : profiles) {
      groups.add(
          new Group(
              "profile-" + groups.size(),
              (history.isLab() ? "Linux " : "Profile ") + profile,
              history.trend().cells().stream()
                  .filter(cell -> cell.cell().profile().equals(profile))
                  .sorted(Comparator.comparing(CellTrend::cell, history.names().order(profiles)))
                  .map(cell -> line(history, cell))
                  .toList()));
    }
    return new TrendPage(
        card(history, "../"),
        history.unit(),
        sentences(history),
        groups,
        nights(history),
        fingerprint(history));
  }

  private static List<String> sentences(History history) {
    List<String> sentences = new ArrayList<>();
    Anchor anchor = history.trend().anchor();
    sentences.add(
        anchor == null
            ? "No anchor is set: the oldest ten nights are used instead. The command trend anchor"
                + " sets one, with its reason."
            : "The anchor is "
                + anchor.run()
                + ", since "
                + time(anchor.at())
                + " UTC: "
                + anchor.reason());
    sentences.add(
        history.trend().canary()
            ? "A frozen, older program also ran in the newest night; it distinguishes a change of"
                + " the machine from a change of the code."
            : "No frozen program ran in the newest night: a change of the machine cannot be"
                + " distinguished from a change of the code.");
    return sentences;
  }

  private static Line line(History history, CellTrend cell) {
    Point newest = cell.newest(history.trend().newest().key());
    Night night = newest == null ? null : newest.night();
    Ratio rolling = cell.rolling();
    Ratio anchored = cell.anchored();
    String page = history.page(cell);
    return new Line(
        page.substring(page.indexOf('/') + 1, page.length() - ".html".length()),
        history.names().name(cell.cell()),
        "../" + page,
        new HistoryChart(history, cell).spark(),
        night == null ? Words.NONE : Words.nanos(night.time()),
        rolling == null ? Words.NONE : HistoryChart.difference(rolling.ratio()),
        rolling == null ? Words.NONE : percents(rolling.interval95()),
        anchored == null ? Words.NONE : HistoryChart.difference(anchored.ratio()),
        TrendText.smallest(cell.trust().smallestSeen()),
        SiteWords.marked(cell),
        SiteWords.css(cell.verdict()));
  }

  /** The interval of a ratio as what was added, in per cent: {@code [−0.8, +1.2]}. */
  private static String percents(@Nullable Interval ratio) {
    return ratio == null
        ? Words.NONE
        : "[" + HistoryChart.signed(ratio.low()) + ", " + HistoryChart.signed(ratio.high()) + "]";
  }

  private Table nights(History history) {
    Table.Builder table =
        Table.of(
            "nights",
            "Nights of this history, newest first",
            "~Run",
            "~Started, UTC",
            "~Status",
            "~Measured by");
    for (StoredRun night : history.nights().reversed()) {
      table.row(
          link(night.id(), href(night.key())),
          time(night.startedAt()),
          night.status().name().toLowerCase(Locale.ROOT),
          "bpfgauge " + night.version());
    }
    return table.build();
  }

  private static Table.Datum link(String text, String href) {
    return new Table.Datum(text, "t", href.isEmpty() ? "" : "../" + href);
  }

  private static Table fingerprint(History history) {
    boolean changed = !history.trend().changed().isEmpty();
    Table.Builder table =
        changed
            ? Table.of("fingerprint", "Fingerprint", "~What", "~Value", "~Before this history")
            : Table.of("fingerprint", "Fingerprint", "~What", "~Value");
    Map<String, String> before = new HashMap<>();
    history.trend().changed().forEach(d -> before.put(d.name(), d.reference()));
    history
        .fingerprint()
        .forEach((what, value) -> {
          if (changed) {
            table.row(what, value, before.getOrDefault(what, "the same"));
          } else {
            table.row(what, value);
          }
        });
    return table.build();
  }

  public CellPage cell(History history, CellTrend cell) {
    return new CellPage(
        history.name(cell),
        cell.cell().id(),
        SiteWords.css(cell.verdict()),
        SiteWords.marked(cell),
        figure(history, cell),
        SiteWords.capital(cell.reason()) + ".",
        history.machine(),
        "../" + history.file(),
        new HistoryChart(history, cell).chart(),
        new GateChart(history, cell).chart(),
        comparisons(cell),
        sentences(history).getFirst(),
        trust(history, cell),
        steadiness(cell),
        changes(history, cell),
        points(history, cell));
  }

  /** {@code 1 168 ns, +10.3 % against the 30 nights before (95 % interval [+9.0, +11.5])}. */
  private static String figure(History history, CellTrend cell) {
    Point newest = cell.newest(history.trend().newest().key());
    Night night = newest == null ? null : newest.night();
    if (night == null) {
      return "";
    }
    String figure = Words.nanos(night.time()) + Words.THIN + history.unit();
    Ratio rolling = cell.rolling();
    return rolling == null
        ? figure + ", the first night"
        : figure
            + ", "
            + HistoryChart.difference(rolling.ratio())
            + " against "
            + Words.plural(rolling.nights(), "night")
            + " before it"
            + (rolling.interval95() == null
                ? ""
                : ", 95 % interval " + percents(rolling.interval95()) + Words.THIN + "%");
  }

  private static Table comparisons(CellTrend cell) {
    Table.Builder table =
        Table.of(
            "comparisons",
            "The newest night against",
            "~Baseline",
            "Nights",
            "Difference",
            "95 % by nights, %",
            "95 % by its forks, %");
    against(table, "the nights since the last change", cell.rolling());
    against(table, "the anchor’s nights", cell.anchored());
    cell.repeats()
        .forEach(repeat -> against(table, "its repetition, against the same nights", repeat));
    against(table, "the frozen program, against its own nights", cell.canary());
    return table.build();
  }

  private static void against(Table.Builder table, String what, @Nullable Ratio ratio) {
    if (ratio != null) {
      table.row(
          what,
          Words.count(ratio.nights()),
          HistoryChart.difference(ratio.ratio()),
          percents(ratio.interval95()),
          percents(ratio.forkInterval95()));
    }
  }

  private static List<String> trust(History history, CellTrend cell) {
    Trust trust = cell.trust();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        trust.equalNights() == 0
            ? "No equal second arm was measured, so its false alarms are unknown."
            : "False alarms: "
                + SiteWords.rate(new Proportion(trust.falseAlarms(), trust.equalNights()))
                + " of its equal second arms were called changed.");
    sentences.add(
        trust.slowedNights() == 0
            ? "No deliberately slowed arm was measured."
            : "Seen: "
                + SiteWords.rate(new Proportion(trust.seen(), trust.slowedNights()))
                + " of the arms delayed by "
                + Words.count(trust.delayNanos())
                + " "
                + (history.isLab() ? "instructions" : "ns")
                + " on purpose were found.");
    sentences.add(
        Double.isNaN(trust.smallestSeen())
            ? "The smallest slowdown it would find is not known yet: a baseline needs five nights."
            : "A slowdown of "
                + TrendText.smallest(trust.smallestSeen())
                + " or more would be found with 95 % probability.");
    return sentences;
  }

  private static String steadiness(CellTrend cell) {
    long figures = cell.nights().stream().filter(point -> point.night() != null).count();
    return figures < ChangePoints.FEWEST
        ? "Too few nights to look for a change of level: it takes " + ChangePoints.FEWEST + "."
        : "The level never changed significantly.";
  }

  private Table changes(History history, CellTrend cell) {
    Table.Builder table =
        Table.of(
            "changes",
            "Where the level changed",
            "~First night",
            "Size",
            "95 % interval, %",
            "~Run");
    for (Change change : cell.changes().reversed()) {
      table.row(
          time(change.startedAt()),
          new Table.Datum(
              HistoryChart.size(change), "v " + (change.ratio() > 1 ? "slower" : "faster")),
          percents(change.interval95()),
          link(
              history.night(change.run()).map(StoredRun::id).orElse(Words.NONE),
              href(change.run())));
    }
    return table.build();
  }

  private Table points(History history, CellTrend cell) {
    Table.Builder table =
        Table.of(
            "nights",
            "Every night, newest first, in " + history.unit(),
            "~Night, UTC",
            history.unit() + " per operation",
            "95 % interval by forks",
            "Forks",
            "p99",
            "~Equal arm",
            "~Delayed arm",
            "~Note");
    Map<Long, Change> changes = new HashMap<>();
    cell.changes().forEach(change -> changes.put(change.run(), change));
    for (Point point : cell.nights().reversed()) {
      Night night = point.night();
      Change change = changes.get(point.run());
      table.row(
          link(time(point.startedAt()), href(point.run())),
          night == null ? Words.NONE : Words.nanos(night.time()),
          night == null ? Words.NONE : Words.nanos(night.interval95()),
          night == null ? "0" : Words.count(night.forks()),
          Words.nanos(point.p99()),
          GateChart.words(cell, point.run(), Role.AGAIN),
          GateChart.words(cell, point.run(), Role.SLOWED),
          (change == null ? "" : "level changed " + HistoryChart.size(change) + ". ")
              + point.reason());
    }
    return table.build();
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }
}
