package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.view.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite mllb. */
class InferenceCostsTest {
  private static final Cell UNROLLED =
      new Cell("mllb", "mllb.inference", Map.of("form", "unrolled", "net", "15-10-1"), "idle");

  private final MadeForks forks = new MadeForks();

  @Test
  void aNetworksFiguresStandBesideWhatOthersReport() {
    for (double nanos : new double[] {33, 34, 35}) {
      forks.measured(UNROLLED, nanos, Map.of("insns", 754.0, "jited_bytes", 3100.0));
    }
    List<Table> tables = new InferenceCosts(forks.evidence()).tables();
    assertEquals(
        List.of("mllb-inference", "mllb-published"), tables.stream().map(Table::id).toList());
    List<String> row = MadeForks.texts(tables.getFirst().rows().getFirst());
    assertEquals(
        List.of("the network alone", "15-10-1", "unrolled", "idle", "34.0"), row.subList(0, 5));
    assertEquals("754", row.get(8));
    assertEquals(4, tables.getLast().rows().size());
  }

  @Test
  void withoutTheSuiteThereIsNothing() {
    assertEquals(List.of(), new InferenceCosts(forks.evidence()).tables());
  }
}
