package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.report.page.Downloads;
import dev.bpfgauge.report.page.MadeRun;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report shows of the committed run of schedulers in a guest. */
class SchedulersComparedTest {
  private static final Path SAMPLE = Path.of("..", "results", "sample", "mllb");

  private final RunAnalysis run = RunAnalysis.of(RunFolder.open(SAMPLE).read());
  private final Evidence evidence = new Evidence(run);
  private final SchedulersCompared schedulers = new SchedulersCompared(evidence);

  private static Table table(List<Table> tables, String id) {
    return tables.stream().filter(table -> table.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void eachScenarioHasItsWorkAndItsDecisionsOverTheRun() {
    List<Exhibit> exhibits = schedulers.overTime();
    assertEquals(8, exhibits.size());
    Exhibit decisions =
        exhibits.stream()
            .filter(e -> e.table().id().equals("schedulers-decisions-threads-table"))
            .findFirst()
            .orElseThrow();
    List<String> arms =
        decisions.table().rows().stream().map(row -> MadeRun.texts(row).getFirst()).toList();
    assertEquals(
        List.of("scx-native", "scx-ml", "scx-ml-outcome", "scx-never", "scx-always"),
        arms,
        "the kernel's own scheduler is not asked, the A/A arm is not drawn");
  }

  @Test
  void whatALoadOrTheMachineDoesNotTellIsUnavailableWithItsReason() {
    List<Table> tables = schedulers.tables();
    List<String> cpu = MadeRun.texts(table(tables, "schedulers-latencies").rows().getFirst());
    assertEquals("cpu", cpu.getFirst());
    assertTrue(cpu.contains(PerformanceMetrics.NO_LATENCY), cpu.toString());
    List<String> threads =
        table(tables, "schedulers-latencies").rows().stream()
            .map(MadeRun::texts)
            .filter(row -> row.getFirst().equals("threads"))
            .findFirst()
            .orElseThrow();
    assertTrue(!threads.contains(PerformanceMetrics.NO_LATENCY), threads.toString());
    assertEquals(
        "unavailable: no RAPL: /sys/class/powercap has no package",
        MadeRun.texts(table(tables, "schedulers-energy").rows().getFirst()).get(2));
  }

  @Test
  void theNetworksSayWhatTheyLearnedFromAndHowFarThatCarries() {
    ModelCards cards = new ModelCards(evidence);
    assertEquals(2, cards.sentences().size());
    assertTrue(
        cards.sentences().getFirst().contains("worse than a constant answer on threads"),
        cards.sentences().getFirst());
    List<Table> tables = cards.tables();
    assertEquals(
        List.of("networks", "network-splits-imitate", "network-splits-outcome"),
        tables.stream().map(Table::id).toList());
    assertEquals(
        List.of("Constant inputs", "none", "none"),
        tables.getFirst().rows().stream()
            .map(MadeRun::texts)
            .filter(row -> row.getFirst().startsWith("Constant"))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void thePageShowsThem(@TempDir Path folder) {
    String page = ReportPage.render(run, Downloads.NONE, folder);
    for (String expected :
        List.of(
            "id=\"networks-used\"",
            "threads: decisions per emulated second over the run",
            "unavailable: no RAPL")) {
      assertTrue(page.contains(expected), expected);
    }
    assertTrue(!page.contains("NaN"), "only figures are drawn");
  }
}
