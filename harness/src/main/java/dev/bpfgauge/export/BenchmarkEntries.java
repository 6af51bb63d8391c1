package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.files.Csv;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.stats.Interval;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The input of the action github-action-benchmark with {@code tool: customSmallerIsBetter}: an
 * array of name, unit, value, range and extra.
 */
final class BenchmarkEntries {
  private BenchmarkEntries() {}

  static String json(RunData run) {
    Figures figures = Figures.of(run);
    List<Map<String, Object>> entries = new ArrayList<>();
    figures.cells().values().forEach(cell -> entries.add(entry(figures.run(), cell)));
    return Json.indented(entries);
  }

  private static Map<String, Object> entry(RunInfo run, CellSummary cell) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", cell.cell().id());
    entry.put("unit", run.unit() + "/op");
    entry.put("value", cell.mean());
    Interval interval = cell.interval95();
    if (interval != null) {
      entry.put(
          "range",
          interval.isAround(cell.mean())
              ? "± " + rounded(interval.halfWidth())
              : rounded(interval.low()) + " to " + rounded(interval.high()));
    }
    entry.put(
        "extra",
        String.format(
            Locale.ROOT,
            "%d ok fork%s, median %s; run %s, fingerprint %s",
            cell.forks(),
            cell.forks() == 1 ? "" : "s",
            rounded(cell.median()),
            run.id(),
            run.fingerprintName()));
    return entry;
  }

  /** Four significant digits, without exponent. */
  private static String rounded(double value) {
    return Csv.number(new BigDecimal(value).round(new MathContext(4)).doubleValue());
  }
}
