package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BusyDelayTest {

  @Test
  void aDelayShorterThanTheClockIsRefused() {
    Refusal refused = assertThrows(Refusal.class, () -> BusyDelay.of(0, false));
    assertTrue(String.valueOf(refused.getMessage()).contains("one reading of the clock adds"));
  }

  @Test
  void aDelayedLookupStillGivesRightResults() {
    MapCell cell = MapCell.of(MapOperation.LOOKUP, Map.of("map", "percpu-array"));
    Requires.that(Preflight.objection(cell).isEmpty(), "BPF maps");
    try (FilledMap filled = FilledMap.of(cell)) {
      MapLoop loop = new MapLoop(cell, filled, 0, 1, 200, false);
      for (int invocation = 0; invocation < 20; invocation++) {
        assertEquals(0, loop.lookups());
      }
    }
  }
}
