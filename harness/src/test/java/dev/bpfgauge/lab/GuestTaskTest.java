package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbers of cells, to a guest and back. */
class GuestTaskTest {
  @Test
  void numbersInARowAreARange() {
    assertEquals("0-3,7-7,9-10", GuestTask.ranges(List.of(0, 1, 2, 3, 7, 9, 10)));
    assertEquals("5-5", GuestTask.ranges(List.of(5)));
  }

  @Test
  void theGuestReadsWhatItWasTold() {
    for (List<Integer> cells : List.of(List.of(4), List.of(0, 1, 2), List.of(1, 3, 5, 6))) {
      assertEquals(cells, GuestTask.inRanges(GuestTask.ranges(cells)));
    }
  }
}
