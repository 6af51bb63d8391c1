package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.JmhJson;
import dev.bpfgauge.files.ResultsCsv;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.Latency;
import dev.bpfgauge.report.page.MadeRun;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A time from which another was subtracted can be zero or negative in one iteration, though the
 * fork's mean is above zero: everything that follows from the run is made all the same.
 */
class NetTimesTest {
  private static final Cell LOOKUP = MadeRun.cell("kernel-maps.lookup", Map.of("map", "array"));

  @TempDir private Path folder;

  private static RunData run(double p50, double max, double... iterations) {
    MadeRun run = new MadeRun();
    for (int round = 0; round < 3; round++) {
      run.ok(
          round,
          LOOKUP,
          new Measurement(
              0.4,
              Arrays.stream(iterations).boxed().toList(),
              new Measurement.Batches(4096, 100, p50, 0.5, 0.6, max),
              409_600,
              null,
              null));
    }
    return run.run();
  }

  @Test
  void tableReportAndFilesAreMade() {
    for (RunData run :
        List.of(
            run(-0.2, 7, 1.3, -0.1, 0),
            run(0, 7, 0, 0, 1.2),
            run(-0.3, -0.1, -1, -2, 4.2),
            run(0.4, 0.9))) {
      RunAnalysis analysis = RunAnalysis.of(run);
      assertTrue(TerminalTable.render(analysis, 100).contains("lookup on array"));
      String page = ReportPage.render(analysis, Downloads.NONE, folder);
      assertTrue(page.contains("Batch percentiles on idle"));
      assertTrue(!page.contains("NaN") && !page.contains("Infinity"), "only figures are drawn");
      assertEquals(4, ResultsCsv.render(run).lines().filter(line -> !line.startsWith("#")).count());
      assertTrue(JmhJson.render(run).contains("kernel-maps.lookup"));
    }
  }

  @Test
  void percentilesBelowZeroStandInTheTableOnly() {
    Exhibit exhibit =
        new Latency(new Evidence(RunAnalysis.of(run(-0.2, 7, 1.3, -0.1)))).exhibits().getFirst();
    assertEquals("−0.20", MadeRun.texts(exhibit.table().rows().getFirst()).get(3));
  }
}
