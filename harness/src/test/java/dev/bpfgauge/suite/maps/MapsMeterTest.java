package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapsMeterTest {
  @TempDir Path folder;

  /**
   * More iterations than are made at most fitted into the warm-up, and none was left to measure.
   */
  @Test
  void aWarmUpOfManyIterationsLeavesSomethingToMeasure() {
    Requires.bpf();
    Cell cell = new Cell(Cell.FLOOR, Cell.FLOOR + ".getppid", Map.of(), "idle");

    Measurement measured =
        assertInstanceOf(
                Outcome.Measured.class,
                new MapsMeter().measure(cell, Settings.of(400, 1, 3, 1, folder.resolve("log"))))
            .measurement();

    assertEquals(3, measured.iterationNanosPerOp().size());
    assertTrue(measured.meanNanosPerOp() > 0);
  }
}
