package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.files.RandomRun;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The founding document's file of metrics. */
class PerformanceMetricsTest {
  private final List<ForkRecord> forks = new ArrayList<>();

  private void fork(ForkStatus status, String scenario, Map<String, Double> extras) {
    forks.add(
        new ForkRecord(
            forks.size(),
            1,
            new Cell("schedulers", "schedulers." + scenario, Map.of(), "scx-ml"),
            status,
            "",
            Instant.ofEpochSecond(1_795_298_531),
            1,
            2,
            status == ForkStatus.OK
                ? new Measurement(1e6, List.of(1e6), null, 2000, null, null, new TreeMap<>(extras))
                : null,
            List.of()));
  }

  private List<Map<String, String>> rows(Map<String, String> missing) {
    Samples samples = new Samples(List.of(), List.of(), new TreeMap<>(missing), 0);
    RunInfo info = new RandomRun(1).info("20261121-071834-schedulers");
    List<String> lines =
        PerformanceMetrics.render(new RunData(info, forks, samples)).lines().toList();
    List<String> heads = Arrays.asList(lines.getFirst().split(",", -1));
    return lines.stream()
        .skip(1)
        .map(line -> {
          Map<String, String> row = new TreeMap<>();
          String[] fields = line.split(",", -1);
          for (int i = 0; i < fields.length; i++) {
            row.put(heads.get(i), fields[i]);
          }
          return row;
        })
        .toList();
  }

  @Test
  void aForkIsARowWithTheFoundingDocumentsColumnsFirst() {
    fork(
        ForkStatus.OK,
        "io",
        Map.of(
            "cpu_percent", 41.26,
            "context_switches_per_s", 100.0,
            "load_p95_ns", 470_000.0,
            "load_p99_ns", 2_000_000.0,
            "energy_joules", 31.5));
    fork(ForkStatus.CRASHED, "io", Map.of());
    Map<String, String> row = rows(Map.of()).getFirst();
    assertEquals(1, rows(Map.of()).size());
    assertEquals("41.3", row.get("cpu_usage"));
    assertEquals("200", row.get("context_switches"), "of two seconds");
    assertEquals("2", row.get("round"));
    assertEquals("0.470", row.get("load_p95_ms"));
    assertEquals("2.000", row.get("load_p99_ms"));
    assertEquals("31.50", row.get("energy_joules"));
  }

  @Test
  void whatIsNotThereSaysWhyAndIsNeverZero() {
    fork(ForkStatus.OK, "cpu", Map.of("cpu_percent", 99.0));
    Map<String, String> row = rows(Map.of(Samples.POWER, "no RAPL: nothing there")).getFirst();
    assertEquals(PerformanceMetrics.NO_LATENCY, row.get("load_p99_ms"));
    assertEquals("unavailable: no RAPL: nothing there", row.get("energy_joules"));
    assertEquals("", row.get("load_avg_1m"));
  }
}
