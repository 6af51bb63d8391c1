package dev.bpfgauge.report.terminal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.page.MadeRun;
import dev.bpfgauge.report.page.SampleRuns;
import dev.bpfgauge.report.words.Words;
import java.util.List;
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

  @Test
  void whatCouldHaveBeenSeenIsSaidForEachCellAndForAll() {
    Cell hash = MadeRun.cell("maps.lookup", Map.of("map", "hash"));
    Cell array = MadeRun.cell("maps.lookup", Map.of("map", "array"));
    RunData run =
        new MadeRun()
            .ok(hash, 1000, 1003, 998, 1001, 999)
            .ok(array, 900, 400, 2500, 800, 1200)
            .run();
    RunComparison compared = RunComparison.of(run, run, 0.03);
    String words = RunsCompared.terminal(compared, 120).replaceAll("\\s+", " ");
    double least = compared.cells().get(0).smallestSeen();
    double most = compared.cells().get(1).smallestSeen();
    assertTrue(least > 0.03 && least < 0.05, "least " + least);
    assertTrue(most > 1, "most " + most);
    assertTrue(
        words.contains(
            "What could be seen, with 95 % probability: a slowdown of " + percent(least)),
        words);
    assertTrue(words.contains("+" + percent(least)), words);
    assertTrue(RunsCompared.markdown(compared).contains("| sees | verdict |"), words);
    assertTrue(
        RunsCompared.terminal(compared, 80).replaceAll("\\s+", " ").contains("What could be seen"));
    RunData once = new MadeRun().ok(hash, 1000).run();
    assertTrue(
        RunsCompared.terminal(RunComparison.of(once, once, 0.03), 80)
            .contains("Nothing could have been seen"));
  }

  @Test
  void whatReferencesTookAndWhatTheyAreIsSaid() {
    Cell hash = MadeRun.cell("maps.lookup", Map.of("map", "hash"));
    double[] machine = {1, 1.1, 1.2, 1.05, 1.15};
    RunData before = referenced(new MadeRun(), hash, machine, 1).run();
    RunData now = referenced(new MadeRun(), hash, machine, 1.5).run();
    RunComparison compared = RunComparison.of(now, before, 0.03);

    String words = RunsCompared.terminal(compared, 120).replaceAll("\\s+", " ");

    assertTrue(words.contains("raw ratio"), words);
    assertTrue(
        words.contains("Ratios are corrected by getppid, which took turns beside the cells."),
        words);
    assertTrue(words.contains("References changed: getppid 165 ns, was 110 ns, 1.50×."), words);
    assertTrue(RunsCompared.markdown(compared).contains("| raw | ratio |"));
  }

  private static MadeRun referenced(MadeRun run, Cell cell, double[] machine, double all) {
    for (int i = 0; i < machine.length; i++) {
      double nanos = 1000 * all * machine[i] * (1 + 0.001 * i);
      run.ok(
          i,
          cell,
          new Measurement(nanos, List.of(nanos), null, 10, null, null)
              .with(Map.of(Reference.SYSCALL.key(), 100 * all * machine[i])));
    }
    return run;
  }

  private static String percent(double share) {
    return TerminalTable.plain(Words.percent(share));
  }
}
