package dev.bpfgauge.suite.kernelmaps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same programs run from C, by libbpf, on the real kernel. */
class KernelMapsInCTest {
  @TempDir private Path folder;

  private Outcome measure(Cell cell) {
    return new KernelMapsInC().attempt(cell, Settings.of(10, 30, 2, 42, folder.resolve("log")));
  }

  private static Cell cell(String operation, Map<String, String> params) {
    return new Cell("kernel-maps", "kernel-maps." + operation, params, "");
  }

  @ParameterizedTest
  @CsvSource({
    "lookup, hash, 4, 8",
    "update, hash, 16, 64",
    "update, array, 4, 8",
    "update, percpu-hash, 4, 12",
    "update, lru-hash, 4, 8",
  })
  void cMeasuresWhatJavaMeasures(String operation, String map, String key, String value) {
    Requires.bpf();
    Outcome outcome = measure(cell(operation, Map.of("map", map, "key", key, "value", value)));
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
    assertEquals(2, measured.iterationNanosPerOp().size());
    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    long turns = Objects.requireNonNull(extras.get(Measurement.TURNS)).longValue();
    assertTrue(turns >= 2, measured.toString());
    assertEquals(turns * Objects.requireNonNull(measured.batches()).size(), measured.operations());
  }

  @Test
  void whatTheKernelRefusesIsUnavailable() {
    Requires.bpf();
    Outcome outcome = measure(cell("lookup", Map.of("map", "array", "key", "8")));
    assertTrue(
        assertInstanceOf(Outcome.Unavailable.class, outcome, outcome.toString())
            .reason()
            .contains("Invalid argument"),
        outcome.toString());
  }

  @ParameterizedTest
  @CsvSource({"delete, hash, 1, xdp", "lookup, hash, 2, xdp", "lookup, hash, 1, syscall"})
  void otherCellsAreRefused(String operation, String map, String threads, String program) {
    Outcome outcome =
        measure(cell(operation, Map.of("map", map, "threads", threads, "program", program)));
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, outcome).reason().startsWith("the C runner"));
  }

  @Test
  void aCellOfCIsNotMeasuredInJava() {
    Outcome outcome =
        new KernelMapsMeter()
            .attempt(
                cell("lookup", Map.of("map", "hash", "runtime", "c")),
                Settings.of(1, 1, 1, 1, folder.resolve("log")));
    assertInstanceOf(Outcome.Refused.class, outcome);
  }

  @Test
  void theMedianOfThePairsIsTheFigureAndTheMeanStandsBesideIt() {
    String line =
        """
        {"batch":4096,"iterations":[{"operation":[11.5,12.5,90.0],"loop":[2.5,2.5,3.0]},\
        {"operation":[12.0,14.0],"loop":[2.0,40.0]}]}
        """;
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, KernelMapsInC.parse(line)).measurement();
    assertEquals(10, measured.meanNanosPerOp());
    assertEquals(List.of(10.0, -8.0), measured.iterationNanosPerOp());
    assertEquals(5 * 4096, measured.operations());
    assertEquals(Map.of(Measurement.TURNS, 5.0, Measurement.WITH_WAITS, 18.0), measured.extras());
  }

  @Test
  void aTurnWithoutItsPairIsNoResult() {
    String line =
        """
        {"batch":4096,"iterations":[{"operation":[11.5,12.5],"loop":[2.5]}]}
        """;
    assertEquals(
        "2 turns of the operation and 1 of the loop are no pairs",
        assertThrows(IllegalArgumentException.class, () -> KernelMapsInC.parse(line)).getMessage());
  }

  @Test
  void anOperationLostInTheLoopsNoiseIsMeasuredToo() {
    String line =
        """
        {"batch":4096,"iterations":[{"operation":[2.0],"loop":[2.5]},        {"operation":[2.5],"loop":[2.5]}]}
        """;
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, KernelMapsInC.parse(line)).measurement();
    assertEquals(-0.25, measured.meanNanosPerOp());
    assertEquals(List.of(-0.5, 0.0), measured.iterationNanosPerOp());
  }

  @Test
  void whatIsNoResultIsSaid() {
    for (String broken : List.of("", "Segmentation fault", "{\"batch\":1}")) {
      assertTrue(
          String.valueOf(
                  assertThrows(Refusal.class, () -> KernelMapsInC.parse(broken)).getMessage())
              .startsWith("the C runner's answer: "));
    }
  }

  @Test
  void lookupAndUpdateOfHashAndArrayAreReferences() {
    List<Cell> references =
        KernelMapsSuite.references(KernelMapsSuite.cells(KernelMapsSuite.Options.DEFAULT));
    assertEquals(4, references.size());
    assertTrue(references.stream().allMatch(cell -> cell.param("runtime").equals("c")));
  }
}
