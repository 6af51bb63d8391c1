package dev.bpfgauge.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.RunData;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsComparedTest {
  @Test
  void slowerCellsComeFirstAndTheRestIsFolded() {
    Cell hash = MadeRun.cell("maps.lookup", Map.of("map", "hash"));
    Cell array = MadeRun.cell("maps.lookup", Map.of("map", "array"));
    RunData before =
        new MadeRun().ok(array, 900, 901, 899, 900, 900).ok(hash, 990, 991, 992, 990, 989).run();
    RunData now =
        new MadeRun()
            .ok(array, 901, 900, 899, 900, 901)
            .ok(hash, 1200, 1201, 1199, 1200, 1202)
            .run();
    String markdown = RunsCompared.markdown(RunComparison.of(now, before, 0.03));
    assertTrue(
        markdown.startsWith("### bpfgauge: 1 slower, 0 faster, 0 inconclusive, 1 equivalent\n"),
        markdown);
    assertTrue(
        markdown.indexOf("lookup on hash") < markdown.indexOf("<details><summary>1 other cell"),
        markdown);
    assertTrue(markdown.indexOf("lookup on array") > markdown.indexOf("<details>"), markdown);
    String terminal = RunsCompared.terminal(RunComparison.of(now, before, 0.03), 100);
    terminal.lines().forEach(line -> assertTrue(line.length() <= 100, line));
    assertTrue(terminal.indexOf("lookup on hash") < terminal.indexOf("lookup on array"), terminal);
  }

  @Test
  void noWordOfARunIsMarkupOrAControlSequence() {
    RunData hostile = SampleRuns.hostile();
    RunComparison compared = RunComparison.of(hostile, SampleRuns.usual(7, 3), 0.03);
    String markdown =
        RunsCompared.markdown(compared).replaceAll("</?details>|</?summary>", ""); // ours
    assertFalse(markdown.contains("<"), markdown);
    assertFalse(markdown.contains("@"), markdown);
    assertFalse(markdown.matches("(?s).*(?<!\\\\)\\[.*"), markdown);
    assertFalse(
        RunsCompared.terminal(compared, 80).matches("(?s).*[\\p{Cntrl}&&[^\n]].*"), markdown);
  }
}
