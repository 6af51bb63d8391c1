package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InferenceMeterTest {
  @TempDir Path folder;

  static List<Cell> everyCell() {
    return MllbSuite.cells(List.of());
  }

  @ParameterizedTest
  @MethodSource("everyCell")
  void everyCellIsMeasured(Cell cell) {
    Requires.bpf();
    Outcome outcome = new InferenceMeter().attempt(cell, settings());
    Outcome.Measured measured = assertInstanceOf(Outcome.Measured.class, outcome);
    assertTrue(measured.measurement().meanNanosPerOp() > 0);
    Map<String, Double> extras = measured.measurement().extras();
    assertNotNull(extras);
    assertTrue(extras.getOrDefault("insns", 0.0) > 0, extras.toString());
  }

  @Test
  void aNetworkThatIsNotThereIsRefused() {
    Cell cell =
        new Cell(MllbSuite.NAME, "mllb.inference", Map.of("form", "layers", "net", "15-11-1"), "");
    assertEquals(
        new Outcome.Refused("net=15-11-1 is neither 15-10-1 nor 15-64-32-1"),
        new InferenceMeter().attempt(cell, settings()));
  }

  private Settings settings() {
    return Settings.of(10, 30, 1, 42, folder.resolve("log"));
  }
}
