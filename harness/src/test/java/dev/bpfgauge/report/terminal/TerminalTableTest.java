package dev.bpfgauge.report.terminal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.MadeRun;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.report.page.SampleRuns;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTableTest {
  @Test
  void eachProfileHasItsFiguresAndItsVerdict() {
    String table = TerminalTable.render(RunAnalysis.of(SampleRuns.usual(7, 6)), 100);
    assertTrue(table.contains("cpu80 against idle: "), table);
    assertTrue(table.matches("(?s).*lookup on hash +1 \\d{3} +\\d.*"), table);
    assertTrue(table.matches("(?s).*lookup on percpu-hash .*1\\.2\\d× +\\[.*slower.*"), table);
    assertTrue(table.matches("(?s).*delete on array +refused.*"), table);
  }

  @Test
  void linesKeepToTheWidth() {
    for (int width : new int[] {60, 80, 200}) {
      TerminalTable.render(RunAnalysis.of(SampleRuns.usual(7, 3)), width)
          .lines()
          .forEach(line -> assertTrue(line.length() <= width, width + ": " + line));
    }
  }

  /** A loop is on no map, so it is none of the table's rows; one fork is marked as it is below. */
  @Test
  void aRunOfOneForkNamesWhatItsTableHasAndMarksIt() {
    RunData run =
        new MadeRun()
            .ok(new Cell("kernel-maps", "kernel-maps.loop", Map.of(), "idle"), 2)
            .ok(new Cell("kernel-maps", "kernel-maps.lookup", Map.of("map", "hash"), "idle"), 30)
            .run();

    String table = TerminalTable.render(RunAnalysis.of(run), 80);

    assertTrue(table.contains("On idle, lookup costs about 30.0 ns."), table);
    assertTrue(table.contains(" 1 fork*\n"), table);
    String page = ReportPage.render(RunAnalysis.of(run), Downloads.NONE, Path.of(""));
    assertTrue(page.contains("<p>Called inside the kernel, one element"), page);
    assertFalse(page.contains("Called from user space"), page);
    assertTrue(page.contains("1 fork*"), page);
  }

  @Test
  void aLargeRunIsCutShort() {
    String table = TerminalTable.render(RunAnalysis.of(SampleRuns.large(7, 400, 2)), 80);
    assertTrue(table.contains(" more in the report"), table);
  }

  @Test
  void noWordReachesTheTerminalAsAControlSequence() {
    String table = TerminalTable.render(RunAnalysis.of(SampleRuns.hostile()), 80);
    assertFalse(table.matches("(?s).*[\\p{Cntrl}&&[^\n]].*"), table);
  }
}
