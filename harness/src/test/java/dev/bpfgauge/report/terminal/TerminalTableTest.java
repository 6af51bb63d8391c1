package dev.bpfgauge.report.terminal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.page.SampleRuns;
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
