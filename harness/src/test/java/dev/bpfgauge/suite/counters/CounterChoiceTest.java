package dev.bpfgauge.suite.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.MadeForks;
import dev.bpfgauge.report.view.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report shows of the suite counters. */
class CounterChoiceTest {
  private final MadeForks made = new MadeForks();

  private void counter(String kind, int threads, double nanos, double lost, double read) {
    for (int round = 0; round < 6; round++) {
      made.measured(
          new Cell(
              "counters", "counters." + kind, Map.of("threads", Integer.toString(threads)), "idle"),
          nanos + 0.001 * round,
          Map.of("lost_percent", lost, "read_ns", read, "counter_bytes", 128.0));
    }
  }

  @Test
  void theExactCounterThatCostsLeastIsRecommendedAndWhenItPays() {
    counter("global-atomic", 1, 5, 0, 1);
    counter("percpu-array", 1, 6, 0, 900);
    counter("global-atomic", 2, 45, 0, 1);
    counter("percpu-array", 2, 6, 0, 901);
    counter("global-plain", 1, 1, 0, 1);
    counter("global-plain", 2, 2, 40, 1);

    List<Table> tables = new CounterChoice(made.evidence()).tables();

    List<String> one = MadeForks.texts(tables.getFirst().rows().getFirst());
    assertEquals(List.of("idle", "1", "global-atomic"), one.subList(0, 3));
    List<String> two = MadeForks.texts(tables.getFirst().rows().get(1));
    assertEquals(List.of("idle", "2", "percpu-array"), two.subList(0, 3));
    // 900 ns more to read, 39 ns less to add
    assertTrue(
        two.get(3)
            .contains(
                "global-atomic adds for 39.0\u202fns more and is read for 900\u202fns less, which"
                    + " pays only with fewer than 24 additions for each reading"),
        two.get(3));
    List<String> plain = MadeForks.texts(tables.get(1).rows().getLast());
    assertEquals("global-plain", plain.getFirst());
    assertTrue(plain.get(4).startsWith("40"), plain.toString());
  }

  @Test
  void whatWasMeasuredOnceDecidesNothing() {
    made.measured(
        new Cell("counters", "counters.percpu-hash", Map.of("threads", "1"), "idle"), 9, Map.of());
    made.measured(
        new Cell("counters", "counters.hash-atomic", Map.of("threads", "1"), "idle"), 8, Map.of());
    Table advice = new CounterChoice(made.evidence()).tables().getFirst();
    assertTrue(
        MadeForks.texts(advice.rows().getFirst()).get(3).startsWith("Measured once"),
        advice.toString());
  }
}
