package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.files.OpenMetrics;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.stats.Interval;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The figures of a run as gauges ({@link OpenMetrics}). Units are base units: seconds. */
final class MetricsText {
  /** Decimal places between a nanosecond and a second. */
  private static final int NANO = 9;

  private final Figures figures;
  private final OpenMetrics out = new OpenMetrics("bpfgauge_");

  /** {@code seconds}, {@code emulated_seconds}, {@code instructions}. */
  private final String unit;

  /** How many decimal places the figures move to be in that unit. */
  private final int places;

  private MetricsText(Figures figures) {
    this.figures = figures;
    String clock = figures.run().clock();
    boolean time = figures.run().counts().isTime();
    unit = name(time ? clock.replace("nanoseconds", "seconds") : clock);
    places = time ? NANO : 0;
  }

  static String render(RunData run) {
    MetricsText text = new MetricsText(Figures.of(run));
    text.run();
    text.cells();
    return text.out.text();
  }

  private void run() {
    RunInfo run = figures.run();
    // The same night after night, and different in files that lie side by side.
    Map<String, String> kind = new LinkedHashMap<>();
    kind.put("suites", String.join(",", run.plan().suites()));
    kind.put("clock", run.clock());
    Map<String, String> labels = new LinkedHashMap<>(kind);
    labels.put("run", run.id());
    labels.put("version", run.bpfgaugeVersion());
    labels.put("status", run.status().name().toLowerCase(Locale.ROOT));
    labels.put("fingerprint", run.fingerprintName());
    labels.put("kernel", run.fingerprint().getOrDefault("kernel", ""));
    labels.put("git_commit", figures.environment("git commit"));
    labels.put("git_branch", figures.environment("git branch"));
    out.family("run_info", "", "The run that the figures are from; the value is always 1.");
    out.sample("run_info", labels, "1");
    out.family("run_start_timestamp_seconds", "seconds", "When that run began, since 1970.");
    out.sample(
        "run_start_timestamp_seconds", kind, Long.toString(run.startedAt().getEpochSecond()));
  }

  private void cells() {
    String what = " of what one operation takes, over the means of its forks.";
    each("operation_" + unit, "Mean" + what, cell -> decimal(cell.mean()));
    each(
        "operation_lower_" + unit,
        "Lower end of the 95 % interval of the mean" + what,
        cell -> bound(cell, Interval::low));
    each(
        "operation_upper_" + unit,
        "Upper end of the 95 % interval of the mean" + what,
        cell -> bound(cell, Interval::high));
    out.family("operation_forks", "", "Forks that the mean is of.");
    figures
        .cells()
        .forEach((cell, summary) ->
            out.sample("operation_forks", labels(cell), Integer.toString(summary.forks())));
  }

  private void each(String family, String help, Function<CellSummary, @Nullable String> value) {
    out.family(family, unit, help);
    figures
        .cells()
        .forEach((cell, summary) -> {
          String number = value.apply(summary);
          if (number != null) {
            out.sample(family, labels(cell), number);
          }
        });
  }

  private @Nullable String bound(CellSummary cell, Function<Interval, Double> end) {
    Interval interval = cell.interval95();
    return interval == null ? null : decimal(end.apply(interval));
  }

  private String decimal(double value) {
    return new BigDecimal(Double.toString(value))
        .movePointLeft(places)
        .stripTrailingZeros()
        .toString()
        .toLowerCase(Locale.ROOT);
  }

  /** The id names the cell whatever its parameters are; the others are for choosing by. */
  private static Map<String, String> labels(Cell cell) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("cell", cell.id());
    labels.put("suite", cell.suite());
    labels.put("benchmark", cell.benchmark());
    labels.put("profile", cell.profile());
    cell.params().forEach((param, value) -> labels.putIfAbsent("param_" + name(param), value));
    return labels;
  }

  /** Letters, digits and underscores. */
  private static String name(String words) {
    return words.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
