package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.report.view.Evidence;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which map is cheaper, in a sentence for each two kinds. */
class ChoicesTest {
  private static Cell cell(String operation, String map) {
    return MadeRun.cell("maps." + operation, Map.of("map", map));
  }

  private static List<String> sentences(RunData run) {
    return new Choices(new Evidence(RunAnalysis.of(run)))
        .sentences().stream().map(sentence -> sentence.replace("\u202f", " ")).toList();
  }

  @Test
  void eachTwoKindsAreASentenceWithWhatIsDecidedAndWhatIsNot() {
    RunData run =
        new MadeRun()
            .ok(cell("lookup", "hash"), 1000, 1001, 1000, 1001, 1000, 1001)
            .ok(cell("lookup", "array"), 800, 801, 800, 801, 800, 801)
            .ok(cell("lookup", "percpu-hash"), 1000, 1000, 1000, 1000, 1000, 1001)
            .ok(cell("update", "hash"), 1000, 1200, 1000, 1100, 1000, 900)
            .ok(cell("update", "array"), 1000, 1000, 1200, 1000, 1000, 1000)
            .ok(cell("delete", "hash"), 1000, 1000, 1000, 1000, 1000, 1000)
            .run();

    List<String> sentences = sentences(run);

    assertEquals(2, sentences.size(), sentences::toString);
    assertTrue(
        sentences
            .getFirst()
            .matches(
                "From user space, array is cheaper than hash: lookup 0\\.80.* \\[.*\\];"
                    + " not decided between array and hash: update .*\\."),
        sentences::toString);
    assertTrue(
        sentences
            .getLast()
            .startsWith("From user space, percpu-hash and hash cost the same: lookup "),
        sentences::toString);
    assertTrue(
        TerminalTable.render(RunAnalysis.of(run), 200).contains("array is cheaper than hash"));
  }

  @Test
  void oneKindAloneIsNoChoice() {
    assertEquals(
        List.of(), sentences(new MadeRun().ok(cell("lookup", "hash"), 1, 1, 1, 1, 1).run()));
  }
}
