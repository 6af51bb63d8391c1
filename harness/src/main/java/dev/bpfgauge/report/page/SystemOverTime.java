package dev.bpfgauge.report.page;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Apart;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The sampled system over the run, with the arms shaded and the forks marked. */
final class SystemOverTime {
  /** Points in one line; longer runs are averaged down to this. */
  private static final int MAX_POINTS = 600;

  /**
   * One chart.
   *
   * @param column in samples.csv
   * @param title with the unit
   * @param factor from the file's unit to the title's
   */
  private record Quantity(String column, String title, double factor) {}

  private static final List<Quantity> QUANTITIES =
      List.of(
          new Quantity("cpu_usage", "CPU in use, %", 1),
          new Quantity("load_avg_1m", "load average, 1 min", 1),
          new Quantity("context_switches", "context switches per s", 1),
          new Quantity("migrations", "migrations per s", 1),
          new Quantity("memory_used", "memory in use, MiB", 1.0 / (1 << 20)));

  private final Evidence evidence;
  private final Samples samples;

  SystemOverTime(Evidence evidence) {
    this.evidence = evidence;
    this.samples = evidence.analysis().run().samples();
  }

  List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    double[] minutes = minutes();
    if (minutes.length < 2) {
      return exhibits;
    }
    for (Quantity quantity : QUANTITIES) {
      double[] values = samples.column(quantity.column());
      if (Arrays.stream(values).filter(Double::isFinite).count() > 1) {
        exhibits.add(exhibit(quantity, minutes, values, "system-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  /** Why a column is empty, for the reader. */
  Table missing() {
    Table.Builder table =
        Table.of("samples-missing", "What could not be sampled", "~Column", "~Why");
    for (Map.Entry<String, String> missing : samples.missing().entrySet()) {
      table.row(missing.getKey(), Words.sentence(missing.getValue()));
    }
    return table.build();
  }

  /** What the sampler itself used, empty where unknown. */
  String cost() {
    double cost = samples.costPercentOfOneCpu();
    return Double.isFinite(cost) ? Words.decimals(cost, 2) + Words.THIN + "% of one CPU" : "";
  }

  private double[] minutes() {
    double[] elapsed = samples.column("elapsed_ms");
    if (elapsed.length > 0) {
      return Arrays.stream(elapsed).map(ms -> ms / 60_000).toArray();
    }
    double[] stamps = samples.column("timestamp");
    double start = evidence.info().startedAt().toEpochMilli() / 1000.0;
    return Arrays.stream(stamps).map(s -> (s - start) / 60).toArray();
  }

  private Exhibit exhibit(Quantity quantity, double[] minutes, double[] values, String id) {
    double[] scaled = Arrays.stream(values).map(v -> v * quantity.factor()).toArray();
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    int width = Math.ceilDiv(scaled.length, MAX_POINTS);
    for (int from = 0; from < scaled.length; from += width) {
      int to = Math.min(scaled.length, from + width);
      x.add(minutes[from]);
      y.add(Arrays.stream(scaled, from, to).filter(Double::isFinite).average().orElse(Double.NaN));
    }
    double high = Arrays.stream(scaled).filter(Double::isFinite).max().orElse(1);
    double end = Math.max(minutes[minutes.length - 1], 0.1);
    Charts.Chart chart =
        Charts.lines(
            new Charts.Name(
                id,
                quantity.title() + " over the run",
                "A line over %s minutes, up to %s; each profile's time is shaded, each fork marked."
                    .formatted(Words.decimals(end, 1), Words.decimals(high, 1))),
            List.of(new Charts.Line(quantity.column(), x, y)),
            Plot.Scale.linear(0, end, 8, Words::axis, "minutes since the start"),
            Plot.Scale.linear(
                0,
                high > 90 && quantity.title().endsWith("%") ? 100 : high,
                4,
                Words::axis,
                quantity.title()),
            bands(),
            byTime().stream().map(f -> f.startMillis() / 60_000.0).toList(),
            false);
    String note =
        width > 1
            ? "Each point is the mean of %s; samples.csv has every row."
                .formatted(Words.plural(width, "sample"))
            : "";
    return new Exhibit(chart, table(quantity, scaled, minutes, id), note);
  }

  /** One shade an arm. */
  private List<Charts.Band> bands() {
    List<Charts.Band> bands = new ArrayList<>();
    List<ForkRecord> forks = byTime();
    for (int i = 0; i < forks.size(); ) {
      int last = i;
      String arm = forks.get(i).cell().profile();
      while (last + 1 < forks.size() && forks.get(last + 1).cell().profile().equals(arm)) {
        last++;
      }
      int shade = Math.max(0, evidence.armLabels().indexOf(arm)) % 4;
      bands.add(
          new Charts.Band(
              "b" + shade,
              forks.get(i).startMillis() / 60_000.0,
              forks.get(last).endMillis() / 60_000.0));
      i = last + 1;
    }
    return bands;
  }

  /** Legend of the shades. */
  List<Charts.Key> shades() {
    List<Charts.Key> keys = new ArrayList<>();
    List<String> arms = evidence.armLabels();
    for (int i = 0; i < arms.size(); i++) {
      String arm = arms.get(i);
      if (byTime().stream().noneMatch(f -> f.cell().profile().equals(arm))) {
        continue;
      }
      keys.add(
          new Charts.Key(
              arm,
              "<svg class=\"key\" viewBox=\"0 0 24 14\" aria-hidden=\"true\"><rect class=\"b"
                  + i % 4
                  + "\" x=\"1\" y=\"1\" width=\"22\" height=\"12\"/></svg>"));
    }
    return keys;
  }

  private List<ForkRecord> byTime() {
    return Apart.of(evidence.analysis().run().forks());
  }

  private Table table(Quantity quantity, double[] values, double[] minutes, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            quantity.title() + ", while each profile’s forks ran",
            "~Profile",
            "Samples",
            "Least",
            "Mean",
            "Most");
    for (ArmInfo arm : evidence.arms()) {
      double[] during = during(arm.label(), values, minutes);
      if (during.length > 0) {
        int digits = Arrays.stream(during).max().orElse(0) >= 100 ? 0 : 1;
        table.row(
            arm.label(),
            Words.count(during.length),
            Words.decimals(Arrays.stream(during).min().orElse(0), digits),
            Words.decimals(Arrays.stream(during).average().orElse(0), digits),
            Words.decimals(Arrays.stream(during).max().orElse(0), digits));
      }
    }
    return table.build();
  }

  private double[] during(String arm, double[] values, double[] minutes) {
    List<ForkRecord> forks = byTime().stream().filter(f -> f.cell().profile().equals(arm)).toList();
    List<Double> during = new ArrayList<>();
    int fork = 0;
    for (int i = 0; i < values.length; i++) {
      double millis = minutes[i] * 60_000;
      while (fork < forks.size() && forks.get(fork).endMillis() < millis) {
        fork++;
      }
      if (fork < forks.size()
          && forks.get(fork).startMillis() <= millis
          && Double.isFinite(values[i])) {
        during.add(values[i]);
      }
    }
    return during.stream().mapToDouble(d -> d).toArray();
  }
}
