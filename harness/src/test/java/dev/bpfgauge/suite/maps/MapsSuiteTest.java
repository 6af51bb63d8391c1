package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MapsSuiteTest {

  @Test
  void theDefaultIsTheSeedsGrid() {
    List<Cell> cells = MapsSuite.cells(MapsSuite.Options.DEFAULT);
    assertEquals(12, cells.size());
    assertEquals(
        "maps.lookup[entries=1024,fill=100,key=4,map=hash,order=random,path=libbpf,runtime=java,"
            + "threads=1,value=8]",
        cells.getFirst().key());
  }

  @Test
  void aCellReadBackIsTheSameCell() {
    MapsSuite.Options all =
        new MapsSuite.Options(
            List.of(MapKind.values()),
            List.of(MapOperation.values()),
            List.of(CallPath.values()),
            List.of(1024L, 1_000_000L),
            List.of(4, 16),
            List.of(8),
            List.of(50, 100),
            List.of(1, 2),
            List.of(MapsSuite.Sharing.values()),
            List.of(KeyOrder.values()),
            List.of(256));
    List<Cell> cells = MapsSuite.cells(all);
    assertEquals(cells.size(), new HashSet<>(cells).size());
    cells.forEach(cell -> assertEquals(cell, MapCell.of(cell).cell()));
  }

  @Test
  void sharingAndOrderAppearOnlyWhereTheyMeanSomething() {
    Cell one = MapCell.of(MapOperation.ITERATE, Map.of("threads", "1", "sharing", "own")).cell();
    assertEquals("", one.param("sharing"));
    assertEquals("", one.param("order"));
    Cell two = MapCell.of(MapOperation.LOOKUP, Map.of("threads", "2", "sharing", "own")).cell();
    assertEquals("own", two.param("sharing"));
  }

  @Test
  void everyBenchmarkMethodBelongsToAnOperationAndBack() throws Exception {
    for (MapOperation operation : MapOperation.values()) {
      String method = MapCell.of(operation, Map.of()).method();
      assertEquals(operation, MapCell.operationOfMethod(method));
      assertTrue(
          List.of(MapsBenchmark.class.getMethods()).stream()
              .anyMatch(declared -> declared.getName().equals(method)),
          method);
    }
    for (FloorStep step : FloorStep.values()) {
      assertEquals(0, FloorBenchmark.class.getMethod(step.method()).getParameterCount());
    }
  }

  @Test
  void numbersOutOfRangeAreRefusedWithTheirRange() {
    refused(Map.of("entries", "-1"), "entries=-1 must lie between 1 and 4294967295");
    refused(Map.of("entries", "many"), "entries=many is not a whole number");
    refused(Map.of("key", "2"), "key=2 must lie between 4 and 1048576");
    refused(Map.of("fill", "0"), "fill=0 must lie between 1 and 100");
    refused(
        Map.of("map", "percpu-hsh"), "unknown map \"percpu-hsh\": did you mean \"percpu-hash\"?");
    refused(Map.of("order", "zip"), "unknown order \"zip\": did you mean \"zipf\"?");
  }

  @Test
  void combinationsWithoutSenseAreRefusedWithASentence() {
    nonsense(MapOperation.DELETE, Map.of("order", "zipf"), "use random");
    nonsense(MapOperation.BATCH_UPDATE, Map.of("path", "syscall"), "path=libbpf only");
    nonsense(MapOperation.ITERATE, Map.of("runtime", "c"), "the C runner measures");
    nonsense(MapOperation.LOOKUP, Map.of("runtime", "c", "threads", "2"), "threads=1");
    nonsense(MapOperation.INSERT, Map.of("entries", "1"), "2 or more");
    nonsense(MapOperation.LOOKUP, Map.of("map", "array", "key", "8"), "keys of 4 bytes");
  }

  @Test
  void mapsThatEvictAreFilledToHalfAndTheirCellsSaySo() {
    Cell lru = MapCell.of(MapOperation.LOOKUP, Map.of("map", "lru-hash")).cell();
    assertEquals("50", lru.param("fill"));
  }

  @Test
  void theReferencesAreOneJavaAndFourCLookupsForEachKind() {
    List<Cell> cells = MapsSuite.references(MapKind.USUAL_KINDS);
    assertEquals(20, new HashSet<>(cells).size());
    assertEquals(4, cells.stream().filter(c -> c.param("runtime").equals("java")).count());
    assertTrue(cells.stream().allMatch(c -> c.benchmark().equals("maps.lookup")));
  }

  @Test
  void theSeedSuiteIsTheirGridForThreeOperationCounts() {
    List<Cell> cells = PublishedLoopSuite.cells(MapKind.USUAL_KINDS, PublishedLoopSuite.CALLS);
    assertEquals(36, cells.size());
    cells.forEach(cell -> assertEquals(cell, PublishedLoopCell.of(cell).cell()));
  }

  private static void refused(Map<String, String> params, String start) {
    Refusal refusal =
        assertThrows(Refusal.class, () -> MapCell.of(MapOperation.LOOKUP, params).cell());
    assertTrue(
        String.valueOf(refusal.getMessage()).startsWith(start),
        String.valueOf(refusal.getMessage()));
  }

  private static void nonsense(MapOperation operation, Map<String, String> params, String part) {
    MapCell cell = MapCell.of(operation, params);
    Refusal refusal = assertThrows(Refusal.class, cell::refuseNonsense);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains(part), String.valueOf(refusal.getMessage()));
  }
}
