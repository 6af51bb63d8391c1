package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One observation a round, over the operations that both arms have in it. */
class WaitsTest {
  private static final Cell LOOKUP = MadeJournal.cell("maps.lookup", "idle", "map=hash");
  private static final Cell UPDATE = MadeJournal.cell("maps.update", "idle", "map=hash");
  private static final Cell FLOOR = MadeJournal.cell("floor.getppid", "idle");

  @Test
  void roundsAreObservationsAndOperationsArePartsOfThem() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    double[] loaded = {1.2, 1.3, 1.25, 1.22, 1.28};
    for (int round = 0; round < loaded.length; round++) {
      add(journal, round, LOOKUP, 100);
      add(journal, round, LOOKUP.on("cpu80"), 100 * loaded[round] * 1.1);
      add(journal, round, UPDATE, 300);
      add(journal, round, UPDATE.on("cpu80"), 300 * loaded[round] / 1.1);
      add(journal, round, FLOOR, 50);
      add(journal, round, FLOOR.on("cpu80"), 5_000);
    }
    // A difference, of which a fork may be negative.
    Cell net = MadeJournal.cell("hooks.raw_tp", "idle", "body=empty");
    add(journal, 0, net, -3);
    add(journal, 0, net.on("cpu80"), 4);
    // Lost on one side: no part of its round.
    add(journal, 5, LOOKUP.on("cpu80"), 900);
    journal.failed(5, LOOKUP, ForkStatus.CRASHED, "killed");

    Waits waits =
        Waits.of(journal.run(), "cpu80", cell -> !cell.equals(FLOOR.on("cpu80"))).orElseThrow();

    assertEquals(2, waits.operations());
    assertEquals(1.2496, waits.ratio(), 0.0005);
    assertTrue(Objects.requireNonNull(waits.interval95()).contains(1.25));
    assertTrue(waits.interval95().low() > 1.19 && waits.interval95().high() < 1.31);
  }

  @Test
  void fewRoundsHaveNoIntervalAndRunsWithoutTurnsHaveNoWaits() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    add(journal, 0, LOOKUP, 100);
    add(journal, 0, LOOKUP.on("cpu80"), 150);

    Waits waits = Waits.of(journal.run(), "cpu80", _ -> true).orElseThrow();
    assertEquals(1.5, waits.ratio(), 1e-9);
    assertNull(waits.interval95());

    MadeJournal alone = new MadeJournal("idle", "cpu80");
    alone.rounds(LOOKUP, 100, 100).rounds(LOOKUP.on("cpu80"), 150, 150);
    assertEquals(Optional.empty(), Waits.of(alone.run(), "cpu80", _ -> true));
  }

  private static void add(MadeJournal journal, int round, Cell cell, double withWaits) {
    Measurement measured =
        new Measurement(90, List.of(90.0), null, 1000, 0.0, null)
            .with(Map.of(Measurement.WITH_WAITS, withWaits, Measurement.TURNS, 100.0));
    journal.add(journal.size(), round, cell, ForkStatus.OK, "", measured);
  }
}
