package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.hooks.HookChoice;
import dev.bpfgauge.suite.hooks.HookCosts;
import dev.bpfgauge.suite.loads.Availability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of kernels, of what loads where, and of which hook to take. */
class LabReportTest {
  @TempDir Path folder;

  private static Evidence evidence(RunData run) {
    return new Evidence(RunAnalysis.of(run));
  }

  private static Table table(List<Table> tables, String id) {
    return tables.stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  private static List<String> row(Table table, String first) {
    return table.rows().stream()
        .map(row -> row.cells().stream().map(Table.Datum::text).toList())
        .filter(texts -> texts.getFirst().equals(first))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> heads(Table table) {
    return table.heads().stream().map(Table.Head::text).toList();
  }

  @Test
  void hooksStandBesideKernelsAndSayWhyNot() {
    List<Table> tables = new Availability(evidence(LabRuns.usual())).tables();
    Table hooks = table(tables, "loads-hooks");
    assertEquals(List.of("Hook", "6.1", "6.12", "7.2"), heads(hooks));
    assertEquals(List.of("raw_tp", "yes", "yes", "yes"), row(hooks, "raw_tp"));
    assertEquals(
        List.of("uprobe", "denied: EPERM", "denied: EPERM", "denied: EPERM"), row(hooks, "uprobe"));
    assertEquals(
        List.of("tc.tcx", "absent: tcx (Linux 6.6)", "absent: tcx (Linux 6.6)", "yes"),
        row(hooks, "tc.tcx"));
  }

  @Test
  void helpersNameTheKernelsThatHaveThem() {
    List<Table> tables = new Availability(evidence(LabRuns.usual())).tables();
    Table helpers = table(tables, "loads-helpers");
    assertEquals(List.of("Helper", "raw_tp, kprobe", "xdp.generic"), heads(helpers));
    assertEquals(
        List.of("bpf_copy_from_user", Words.NONE, "7.2"), row(helpers, "bpf_copy_from_user"));
    assertEquals(List.of("bpf_ringbuf_reserve", "yes", "yes"), row(helpers, "bpf_ringbuf_reserve"));
    assertEquals(List.of("arena", "7.2"), row(table(tables, "loads-maps"), "arena"));
  }

  @Test
  void whatLoadsIsNoComparisonOfTimes() {
    assertTrue(
        RunAnalysis.of(LabRuns.usual()).comparisons().stream()
            .noneMatch(c -> c.subject().suite().equals("loads")));
  }

  @Test
  void kernelsStandSideBySideWithVerdicts() {
    List<Table> tables = new KernelsCompared(evidence(LabRuns.usual())).tables();
    Table maps = table(tables, "kernels-kernel-maps");
    assertEquals(
        List.of("Operation", "6.1", "6.12", "6.12 against 6.1", "7.2", "7.2 against 6.1"),
        heads(maps));
    assertEquals(
        List.of("150", "144", "0.960× ▼ less work"),
        row(maps, "lookup on hash (inside the kernel)").subList(1, 4));
    assertEquals(
        "absent: tcx (Linux 6.6)",
        row(table(tables, "kernels-hooks"), "tc.tcx (counter body)").get(1));
  }

  @Test
  void theCheapestHookIsRecommendedWithItsRunnerUp() {
    List<Table> tables = new HookChoice(evidence(LabRuns.usual())).tables();
    List<String> systemCalls = row(table(tables, "hook-choice"), "a system call begin");
    assertEquals("raw_tp on 7.2", systemCalls.get(1));
    assertTrue(
        systemCalls
            .get(2)
            .startsWith("raw_tp on 7.2 adds 36.8 instructions".replace("8 i", "8\u202fi")),
        systemCalls.get(2));
    assertTrue(systemCalls.get(2).contains("next is raw_tp on 6.12 with 38.4"), systemCalls.get(2));
    assertTrue(systemCalls.get(4).contains("+9.2"), systemCalls.toString());
    assertEquals("fexit on 7.2", row(table(tables, "hook-choice"), "a system call return").get(1));
  }

  @Test
  void instructionsAreNeverARateOrATime() {
    String page =
        ReportPage.render(
            RunAnalysis.of(LabRuns.usual()), SampleRuns.downloads(LabRuns.usual()), folder);
    assertTrue(page.contains("Operations per second are not given"));
    List<String> heads = new ArrayList<>();
    Evidence evidence = evidence(LabRuns.usual());
    for (List<Table> tables :
        List.of(
            new HookChoice(evidence).tables(),
            new HookCosts(evidence).tables(),
            new KernelsCompared(evidence).tables())) {
      tables.forEach(table -> {
        heads.add(table.caption());
        heads.addAll(heads(table));
      });
    }
    assertTrue(heads.toString().contains("in million instructions"), heads.toString());
    assertFalse(
        heads.stream().anyMatch(head -> head.matches(".*(per second|, ns|, ms|µs).*")),
        heads.toString());
    assertTrue(page.contains("What eBPF costs on Linux 6.1, 6.12 and 7.2"));
    assertTrue(
        page.replace("</span> <span>", " ")
            .contains(
                "java -jar harness/target/harness.jar kernels run --kernels 6.1,6.12,7.2 --mode"
                    + " instructions --suite hooks --hook raw_tp --body counter --rounds 2 --seed"
                    + " 42"));
  }

  @Test
  void nanosecondsGiveOperationsASecond() {
    LabRuns run = new LabRuns("nanoseconds", "6.12", "7.2");
    for (int round = 0; round < 5; round++) {
      run.hook(round, "raw_tp", "6.12", 100, 4096);
      run.hook(round, "raw_tp", "7.2", 100, 4096);
    }
    List<Table> tables = new HookChoice(evidence(run.data())).tables();
    assertEquals("Most operations per second", heads(table(tables, "hook-choice")).get(4));
    List<String> row = row(table(tables, "hook-choice"), "a system call begin");
    assertTrue(row.get(2).contains("not told apart from"), row.get(2));
    assertTrue(row.get(4).startsWith("raw_tp on 6.12: 2\u202f000\u202f000 ±"), row.get(4));
  }

  @Test
  void oneBootDecidesNothing() {
    LabRuns run = new LabRuns("instructions", "6.12", "7.2");
    run.hook(0, "raw_tp", "6.12", 100, 4096);
    run.hook(0, "raw_tp", "7.2", 90, 4096);
    List<String> row =
        row(
            table(new HookChoice(evidence(run.data())).tables(), "hook-choice"),
            "a system call begin");
    assertEquals("undecided", row.get(1));
  }

  @Test
  void aRunOfMapsAloneHasNoneOfIt() {
    Evidence evidence = evidence(SampleRuns.usual(7, 2));
    assertEquals(List.of(), new Availability(evidence).tables());
    assertEquals(List.of(), new HookChoice(evidence).tables());
    assertEquals(List.of(), new KernelsCompared(evidence).tables());
  }
}
