package dev.bpfgauge.suite.verifier;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated programs on the real kernel: counts, not times. */
class VerifierMeterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Shape.class)
  void loadsEveryShapeAndItsResultIsRight(Shape shape) {
    Requires.bpf();
    for (int size : new int[] {1, 10, 250}) {
      Measurement loads = measured(load(shape, size));
      SortedMap<String, Double> extras = requireNonNull(loads.extras());
      assertTrue(loads.operations() > 0);
      assertTrue(extra(extras, "insns") > 0);
      assertTrue(extra(extras, "processed_insns") > 0);
      assertTrue(extra(extras, "xlated_bytes") >= 8 * 2);
    }
  }

  @Test
  void theVerifierWalksABoundedLoopTurnByTurnAndACalledBackOneOnce() {
    Requires.bpf();
    assertEquals(1 + 2 * 100 + 1, processed(Shape.BOUNDED_LOOP, 100));
    assertEquals(1 + 2 * 1000 + 1, processed(Shape.BOUNDED_LOOP, 1000));
    assertEquals(processed(Shape.BPF_LOOP, 10), processed(Shape.BPF_LOOP, 1_000_000));
  }

  @Test
  void straightCodeIsWalkedOnce() {
    Requires.bpf();
    assertEquals(10_000 + 2, processed(Shape.STRAIGHT_LINE, 10_000));
  }

  @Test
  void aProgramTooLongForTheVerifierIsUnavailable() {
    Requires.bpf();
    Outcome.Unavailable end =
        assertInstanceOf(Outcome.Unavailable.class, attempt(load(Shape.BOUNDED_LOOP, 600_000)));
    assertTrue(end.reason().endsWith("a million instructions at most"), end.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1000000000", "many", ""})
  void refusesASizeThatIsNone(String size) {
    Cell cell = new Cell("verifier", "verifier.spills", Map.of("size", size), "");
    assertInstanceOf(Outcome.Refused.class, attempt(cell));
  }

  @Test
  void exactlyOneOfTheEnginesIsThere() {
    Requires.bpf();
    List<Cell> engines =
        VerifierSuite.cells(List.of(), List.of()).stream()
            .filter(cell -> cell.benchmark().equals("verifier.run"))
            .toList();
    assertEquals(2, engines.size());
    List<Outcome> ends = engines.stream().map(this::attempt).toList();
    assertEquals(
        1, ends.stream().filter(Outcome.Measured.class::isInstance).count(), ends::toString);
    assertEquals(
        1, ends.stream().filter(Outcome.Unavailable.class::isInstance).count(), ends::toString);
  }

  private static Cell load(Shape shape, int size) {
    return new VerifierCell(shape, size, VerifierCell.Task.LOAD).cell();
  }

  private double processed(Shape shape, int size) {
    return extra(requireNonNull(measured(load(shape, size)).extras()), "processed_insns");
  }

  private static double extra(SortedMap<String, Double> extras, String name) {
    return requireNonNull(extras.get(name), name);
  }

  private Measurement measured(Cell cell) {
    Outcome outcome = attempt(cell);
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }

  private Outcome attempt(Cell cell) {
    return new VerifierMeter().attempt(cell, Settings.of(1, 1, 1, 1, folder.resolve("log")));
  }
}
