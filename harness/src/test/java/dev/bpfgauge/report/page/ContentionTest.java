package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the report shows of several CPUs at once. */
class ContentionTest {
  private static final Cell HASH = MadeRun.cell("kernel-maps.update", Map.of("map", "hash"));
  private static final Cell ARRAY = HASH.with("map", "array");

  private static Cell together(Cell cell, int cpus, String keys) {
    return cell.with("threads", Integer.toString(cpus)).with("keys", keys);
  }

  private static List<Exhibit> exhibits(MadeRun run) {
    return new Contention(run.evidence()).exhibits();
  }

  @Test
  void sameAndSeparateKeysStandBesideEachOtherByCpus() {
    Exhibit exhibit =
        exhibits(
                new MadeRun()
                    .ok(ARRAY, 5, 5)
                    .ok(together(ARRAY, 2, "same"), 10, 10)
                    .ok(together(ARRAY, 2, "separate"), 5, 5)
                    .ok(HASH, 50, 50)
                    .ok(together(HASH, 2, "same"), 400, 400, 400, 400, 400)
                    .ok(together(HASH, 2, "separate"), 80, 80)
                    .ok(together(HASH, 8, "same"), 1600, 1600)
                    .ok(together(HASH, 8, "separate"), 100, 100))
            .getFirst();
    assertNotNull(exhibit.chart());
    assertEquals(
        List.of("same keys", "separate keys"),
        exhibit.chart().legend().stream().map(Charts.Key::name).toList());
    List<List<String>> rows = exhibit.table().rows().stream().map(MadeRun::texts).toList();
    assertEquals(
        List.of("hash 1", "hash 2", "hash 8", "array 1", "array 2"),
        rows.stream().map(row -> row.get(0) + " " + row.get(1)).toList());
    assertEquals(
        List.of("400", "[400, 400]", "80.0", "2 forks*", "5.00×", "5.00", "25.0"),
        rows.get(1).subList(2, rows.get(1).size()));
    assertEquals("50.0", rows.getFirst().get(4), "one CPU shares with nobody");
    assertEquals(Words.NONE, rows.getFirst().get(6));
  }

  @Test
  void threadsOfUserSpaceShareAMapOrHaveOneEach() {
    Cell lookup = MadeRun.cell("maps.lookup", Map.of("map", "hash", "threads", "1"));
    Exhibit exhibit =
        exhibits(
                new MadeRun()
                    .ok(lookup, 1000)
                    .ok(lookup.with("threads", "2").with("sharing", "shared"), 1200)
                    .ok(lookup.with("threads", "2").with("sharing", "own"), 1100))
            .getFirst();
    assertTrue(
        exhibit.table().heads().stream()
            .map(Table.Head::text)
            .toList()
            .containsAll(List.of("one map", "a map each")));
  }

  @Test
  void oneNumberOfCpusIsNoContention() {
    assertEquals(List.of(), exhibits(new MadeRun().ok(HASH, 50).ok(ARRAY, 5)));
  }

  @Test
  void tooManyBarsAreLeftToTheTable() {
    MadeRun run = new MadeRun();
    for (int cpus = 2; cpus < 40; cpus++) {
      run.ok(together(HASH, cpus, "same"), 50 * cpus);
    }
    Exhibit exhibit = exhibits(run).getFirst();
    assertNull(exhibit.chart());
    assertEquals(38, exhibit.table().rows().size());
  }
}
