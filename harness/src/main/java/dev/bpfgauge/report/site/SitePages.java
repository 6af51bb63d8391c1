package dev.bpfgauge.report.site;

import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.NightVerdict;
import dev.bpfgauge.trend.Role;
import dev.bpfgauge.trend.RunImport.LeftOut;
import dev.bpfgauge.trend.StoredRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The index page, and what it and others show of a history. */
final class SitePages {
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
   * @param worse what costs more than before
   * @param better what costs less
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

  /** Colours of a history, the one to look at first in front. */
  private static final List<String> TONES =
      List.of("slower", "faster", "equivalent", "inconclusive");

  /** Runs that the index shows at once. */
  private static final int NEWEST = 10;

  private final List<Run> runs;
  private final SiteLinks links;
  private final HistoryPages historyPages;

  /**
   * @param runs oldest first
   */
  SitePages(List<Run> runs, SiteLinks links, HistoryPages historyPages) {
    this.runs = runs;
    this.historyPages = historyPages;
    this.links = links;
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
        runs.isEmpty() ? "" : SiteLinks.time(runs.getLast().stored().startedAt()));
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
    List<Link> featured = new ArrayList<>();
    SuiteWords.all().stream()
        .filter(suite -> suite.arms().isPresent())
        .sorted(Comparator.comparing(SuiteWords::name))
        .forEach(suite ->
            runs.reversed().stream()
                .filter(run -> run.suites().contains(suite.name()))
                .findFirst()
                .ifPresent(run ->
                    featured.add(
                        new Link(
                            suite.arms().map(SuiteWords.Arms::history).orElse(suite.name()),
                            run.href(),
                            run.stored().id() + ", " + SiteLinks.time(run.stored().startedAt()),
                            ""))));
    return featured;
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
          SiteLinks.time(stored.startedAt()),
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
  Card card(History history, String root) {
    SiteWords words = new SiteWords(history);
    StoredRun newest = history.trend().newest();
    String run = links.href(newest.key());
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
        newest.id() + ", " + SiteLinks.time(newest.startedAt()) + " UTC",
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
}
