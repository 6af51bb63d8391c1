package dev.bpfgauge.suite.helpers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.view.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite helpers. */
class HelperCostsTest {
  @Test
  void eachBlockHasARowWithWhatItDoesAndWhyItIsMissing() {
    MadeForks made = new MadeForks();
    for (int round = 0; round < 5; round++) {
      made.measured(cell("loop"), 2.5, Map.of());
      made.measured(cell("ktime_get_ns"), 20, Map.of());
    }
    made.unavailable(cell("iterator_16"), "the kernel says: R0 !read_ok");

    Table table = new HelperCosts(made.evidence()).tables().getFirst();

    assertEquals(
        List.of("ktime_get_ns", "iterator_16", "loop"),
        table.rows().stream().map(row -> MadeForks.texts(row).get(1)).toList());
    List<String> clock = MadeForks.texts(table.rows().getFirst());
    assertEquals("Clock, number, CPU", clock.getFirst());
    assertEquals("the monotonic clock", clock.get(2));
    assertTrue(clock.get(3).startsWith("20.0"), clock.toString());
    assertTrue(MadeForks.texts(table.rows().get(1)).get(3).contains("unavailable"));
  }

  /** A newer program's run may have blocks that this one does not know. */
  @Test
  void anUnknownBlockIsNoFault() {
    MadeForks made = new MadeForks();
    made.measured(cell("of_tomorrow"), 20, Map.of());
    assertEquals(0, new HelperCosts(made.evidence()).tables().getFirst().rows().size());
  }

  private static Cell cell(String block) {
    return new Cell("helpers", "helpers." + block, Map.of(), "idle");
  }
}
