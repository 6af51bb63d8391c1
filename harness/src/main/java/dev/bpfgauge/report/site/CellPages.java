package dev.bpfgauge.report.site;

import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ChangePoints;
import dev.bpfgauge.stats.Night;
import dev.bpfgauge.stats.Proportion;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Change;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.CellTrend.Trust;
import dev.bpfgauge.trend.Point;
import dev.bpfgauge.trend.Role;
import dev.bpfgauge.trend.StoredRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page of a cell. */
final class CellPages {

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

  private final SiteLinks links;

  CellPages(SiteLinks links) {
    this.links = links;
  }

  CellPage page(History history, CellTrend cell) {
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
        TrendPages.sentences(history).getFirst(),
        trust(history, cell),
        steadiness(cell),
        changes(history, cell),
        points(history, cell));
  }

  /** {@code 1 168 ns, +10.3 % against the 30 nights before (95 % interval [+9.0, +11.5])}. */
  private static String figure(History history, CellTrend cell) {
    Point newest = cell.newest(history.trend().newest().key());
    Night night = newest == null ? null : newest.measured();
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
                : ", 95 % interval " + SiteLinks.percents(rolling.interval95()) + Words.THIN + "%");
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
    against(table, "the same, both as measured", cell.measured());
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
          SiteLinks.percents(ratio.interval95()),
          SiteLinks.percents(ratio.forkInterval95()));
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
          SiteLinks.time(change.startedAt()),
          new Table.Datum(
              HistoryChart.size(change), "v " + (change.ratio() > 1 ? "slower" : "faster")),
          SiteLinks.percents(change.interval95()),
          links.link(
              history.night(change.run()).map(StoredRun::id).orElse(Words.NONE), change.run()));
    }
    return table.build();
  }

  private Table points(History history, CellTrend cell) {
    boolean corrected = cell.measured() != null;
    List<String> heads =
        new ArrayList<>(
            List.of(
                "~Night, UTC",
                history.unit() + " per operation",
                "95 % interval by forks",
                "Forks",
                "p99",
                "~Equal arm",
                "~Delayed arm",
                "~Note"));
    if (corrected) {
      heads.add(2, "Corrected");
    }
    Table.Builder table =
        Table.of(
            "nights",
            "Every night, newest first, in " + history.unit(),
            heads.toArray(String[]::new));
    Map<Long, Change> changes = new HashMap<>();
    cell.changes().forEach(change -> changes.put(change.run(), change));
    for (Point point : cell.nights().reversed()) {
      Night night = point.measured();
      Change change = changes.get(point.run());
      List<Object> row =
          new ArrayList<>(
              List.of(
                  links.link(SiteLinks.time(point.startedAt()), point.run()),
                  night == null ? Words.NONE : Words.nanos(night.time()),
                  night == null ? Words.NONE : Words.nanos(night.interval95()),
                  night == null ? "0" : Words.count(night.forks()),
                  Words.nanos(point.p99()),
                  GateChart.words(cell, point.run(), Role.AGAIN),
                  GateChart.words(cell, point.run(), Role.SLOWED),
                  (change == null ? "" : "level changed " + HistoryChart.size(change) + ". ")
                      + point.reason()));
      if (corrected) {
        Night judged = point.night();
        row.add(2, judged == null ? Words.NONE : Words.nanos(judged.time()));
      }
      table.row(row.toArray());
    }
    return table.build();
  }
}
