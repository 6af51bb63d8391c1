package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a guest is told, and reads. */
class GuestTaskTest {
  @Test
  void numbersInARowAreARange() {
    assertEquals("0-3,7-7,9-10", GuestTask.ranges(List.of(0, 1, 2, 3, 7, 9, 10)));
    assertEquals("5-5", GuestTask.ranges(List.of(5)));
  }

  @Test
  void cellsKeepTheirParameters() {
    GuestTask task =
        new GuestTask(
            List.of(
                new Cell("floor", "floor.getppid", Map.of(), ""),
                new Cell("maps", "maps.lookup", Map.of("map", "hash", "key", "a=b"), "")),
            "instructions",
            -42);

    assertEquals(task, GuestTask.ofText(task.text()));
    GuestTask none = new GuestTask(List.of(), "functional", 0);
    assertEquals(none, GuestTask.ofText(none.text()));
  }

  @Test
  void theGuestReadsWhatItWasTold() {
    for (List<Integer> cells : List.of(List.of(4), List.of(0, 1, 2), List.of(1, 3, 5, 6))) {
      assertEquals(cells, GuestTask.inRanges(GuestTask.ranges(cells)));
    }
  }
}
