package dev.bpfgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.export.Format;
import dev.bpfgauge.files.ResultsCsv;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.WrittenRun;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.report.terminal.RunsCompared;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.trend.NightVerdict;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Trend;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run folder with net costs at and below zero, read as everything reads it. By hand: raw_tp on
 * idle is 2 ± 4.1977 ns (six forks, deviation 4, t(5, 0.975) = 2.5706).
 */
class NetCostRunTest {
  private static final Instant START = Instant.parse("2024-01-01T03:00:00Z");
  private static final Cell RAW_TP =
      new Cell("hooks", "hooks.raw_tp", Map.of("body", "empty"), "idle");
  private static final Cell TRACEPOINT =
      new Cell("hooks", "hooks.tracepoint", Map.of("body", "empty"), "idle");
  private static final Cell ARRAY =
      new Cell("kernel-maps", "kernel-maps.lookup", Map.of("map", "array"), "idle");
  private static final Cell HASH = ARRAY.with("map", "hash");

  @TempDir Path results;
  private final List<ForkRecord> forks = new ArrayList<>();

  private void forks(Cell cell, double... nanos) {
    for (int round = 0; round < nanos.length; round++) {
      double mean = nanos[round];
      forks.add(
          new ForkRecord(
              forks.size(),
              round,
              cell,
              ForkStatus.OK,
              "",
              START,
              forks.size() * 10L,
              forks.size() * 10L + 9,
              new Measurement(
                      mean,
                      List.of(mean - 1, mean + 1),
                      new Measurement.Batches(64, 100, mean, mean + 1, mean + 2, mean + 9),
                      6400,
                      null,
                      null)
                  .with(Map.of("base_ns", 140.0, "attached_ns", 140 + mean)),
              List.of()));
    }
  }

  /** Writes the run of a night and reads it again. */
  private RunData written(int night) {
    forks.clear();
    forks(RAW_TP, -4, 3, 7, -1, 5, 2);
    forks(RAW_TP.on("cpu80"), 95, 103, 107, 99, 106, 102);
    forks(TRACEPOINT, 160, 163, 158, 161, 162, 160);
    forks(TRACEPOINT.on("cpu80"), 200, 203, 198, 201, 202, 200);
    forks(ARRAY, -1.5, -0.5, -1, -2, 0.5, -1);
    forks(ARRAY.on("cpu80"), 0.5, -0.5, -1, 0, 0.5, -1);
    forks(HASH, 20, 21, 20.5, 20.2, 20.1, 20.7);
    forks(HASH.on("cpu80"), 20, 21, 20.5, 20.2, 20.1, 20.7);
    Instant start = START.plus(Duration.ofDays(night));
    RunInfo info =
        new RunInfo(
            RunInfo.FORMAT_VERSION,
            RunFolder.idAt(start, "hooks"),
            start,
            start.plusSeconds(60),
            60_000,
            RunInfo.Status.COMPLETE,
            "0.1.0",
            List.of("run"),
            new RunInfo.PlanInfo(
                "default",
                List.of("hooks", "kernel-maps"),
                List.of(
                    new ArmInfo("idle", "idle", "idle", ""),
                    new ArmInfo("cpu80", "cpu80", "busy", "")),
                6,
                forks.size(),
                42,
                100,
                200,
                0.03,
                null),
            new TreeMap<>(Map.of("kernel", "6.18")),
            new TreeMap<>(),
            List.of(),
            List.of());
    Path folder = WrittenRun.in(results, new RunData(info, forks, Samples.NONE));
    return RunFolder.open(folder).read();
  }

  private static void assertHas(String text, String... words) {
    String plain = text.replace(Words.THIN, " ").replaceAll("\\s+", " ");
    for (String word : words) {
      assertTrue(plain.contains(word), word + " is not in: " + plain);
    }
  }

  @Test
  void theTerminalShowsMeanIntervalAndWords() {
    String table = TerminalTable.render(RunAnalysis.of(written(0)), 160);
    assertHas(
        table,
        "hook: raw_tp (empty body) 2.00 4.20 ",
        "hook: raw_tp (empty body) 102 5 +100 ns [99.3, 101] slower",
        "hook: tracepoint (empty body) 201 2 1.25× [1.25, 1.25] slower",
        "lookup on array (inside the kernel) −0.25 0.72 +0.67 ns [−0.42, 1.75] inconclusive",
        "hook: raw_tp (empty body) on idle: below resolution (≤ 6.2 ns)",
        "lookup costs below resolution (≤ 1.9 ns) (array) to 20.4 ns (hash)",
        "48 of 48 forks are ok.");
  }

  @Test
  void theReportShowsThemInEverySection() {
    String page = ReportPage.render(RunAnalysis.of(written(0)), Downloads.NONE, Path.of(""));
    String text = page.replaceAll("<svg.*?</svg>", "").replaceAll("<[^>]+>", " ");
    assertHas(
        text,
        "raw_tp 2.00 ± 4.20, below resolution (≤ 6.2 ns)",
        "raw_tp empty idle 140 2.00 [−2.20, 6.20], below resolution",
        "next is tracepoint with 161 ns [159, 163], +159 ns [154, 163]",
        "difference −21.3 ns [−22.3, −20.4]: faster",
        "array idle −0.92 [−1.82, −0.01], below resolution",
        "hook: raw_tp (empty body) +100 ns [99.3, 101] 6 &lt; 0.001 ▲ slower",
        "subject − 1.03 × reference wholly above zero");
    assertFalse(page.contains("NaN"), "a figure that is none");
    assertFalse(page.contains("Infinity"), "a figure that is none");
  }

  /** A bar below zero hangs from the line of zero, its whisker with it. */
  @Test
  void aChartReachesBelowZero() {
    String page = ReportPage.render(RunAnalysis.of(written(0)), Downloads.NONE, Path.of(""));
    Matcher chart = Pattern.compile("<svg[^>]*id=\"cost-0\".*?</svg>").matcher(page);
    assertTrue(chart.find());
    Matcher zero = Pattern.compile("y=\"([\\d.]+)\">0</text>").matcher(chart.group());
    assertTrue(zero.find());
    double y = Double.parseDouble(zero.group(1)) - 4;
    assertTrue(y < 230, "zero is above the foot of the plot");
    // Array on idle, −0.92: the second bar of the first series hangs from there.
    Matcher bars =
        Pattern.compile("class=\"s0\" d=\"M[\\d.]+ ([\\d.]+)L[\\d.]+ [\\d.]+L[\\d.]+ ([\\d.]+)")
            .matcher(chart.group());
    assertTrue(bars.find());
    assertTrue(bars.find(bars.end()));
    assertEquals(y, Double.parseDouble(bars.group(1)), 0.06);
    assertTrue(Double.parseDouble(bars.group(2)) > y);
  }

  @Test
  void exportsHaveTheSignedFigures() {
    RunData run = written(0);
    assertHas(
        ResultsCsv.render(run), "hooks.raw_tp,empty,,idle,ok,,2024-01-01T03:00:00Z,0,9,-4,2,6400");
    assertHas(
        Format.OPENMETRICS.render(List.of(run)),
        "param_map=\"array\"} -9.166666666666666e-10",
        "bpfgauge_operation_lower_seconds{cell=\"hooks.raw_tp[body=empty]@idle\"");
    assertHas(Format.CSV_WIDE.render(List.of(run)), ",2,102,");
    assertHas(Format.BENCHER.render(List.of(run)), "\"lower_value\" : -2.19774");
    assertHas(Format.GITHUB_ACTION_BENCHMARK.render(List.of(run)), "\"range\" : \"± 4.198\"");
    assertHas(Format.JMH.render(List.of(run)), "\"rawData\" : [ [ -5.0, -3.0 ]");
    assertHas(Format.OTAVA.render(List.of(run)), ",-0.25,");
  }

  @Test
  void twoRunsAreComparedByTheDifference() {
    RunComparison compared = RunComparison.of(written(1), written(0), 0.03);
    assertHas(
        RunsCompared.terminal(compared, 160),
        "hook: raw_tp (empty body) idle 2.00 2.00 0.00 ns [−5.15, 5.15] - inconclusive",
        "hook: raw_tp (empty body) cpu80 102 102 1.000×");
  }

  @Test
  void theHistoryHasNoRatioAndSaysWhy() throws Exception {
    for (int night = 0; night < 7; night++) {
      written(night);
    }
    try (Store store = Store.open(Store.in(results))) {
      RunImport.Outcome imported = RunImport.of(store, List.of(results));
      assertEquals(7, imported.added());
      assertEquals(List.of(), imported.leftOut());
      Trend trend = Trend.newest(store, List.of());
      assertEquals(NightVerdict.BELOW_RESOLUTION, verdict(trend, RAW_TP));
      assertEquals(NightVerdict.BELOW_RESOLUTION, verdict(trend, ARRAY));
      assertEquals(NightVerdict.EQUIVALENT, verdict(trend, TRACEPOINT));
      assertEquals(NightVerdict.EQUIVALENT, verdict(trend, HASH));
      assertFalse(trend.failed());
      assertHas(
          TrendText.terminal(trend, 160),
          "3 below resolution",
          "raw_tp (empty body) on idle (no ratio in this night: below resolution (≤ 6.2 ns))");
    }
  }

  private static NightVerdict verdict(Trend trend, Cell cell) {
    return trend.cells().stream()
        .filter(one -> one.cell().equals(cell))
        .findFirst()
        .orElseThrow()
        .verdict();
  }
}
