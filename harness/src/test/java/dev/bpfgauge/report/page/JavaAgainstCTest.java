package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.hooks.HookCosts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables in which C stands beside Java. */
class JavaAgainstCTest {
  private static List<Table> tables(MadeRun run) {
    return new JavaAgainstC(run.evidence()).exhibits().stream().map(Exhibit::table).toList();
  }

  @Test
  void operationsInsideTheKernelAreComparedWithPlainC() {
    Cell java = MadeRun.cell("kernel-maps.lookup", Map.of("map", "hash"));
    List<Table> tables =
        tables(new MadeRun().ok(java, 10, 10, 40).ok(java.with("runtime", "c"), 10, 10, 10));
    assertEquals("lookup inside the kernel, ns per operation", tables.getFirst().caption());
    assertEquals(
        List.of("hash", "idle", "10.0", "–", "20.0", "1.59×"),
        MadeRun.texts(tables.getFirst().rows().getFirst()).subList(0, 6));
    assertEquals("1.000×", MadeRun.texts(tables.getFirst().rows().getFirst()).get(7));
  }

  @Test
  void hooksAreNamedWithTheirBody() {
    Cell java = MadeRun.cell("hooks.raw_tp", Map.of("body", "empty"));
    List<String> row =
        MadeRun.texts(
            tables(new MadeRun().ok(java, 81).ok(java.with("runtime", "c"), 80))
                .getFirst()
                .rows()
                .getFirst());
    assertEquals("raw_tp, empty", row.getFirst());
    assertEquals("1.013×", row.get(7));
  }

  @Test
  void hooksMeasuredInCAreNoRowsOfTheHooksTables() {
    Cell java = MadeRun.cell("hooks.raw_tp", Map.of("body", "empty"));
    MadeRun run = new MadeRun().ok(java, 81).ok(java.with("runtime", "c"), 99);
    List<Table> tables = new HookCosts(run.evidence()).tables();
    assertEquals("81.0 (1 fork*)", MadeRun.texts(tables.getFirst().rows().getFirst()).get(1));
    assertEquals(1, tables.getLast().rows().size());
  }
}
