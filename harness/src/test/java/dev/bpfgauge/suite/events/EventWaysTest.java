package dev.bpfgauge.suite.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.view.Table;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite events. */
class EventWaysTest {
  private final MadeForks forks = new MadeForks();

  private static Cell cell(String operation, String... params) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < params.length; i += 2) {
      map.put(params[i], params[i + 1]);
    }
    return new Cell("events", "events." + operation, map, "idle");
  }

  private static final Cell OWN =
      cell("throughput", "via", "ringbuf", "reader", "java", "wait", "busy", "wakeup", "no");
  private static final Cell PERF = cell("throughput", "via", "perf-buffer", "wait", "epoll");
  private static final Cell LATE =
      cell("latency", "via", "ringbuf", "reader", "libbpf", "wait", "epoll", "wakeup", "yes");

  private List<Table> tables() {
    return new EventWays(forks.evidence()).tables();
  }

  @Test
  void eachOperationHasATableAndEachWayIsSaidInWords() {
    forks.measured(LATE, 9_500, Map.of());
    forks.measured(PERF, 200, Map.of());
    forks.measured(OWN, 100, Map.of());
    List<Table> tables = tables();
    assertEquals(
        List.of("events-throughput", "events-latency"), tables.stream().map(Table::id).toList());
    assertEquals(
        List.of("ringbuf, read by Java, busy, no wake-up", "perf-buffer, epoll"),
        tables.getFirst().rows().stream().map(row -> MadeForks.texts(row).getFirst()).toList());
    assertEquals(
        List.of("ringbuf, read by libbpf, epoll", "idle", "9.50"),
        MadeForks.texts(tables.getLast().rows().getFirst()).subList(0, 3));
  }

  @Test
  void whatWasReceivedLostAndUsedStandsBesideTheTime() {
    for (double nanos : new double[] {98, 99, 100, 101, 102}) {
      forks.measured(
          OWN,
          nanos,
          Map.of(
              "received_per_s", 10_000_000.4,
              "sent_per_s", 10_500_000.0,
              "lost_events", 450_000.0,
              "unaccounted_events", 0.0,
              "latency_p50_ns", 12_340.0,
              "latency_p99_ns", 560_000.0,
              "latency_p999_ns", 1_200_000.0,
              "producer_cpu_percent", 99.6,
              "consumer_cpu_percent", 98.2));
    }
    List<String> row = MadeForks.texts(tables().getFirst().rows().getFirst());
    assertEquals(
        List.of(
            "100",
            "[98.0, 102]",
            "10\u202f000",
            "10\u202f500",
            "450\u202f000",
            "0",
            "12.3",
            "560",
            "1\u202f200",
            "100",
            "94.9",
            "98",
            "98.2",
            "5"),
        row.subList(2, 16));
  }

  @Test
  void aWayThatIsMissingIsSaid() {
    forks.unavailable(OWN, "bpf_map_create: EPERM");
    List<String> row = MadeForks.texts(tables().getFirst().rows().getFirst());
    assertEquals("unavailable", row.get(2));
    assertEquals("0", row.getLast());
  }

  @Test
  void aRunWithoutTheSuiteHasNoSuchTables() {
    forks.measured(new Cell("maps", "maps.lookup", Map.of("map", "hash"), "idle"), 1_000, Map.of());
    assertEquals(List.of(), tables());
  }
}
