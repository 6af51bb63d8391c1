package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Percentiles of the time per operation over batches: what the mean hides. */
public final class Latency {
  private static final int MAX_ROWS = 24;

  private final Evidence evidence;

  public Latency(Evidence evidence) {
    this.evidence = evidence;
  }

  public List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      List<CellSummary> sampled =
          evidence.groups().stream()
              .flatMap(g -> g.on(arm).stream())
              .filter(c -> c.batches() != null)
              .toList();
      if (!sampled.isEmpty()) {
        exhibits.add(exhibit(arm, sampled, "latency-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  private Exhibit exhibit(String arm, List<CellSummary> sampled, String id) {
    List<CellSummary> drawn = sampled.subList(0, Math.min(MAX_ROWS, sampled.size()));
    // A net time at or below zero has no place on a logarithmic scale; the table shows it.
    double[] times =
        drawn.stream()
            .flatMapToDouble(Latency::percentiles)
            .filter(nanos -> nanos > 0)
            .sorted()
            .toArray();
    Charts.Chart chart = times.length == 0 ? null : chart(arm, drawn, id, times);
    return new Exhibit(
        chart,
        table(arm, drawn, id),
        drawn.size() < sampled.size()
            ? "Shown are the first %d of %s; “Every cell” above has all percentiles."
                .formatted(drawn.size(), Words.plural(sampled.size(), "cell"))
            : "");
  }

  private Charts.Chart chart(String arm, List<CellSummary> drawn, String id, double[] times) {
    double low = times[0];
    double high = times[times.length - 1];
    return Charts.dots(
        new Charts.Name(
            id,
            "Batch percentiles on " + arm,
            "Dots on a logarithmic scale from %s to %s %s; the table has every figure."
                .formatted(Words.nanos(low), Words.nanos(high), evidence.unit())),
        drawn.stream().map(c -> evidence.names().name(c.cell())).toList(),
        List.of(
            dots("p50", drawn, Measurement.Batches::p50),
            dots("p90", drawn, Measurement.Batches::p90),
            dots("p99", drawn, Measurement.Batches::p99),
            dots("max", drawn, Measurement.Batches::max)),
        scale(low, high),
        null);
  }

  private static DoubleStream percentiles(CellSummary cell) {
    Measurement.Batches batches = cell.batches();
    return batches == null
        ? DoubleStream.empty()
        : DoubleStream.of(batches.p50(), batches.p90(), batches.p99(), batches.max());
  }

  private static Charts.Dots dots(
      String name, List<CellSummary> cells, ToDoubleFunction<Measurement.Batches> percentile) {
    List<Charts.Point> points = new ArrayList<>();
    for (CellSummary cell : cells) {
      Measurement.Batches batches = cell.batches();
      double value = batches == null ? Double.NaN : percentile.applyAsDouble(batches);
      points.add(
          value > 0
              ? new Charts.Point(Math.log10(value), Double.NaN, Double.NaN)
              : Charts.Point.NONE);
    }
    return new Charts.Dots(name, points);
  }

  private Plot.Scale scale(double low, double high) {
    double from = Math.log10(low) - 0.05;
    double to = Math.log10(Math.max(high, low * 1.2)) + 0.05;
    List<Plot.Tick> ticks = new ArrayList<>();
    List<Double> steps = to - from > 2 ? List.of(1.0) : List.of(1.0, 2.0, 5.0);
    for (int power = -3; power < 12; power++) {
      for (double step : steps) {
        double at = Math.log10(step) + power;
        if (at >= from && at <= to) {
          ticks.add(new Plot.Tick(at, Words.axis(Math.pow(10, at))));
        }
      }
    }
    return new Plot.Scale(from, to, ticks, evidence.unit() + " per operation, logarithmic");
  }

  private Table table(String arm, List<CellSummary> cells, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            "Percentiles over batches on " + arm + ", " + evidence.unit() + " per operation",
            "~Cell",
            "Batch, ops",
            "Batches",
            "p50",
            "p90",
            "p99",
            "max");
    for (CellSummary cell : cells) {
      Measurement.Batches batches = cell.batches();
      if (batches != null) {
        table.row(
            evidence.names().name(cell.cell()),
            Words.count(batches.size()),
            Words.count(batches.count()),
            Words.nanos(batches.p50()),
            Words.nanos(batches.p90()),
            Words.nanos(batches.p99()),
            Words.nanos(batches.max()));
      }
    }
    return table.build();
  }
}
