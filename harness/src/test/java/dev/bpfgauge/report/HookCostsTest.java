package dev.bpfgauge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.ForkRecord;
import dev.bpfgauge.results.ForkStatus;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.results.RunData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite hooks. */
class HookCostsTest {
  private final List<ForkRecord> forks = new ArrayList<>();

  private void fork(
      int round, String hook, String body, ForkStatus status, String reason, double nanos) {
    ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
    @Nullable Measurement measured =
        status == ForkStatus.OK
            ? new Measurement(
                nanos,
                List.of(nanos),
                null,
                1000,
                null,
                null,
                new TreeMap<>(
                    Map.of("base_ns", 140.0, "runtime_stats_ns", 30.0, "load_us", 2500.0)))
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
    for (int round = 0; round < 3; round++) {
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
    assertEquals("80.0 [80.0, 80.0]", texts(matrix.rows().get(0)).get(1));
    assertEquals("absent: CONFIG_KPROBES", texts(matrix.rows().get(2)).get(1));
    assertEquals("denied: EPERM", texts(matrix.rows().get(3)).get(1));
    assertEquals(Words.NONE, texts(matrix.rows().get(3)).get(2));
  }

  @Test
  void whatStatisticsLeaveOutIsShown() {
    fork(0, "raw_tp", "empty", ForkStatus.OK, "", 80);
    List<String> row = texts(tables().getLast().rows().getFirst());
    assertTrue(row.containsAll(List.of("140", "80.0", "30.0", "50.0", "2.50")), row.toString());
  }

  @Test
  void aRunWithoutTheSuiteHasNoSuchTables() {
    assertEquals(
        List.of(), new HookCosts(new Evidence(RunAnalysis.of(SampleRuns.usual(1, 1)))).tables());
  }
}
