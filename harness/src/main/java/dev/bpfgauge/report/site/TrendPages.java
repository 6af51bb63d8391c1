package dev.bpfgauge.report.site;

import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.Point;
import dev.bpfgauge.trend.StoredRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of a history. */
final class TrendPages {

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
      SitePages.Card card,
      String unit,
      List<String> sentences,
      List<Group> groups,
      Table nights,
      Table fingerprint) {}

  private final SiteLinks links;

  TrendPages(SiteLinks links) {
    this.links = links;
  }

  /** The page; {@code card} is its history's. */
  TrendPage page(History history, SitePages.Card card) {
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
        card, history.unit(), sentences(history), groups, nights(history), fingerprint(history));
  }

  /** What the newest night can be held against. */
  static List<String> sentences(History history) {
    List<String> sentences = new ArrayList<>();
    Anchor anchor = history.trend().anchor();
    sentences.add(
        anchor == null
            ? "No anchor is set: the oldest ten nights are used instead. The command trend anchor"
                + " sets one, with its reason."
            : "The anchor is "
                + anchor.run()
                + ", since "
                + SiteLinks.time(anchor.at())
                + " UTC: "
                + anchor.reason());
    sentences.add(
        history.trend().canary()
            ? "A frozen, older program also ran in the newest night; it distinguishes a change of"
                + " the machine from a change of the code."
            : "No frozen program ran in the newest night: a change of the machine cannot be"
                + " distinguished from a change of the code.");
    sentences.addAll(TrendText.corrections(history.trend()));
    return sentences;
  }

  private static Line line(History history, CellTrend cell) {
    Point newest = cell.newest(history.trend().newest().key());
    Night night = newest == null ? null : newest.measured();
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
        rolling == null ? Words.NONE : SiteLinks.percents(rolling.interval95()),
        anchored == null ? Words.NONE : HistoryChart.difference(anchored.ratio()),
        TrendText.smallest(cell.trust().smallestSeen()),
        SiteWords.marked(cell),
        SiteWords.css(cell.verdict()));
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
          links.link(night.id(), night.key()),
          SiteLinks.time(night.startedAt()),
          night.status().name().toLowerCase(Locale.ROOT),
          "bpfgauge " + night.version());
    }
    return table.build();
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
}
