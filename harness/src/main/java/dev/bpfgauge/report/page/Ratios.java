package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Each profile against the first: ratios with intervals on a logarithmic scale. */
final class Ratios {
  /** Rows in one chart. */
  static final int MAX_ROWS = 24;

  private final Evidence evidence;

  Ratios(Evidence evidence) {
    this.evidence = evidence;
  }

  List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (ArmInfo arm : evidence.arms()) {
      List<CellComparison> comparisons =
          evidence.analysis().comparisons().stream()
              .filter(c -> c.subject().profile().equals(arm.label()))
              .filter(c -> (Evidence.isFloor(c.subject()) || !Evidence.isReference(c.subject())))
              .sorted(Comparator.comparing(CellComparison::subject, evidence.order()))
              .toList();
      if (!comparisons.isEmpty()) {
        exhibits.add(exhibit(arm, comparisons, "ratio-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  private Exhibit exhibit(ArmInfo arm, List<CellComparison> comparisons, String id) {
    List<CellComparison> drawable =
        comparisons.stream()
            .filter(c -> Double.isFinite(c.ratio()))
            .filter(c -> Evidence.isOperation(c.subject()))
            .toList();
    List<CellComparison> drawn = drawable.subList(0, Math.min(MAX_ROWS, drawable.size()));
    return new Exhibit(
        drawn.isEmpty() ? null : chart(arm, drawn, id),
        table(arm, comparisons, id),
        drawn.size() < drawable.size()
            ? "The chart shows the first %d of %s; the table has all."
                .formatted(drawn.size(), Words.plural(drawable.size(), "cell"))
            : "");
  }

  private Charts.Chart chart(ArmInfo arm, List<CellComparison> drawn, String id) {
    double margin = evidence.info().plan().margin();
    double low = Math.log(1 / (1 + margin));
    double high = Math.log1p(margin);
    List<Charts.Point> points = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (CellComparison comparison : drawn) {
      Interval interval = comparison.interval95();
      double from = Math.log(interval == null ? comparison.ratio() : interval.low());
      double to = Math.log(interval == null ? comparison.ratio() : interval.high());
      low = Math.min(low, from);
      high = Math.max(high, to);
      points.add(new Charts.Point(Math.log(comparison.ratio()), from, to));
      words.add(
          "%s %s %s"
              .formatted(
                  evidence.names().name(comparison.subject()),
                  Words.ratio(comparison.ratio()),
                  Words.verdict(comparison.verdict(), evidence.unit())));
    }
    return Charts.dots(
        new Charts.Name(
            id,
            arm.label() + " against " + evidence.reference() + ": ratio with 95 % interval",
            "Dots with whiskers, the margin shaded: " + String.join("; ", words) + "."),
        drawn.stream().map(c -> evidence.names().name(c.subject())).toList(),
        List.of(new Charts.Dots(arm.label() + " ÷ " + evidence.reference(), points)),
        scale(low, high, arm),
        new Interval(Math.log(1 / (1 + margin)), Math.log1p(margin)));
  }

  private Plot.Scale scale(double low, double high, ArmInfo arm) {
    double room = Math.max(0.02, (high - low) * 0.06);
    double from = low - room;
    double to = high + room;
    List<Plot.Tick> ticks = new ArrayList<>();
    for (double candidate : candidates(to - from)) {
      double at = Math.log(candidate);
      if (at >= from && at <= to) {
        ticks.add(new Plot.Tick(at, Words.axis(candidate) + "×"));
      }
    }
    return new Plot.Scale(
        from, to, ticks, "time on " + arm.label() + " ÷ time on " + evidence.reference());
  }

  private static List<Double> candidates(double span) {
    double step = span < 0.15 ? 0.02 : span < 0.35 ? 0.05 : span < 0.7 ? 0.1 : span < 1.2 ? 0.2 : 0;
    List<Double> candidates = new ArrayList<>();
    if (step == 0) {
      for (double power = 0.001; power < 10_000; power *= 10) {
        candidates.addAll(List.of(power, 2 * power, 5 * power));
      }
      return candidates;
    }
    for (int i = 1; i * step < 5; i++) {
      candidates.add(i * step);
    }
    return candidates;
  }

  private Table table(ArmInfo arm, List<CellComparison> comparisons, String id) {
    boolean reasons = comparisons.stream().anyMatch(c -> !c.reason().isEmpty());
    List<String> heads =
        new ArrayList<>(
            List.of("~Cell", "Ratio", "95 % interval", "Pairs", "p (Holm)", "~Verdict"));
    if (reasons) {
      heads.add("~Why inconclusive");
    }
    Table.Builder table =
        Table.of(
            id + "-table",
            arm.label() + " against " + evidence.reference(),
            heads.toArray(String[]::new));
    for (CellComparison c : comparisons) {
      List<Object> row =
          new ArrayList<>(
              List.of(
                  evidence.names().name(c.subject()),
                  Words.against(c.ratio(), c.difference(), evidence.unit()),
                  Words.against95(c.ratio(), c.interval95(), c.difference()),
                  Words.count(c.pairs()) + (c.indicative() ? "*" : ""),
                  p(c.adjustedP()),
                  Table.verdict(c.verdict(), evidence.unit())));
      if (reasons) {
        row.add(c.reason());
      }
      table.row(row.toArray());
    }
    return table.build();
  }

  private static String p(double p) {
    return Double.isNaN(p) ? Words.NONE : p < 0.001 ? "< 0.001" : Words.decimals(p, 3);
  }
}
