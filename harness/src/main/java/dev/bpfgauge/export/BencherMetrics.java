package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.Interval;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bencher Metric Format: benchmark → measure → value with its bounds. Bencher's measure {@code
 * latency} is in nanoseconds; what a run of the lab counts is a measure of its own.
 */
final class BencherMetrics {
  private static final String NANOSECONDS = "nanoseconds";

  private BencherMetrics() {}

  static String json(RunData run) {
    Figures figures = Figures.of(run);
    String measure = measure(figures.run().clock());
    Map<String, Map<String, Map<String, Double>>> benchmarks = new LinkedHashMap<>();
    figures
        .cells()
        .forEach((cell, summary) -> benchmarks.put(cell.id(), Map.of(measure, metric(summary))));
    return Json.indented(benchmarks);
  }

  private static Map<String, Double> metric(CellSummary cell) {
    Map<String, Double> metric = new LinkedHashMap<>();
    metric.put("value", cell.mean());
    Interval interval = cell.interval95();
    if (interval != null) {
      metric.put("lower_value", interval.low());
      metric.put("upper_value", interval.high());
    }
    return metric;
  }

  /** {@code latency}, {@code emulated-latency}, {@code instructions}. */
  private static String measure(String clock) {
    return clock.replace(NANOSECONDS, "latency").replace(' ', '-');
  }
}
