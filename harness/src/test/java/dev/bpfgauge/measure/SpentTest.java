package dev.bpfgauge.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bpfgauge.model.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpentTest {
  private static final int BATCH = 100;

  /** An operation of 10 on a loop of 2; the last two turns met somebody else. */
  private static final List<Spent> DISTURBED =
      List.of(
          new Spent(List.of(12.0, 12.5, 11.5), List.of(2.0, 2.5, 1.5), 300),
          new Spent(List.of(90.0, 12.0), List.of(2.0, 60.0), 200));

  @Test
  void fewDisturbedTurnsDoNotMoveTheFigureButTheMean() {
    Measurement measured = Spent.measurement(DISTURBED, BATCH, false, false);
    assertEquals(10, measured.meanNanosPerOp());
    assertEquals(List.of(10.0, 20.0), measured.iterationNanosPerOp());
    assertEquals(500, measured.operations());
    assertEquals(
        Map.of(Measurement.TURNS, 5.0, Measurement.WITH_WAITS, (30 + 88 - 48) / 5.0),
        measured.extras());
  }

  @Test
  void theLoopsOwnTimeIsNotSubtractedFromItself() {
    assertEquals(12, Spent.measurement(DISTURBED, BATCH, true, false).meanNanosPerOp());
  }

  /** An interrupt only adds; nobody else runs, so there are no waits to tell. */
  @Test
  void whereInstructionsAreCountedTheLowerQuartileIsTheFigure() {
    Spent spent =
        new Spent(
            List.of(15.0, 10.0, 15.0, 10.0, 15.0), List.of(2.0, 9.0, 2.0, 9.0, 9.0), 5 * BATCH);
    Measurement counted = Spent.measurement(List.of(spent), BATCH, false, true);
    assertEquals(8, counted.meanNanosPerOp());
    assertNull(counted.extras());
  }

  @Test
  void bothSidesGoFirstInTurn() {
    List<String> order = new ArrayList<>();
    assertThrows(
        InterruptedByTest.class,
        () ->
            Spent.inTurns(
                Integer.MAX_VALUE,
                BATCH,
                turn -> order.add("operation " + turn) ? 1 : 0,
                turn -> {
                  order.add("loop " + turn);
                  if (turn == 2) {
                    throw new InterruptedByTest();
                  }
                  return 1;
                }));
    assertEquals(
        List.of("operation 0", "loop 0", "loop 1", "operation 1", "operation 2", "loop 2"), order);
  }

  private static final class InterruptedByTest extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void oneTurnIsThereHoweverShortTheTime() {
    Spent one = Spent.inTurns(0, BATCH, _ -> 12, _ -> 2);
    assertEquals(new Spent(List.of(12.0), List.of(2.0), BATCH), one);
  }

  @Test
  void turnsThatAreNoPairsAreRefused() {
    assertEquals(
        "1 turns of the operation and 2 of the loop are no pairs",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Spent(List.of(1.0), List.of(1.0, 2.0), BATCH))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Spent(List.of(), List.of(), 0));
  }
}
