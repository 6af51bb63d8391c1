package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.model.RunInfo.PlanInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.page.SampleRuns;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite tools. */
class ToolCostsTest {
  private static final String PEER = "libbpf-tools:cpudist";

  private final List<ForkRecord> forks = new ArrayList<>();

  private void ok(int round, String arm, double nanos, Map<String, Double> extras) {
    fork(
        round,
        arm,
        ForkStatus.OK,
        "",
        new Measurement(nanos, List.of(nanos), null, 1000, null, null, new TreeMap<>(extras)));
  }

  private void fork(
      int round, String arm, ForkStatus status, String reason, @Nullable Measurement measurement) {
    ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            new Cell("tools", "tools.switch", Map.of(), arm),
            status,
            reason,
            any.startedAt(),
            forks.size() * 2_000L,
            forks.size() * 2_000L + 1_900,
            measurement,
            List.of()));
  }

  private ToolCosts costs() {
    return new ToolCosts(evidence());
  }

  private Evidence evidence() {
    PlanInfo plan = SampleRuns.usual(1, 1).info().plan();
    List<ArmInfo> arms =
        Stream.of("off", "off#2", "cpudist", PEER)
            .map(label -> new ArmInfo(label, "idle", label, ""))
            .toList();
    RunInfo tools =
        SampleRuns.planned(
            new PlanInfo(
                "tools",
                List.of("tools"),
                arms,
                5,
                forks.size(),
                42,
                0,
                1500,
                plan.margin(),
                null));
    List<double[]> rows = new ArrayList<>();
    for (ForkRecord fork : forks) {
      boolean on = fork.cell().profile().equals("cpudist");
      rows.add(new double[] {fork.startMillis() + 1_000, on ? 12 : 10, 1 << 20});
    }
    Samples samples =
        new Samples(
            List.of("elapsed_ms", "cpu_usage", "disk_write"), rows, new TreeMap<>(), Double.NaN);
    return new Evidence(RunAnalysis.of(new RunData(tools, forks, samples, List.of())));
  }

  private void fiveRounds() {
    for (int round = 0; round < 5; round++) {
      ok(round, "off", 6000 + round, Map.of());
      ok(round, "off#2", 6000 + round, Map.of());
      ok(
          round,
          "cpudist",
          6300 + round,
          Map.of(
              "events_per_op", 2.0,
              "events_lost", 0.0,
              "bpf_ns_per_op", 200.0,
              "bpf_runs_per_op", 2.0,
              "tool_cpu_percent", 1.0,
              "tool_map_bytes", 100.0,
              "tool_program_bytes", 100.0,
              "tool_resident_bytes", 2e6));
      ok(
          round,
          PEER,
          6900 + round,
          Map.of(
              "bpf_ns_per_op", 800.0,
              "bpf_runs_per_op", 2.0,
              "tool_cpu_percent", 0.1,
              "tool_map_bytes", 300.0,
              "tool_program_bytes", 100.0,
              "tool_resident_bytes", 1e6));
    }
  }

  private static List<String> row(List<Table> tables, String id, String first) {
    return tables.stream()
        .filter(table -> table.id().equals(id))
        .flatMap(table -> table.rows().stream())
        .map(row -> row.cells().stream().map(Table.Datum::text).toList())
        .filter(row -> row.getFirst().equals(first))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void addedTimeIsGivenForAnOperationAndForAnEvent() {
    fiveRounds();
    List<String> row = row(costs().tables(), "tools-added", "cpudist");
    assertEquals(
        List.of("cpudist", "switch", Words.nanos(6002), "300", "[300, 300]"), row.subList(0, 5));
    assertTrue(row.get(5).endsWith("slower"), row.toString());
    assertEquals("2.00", row.get(6));
    assertEquals(List.of("150", "200", "2.00", "0"), row.subList(8, 12));
  }

  @Test
  void oursStandBesideTheirs() {
    fiveRounds();
    List<String> row = row(costs().tables(), "tools-beside", "cpudist");
    assertEquals(Words.ratio(0.25), row.get(2));
    assertEquals(Words.ratio(10), row.get(6));
    assertEquals(Words.ratio(0.5), row.get(8));
    assertEquals(Words.ratio(2), row.get(9));
  }

  @Test
  void theHostBeforeAndAfterComesFromTheSamplesOfEachFork() {
    fiveRounds();
    List<Exhibit> charts = new ToolsOverTime(evidence()).beforeAndAfter();
    assertEquals(4, charts.size());
    List<List<String>> cpu =
        charts.getFirst().table().rows().stream()
            .map(row -> row.cells().stream().map(Table.Datum::text).toList())
            .toList();
    assertTrue(cpu.contains(List.of("switch", "off", "10.0", "10.0 to 10.0", "5")), cpu::toString);
    assertTrue(
        cpu.contains(List.of("switch", "cpudist", "12.0", "12.0 to 12.0", "5")), cpu::toString);
  }

  @Test
  void theCostOfAnEventStandsAgainstTheRateOfEvents() {
    fiveRounds();
    List<Table> rate = costs().costAgainstRate().stream().map(Exhibit::table).toList();
    List<String> ours = row(rate, "tools-rate-table", "cpudist");
    assertEquals("100", ours.get(3), "200 ns an operation of two events");
    assertEquals("400", row(rate, "tools-rate-table", PEER).get(3), "the events ours counted");
  }

  @Test
  void aToolThatDoesNotRunHereSaysWhy() {
    fiveRounds();
    forks.removeIf(fork -> fork.cell().profile().equals(PEER));
    fork(0, PEER, ForkStatus.UNAVAILABLE, "no kprobe here", null);
    assertTrue(row(costs().tables(), "tools-added", PEER).contains("no kprobe here"));
  }

  @Test
  void aRunWithoutTheSuiteHasNoSuchSection() {
    Evidence evidence = new Evidence(RunAnalysis.of(SampleRuns.usual(1, 1)));
    assertEquals(List.of(), new ToolCosts(evidence).tables());
    assertEquals(List.of(), new ToolsOverTime(evidence).beforeAndAfter());
  }
}
