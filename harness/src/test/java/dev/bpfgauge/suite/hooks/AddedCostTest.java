package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bpfgauge.suite.hooks.AddedCost.Turn;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AddedCostTest {
  /** Four batches alike for each figure. */
  private static List<Double> batches(double... figures) {
    return DoubleStream.of(figures)
        .boxed()
        .flatMap(figure -> List.of(figure, figure, figure, figure).stream())
        .toList();
  }

  /** Detached 1, 2, then attached 11 to 14, then detached 3, 4. */
  @Test
  void whatIsNearestToAChangeIsComparedFirst() {
    assertEquals(
        List.of(new Turn(2, 11, 9), new Turn(3, 14, 11), new Turn(1, 12, 11), new Turn(4, 13, 9)),
        Turn.of(batches(1, 2, 3, 4), batches(11, 12, 13, 14)));
  }

  @Test
  void anInterruptedBatchIsInTheMeanOnly() {
    List<Double> attached = List.of(180.0, 980.0, 180.0, 180.0, 180.0, 180.0, 180.0, 180.0);
    Turn turn = Turn.of(batches(100, 100), attached).getFirst();
    assertEquals(80, turn.added());
    assertEquals(280, turn.meanAdded());
  }

  @Test
  void batchesThatMakeNoTurnsAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Turn.of(batches(100, 100), batches(180, 181, 182)));
    assertEquals(
        "8 batches without the program and 12 with it make no turns of 4", refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Turn.of(batches(1), batches(2)));
    assertThrows(IllegalArgumentException.class, () -> Turn.of(List.of(), List.of()));
  }
}
