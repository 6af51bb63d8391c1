package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.page.SampleRuns;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite hooks. */
class HookCostsTest {
  private static final Map<String, Double> EXTRAS =
      Map.of(
          "base_ns", 140.0,
          "runtime_stats_ns", 30.0,
          "runs_per_op", 1.0,
          "load_us", 2500.0,
          "program_bytes", 4096.0,
          "base_packets_per_s", 800_000.0,
          "attached_packets_per_s", 600_000.0,
          "base_cpu_ns", 1250.0,
          "attached_cpu_ns", 1600.0,
          "attached_softirq_percent", 61.0);

  private final List<ForkRecord> forks = new ArrayList<>();

  private void fork(
      int round, String hook, String body, ForkStatus status, String reason, double nanos) {
    ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
    @Nullable Measurement measured =
        status == ForkStatus.OK
            ? new Measurement(nanos, List.of(nanos), null, 1000, null, null, new TreeMap<>(EXTRAS))
            : null;
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            new Cell("hooks", "hooks." + hook, Map.of("body", body), "idle"),
            status,
            reason,
            any.startedAt(),
            1,
            2,
            measured,
            List.of()));
  }

  private List<Table> tables() {
    RunData run = SampleRuns.usual(1, 1);
    return new HookCosts(
            new Evidence(RunAnalysis.of(new RunData(run.info(), forks, run.samples(), List.of()))))
        .tables();
  }

  private static List<String> texts(Table.Row row) {
    return row.cells().stream().map(Table.Datum::text).toList();
  }

  @Test
  void hooksStandBesideBodiesAndRefusalsSayWhy() {
    for (int round = 0; round < 5; round++) {
      fork(round, "tracepoint", "empty", ForkStatus.OK, "", 160 + round);
      fork(round, "raw_tp", "counter", ForkStatus.OK, "", 90);
      fork(round, "raw_tp", "empty", ForkStatus.OK, "", 80);
      fork(round, "fentry", "empty", ForkStatus.UNAVAILABLE, "denied: EPERM: it said no", 0);
      fork(round, "kprobe", "empty", ForkStatus.UNAVAILABLE, "absent: CONFIG_KPROBES", 0);
    }
    Table matrix = tables().getFirst();
    assertEquals(
        List.of("Hook", "empty", "counter"),
        matrix.heads().stream().map(Table.Head::text).toList());
    assertEquals(
        List.of("raw_tp", "tracepoint", "kprobe", "fentry"),
        matrix.rows().stream().map(row -> texts(row).getFirst()).toList());
    assertEquals("80.0 ± 0.0", texts(matrix.rows().get(0)).get(1));
    assertEquals("absent: CONFIG_KPROBES", texts(matrix.rows().get(2)).get(1));
    assertEquals("denied: EPERM", texts(matrix.rows().get(3)).get(1));
    assertEquals(Words.NONE, texts(matrix.rows().get(3)).get(2));
  }

  private List<String> row(String table, int row) {
    return texts(
        tables().stream()
            .filter(t -> t.id().startsWith(table))
            .findFirst()
            .orElseThrow()
            .rows()
            .get(row));
  }

  @Test
  void whatStatisticsLeaveOutIsShown() {
    fork(0, "raw_tp", "empty", ForkStatus.OK, "", 80);
    List<String> times = row("hooks-times", 0);
    assertTrue(times.containsAll(List.of("140", "80.0", "30.0", "50.0", "1.00")), times.toString());
    List<String> presence = row("hooks-presence", 0);
    assertTrue(presence.containsAll(List.of("2.50", Words.count(4096))), presence.toString());
  }

  @Test
  void trafficStandsInATableOfItsOwn() {
    fork(0, "tc.clsact", "empty", ForkStatus.OK, "", 80);
    List<String> traffic = row("hooks-traffic", 0);
    assertTrue(
        traffic.containsAll(
            List.of(
                Words.count(800_000),
                Words.count(600_000),
                Words.percent(0.28),
                Words.count(1600),
                "61")),
        traffic.toString());
  }

  @Test
  void thePartsOfTheFoundingProgramAreItsBodiesLessTheCounter() {
    for (int round = 0; round < 5; round++) {
      fork(round, "sys_enter", "empty", ForkStatus.OK, "", 100);
      fork(round, "sys_enter", "counter", ForkStatus.OK, "", 110);
      fork(round, "sys_enter", "hash", ForkStatus.OK, "", 150);
      fork(round, "sys_enter", "printk", ForkStatus.OK, "", 710);
      fork(round, "sys_enter", "all", ForkStatus.OK, "", 1000);
    }
    assertEquals(
        List.of("hash", "40.0", "[40.0, 40.0]", Words.percent(0.04)), row("hooks-parts", 2));
    assertEquals(
        List.of("sum of the parts", "750", Words.NONE, Words.percent(0.75)), row("hooks-parts", 4));
  }

  @Test
  void aRunWithoutTheSuiteHasNoSuchTables() {
    assertEquals(
        List.of(), new HookCosts(new Evidence(RunAnalysis.of(SampleRuns.usual(1, 1)))).tables());
  }
}
