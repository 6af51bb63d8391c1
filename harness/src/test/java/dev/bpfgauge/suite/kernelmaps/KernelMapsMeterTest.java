package dev.bpfgauge.suite.kernelmaps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Undisturbed;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real programs on the real kernel, as briefly as they can be measured. */
class KernelMapsMeterTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsBpf() {
    Requires.bpf();
  }

  static Stream<Cell> defaultCells() {
    return KernelMapsSuite.cells(KernelMapsSuite.Options.DEFAULT).stream();
  }

  @ParameterizedTest
  @MethodSource("defaultCells")
  void everyDefaultCellIsMeasuredOrSaysWhyNot(Cell cell) {
    Outcome outcome = measure(cell);
    boolean arrayDelete =
        cell.benchmark().endsWith(".delete") && cell.param("map").endsWith("array");
    if (arrayDelete) {
      assertEquals(new Outcome.Refused("EINVAL: arrays have no delete"), outcome);
    } else {
      Measurement measured = measured(outcome);
      assertTrue(measured.operations() > 0);
      assertEquals(2, measured.iterationNanosPerOp().size());
      assertTrue(Double.isFinite(measured.meanNanosPerOp()), outcome.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"hash, same", "hash, separate", "percpu-array, same"})
  void twoCpusWorkAtOnce(String map, String keys) {
    Requires.machine(Runtime.getRuntime().availableProcessors() > 1, "two CPUs");
    assertTrue(
        measured(measure(cell("update", Map.of("map", map, "threads", "2", "keys", keys))))
                .operations()
            > 0);
  }

  @Test
  void moreCpusThanThereAreIsSaid() {
    Outcome outcome = measure(cell("lookup", Map.of("map", "hash", "threads", "1000")));
    assertTrue(
        assertInstanceOf(Outcome.Unavailable.class, outcome)
            .reason()
            .startsWith("1000 CPUs are wanted, this process may use "));
  }

  @ParameterizedTest
  @CsvSource({
    "lookup, hash, 64, 8, 100000, 50",
    "update, hash, 4, 1024, 1024, 100",
    "insert, lru-hash, 16, 8, 4096, 100",
    "delete, hash-no-prealloc, 4, 8, 7, 30",
    "lookup, percpu-array, 4, 100, 1, 100",
  })
  void sizesAndFillsAreAsAsked(
      String operation, String map, int key, int value, int entries, int fill) {
    measured(
        measure(
            cell(
                operation,
                Map.of(
                    "map", map,
                    "key", Integer.toString(key),
                    "value", Integer.toString(value),
                    "entries", Integer.toString(entries),
                    "fill", Integer.toString(fill)))));
  }

  @Test
  void aMapFillsWhatItIsAskedTo() {
    assertEquals(512, KernelMapCell.of(cell("lookup", Map.of("fill", "50"))).filled());
    KernelMapCell insert = KernelMapCell.of(cell("insert", Map.of("map", "hash")));
    assertEquals(512, insert.consumed());
    assertEquals(512, insert.filled());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lookup | queue | | lookup is not an operation on queue; it has push-pop",
        "lookup | hsh | | unknown map",
        "delete | hash | threads=2 | several CPUs at once are measured for lookup and update",
        "lookup | hash | key=3 | key=3 must lie between 4 and 256",
        "lookup | hash | entries=0 | entries=0 must lie between 1 and 536870912",
        "lookup | hash | fill=many | fill=many is not a whole number",
      })
  void nonsenseIsRefusedWithOneSentence(
      String operation, String map, String parameter, String sentence) {
    Map<String, String> params = new java.util.TreeMap<>(Map.of("map", map));
    if (parameter != null) {
      int sign = parameter.indexOf('=');
      params.put(parameter.substring(0, sign), parameter.substring(sign + 1));
    }
    Outcome outcome = measure(cell(operation, params));
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, outcome).reason().contains(sentence),
        outcome.toString());
  }

  @Test
  void theSuiteListsTheLoopFirstAndSleepableProgramsLast() {
    List<Cell> cells = KernelMapsSuite.cells(KernelMapsSuite.Options.DEFAULT);
    assertEquals("kernel-maps.loop", cells.getFirst().key());
    assertEquals("syscall", cells.getLast().param("program"));
  }

  private static Cell cell(String operation, Map<String, String> params) {
    return new Cell("kernel-maps", "kernel-maps." + operation, params, "");
  }

  private Outcome measure(Cell cell) {
    return Undisturbed.outcome(new KernelMapsMeter(), cell, folder);
  }

  private static Measurement measured(Outcome outcome) {
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }
}
