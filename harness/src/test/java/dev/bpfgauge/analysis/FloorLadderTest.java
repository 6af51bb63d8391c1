package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloorLadderTest {
  private static final Cell LOOKUP =
      MadeJournal.cell("maps.lookup", "idle", "map=hash", "runtime=java");

  private static Cell floor(String step) {
    return MadeJournal.cell("floor." + step, "idle");
  }

  @Test
  void incrementsAddUpToTheOperationEvenWhereRoundsAreMissing() {
    MadeJournal journal =
        new MadeJournal("idle")
            .rounds(floor("empty"), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
            .rounds(floor("ffm"), 8, 9, 10, 8, 10, 9)
            .rounds(floor("getppid"), 140, 142, 144, 140, 144, 142)
            .rounds(floor("bpf-refused"), 330, 333, 336, 330, 336, 333);
    journal.ok(0, LOOKUP, 1000).failed(1, LOOKUP, ForkStatus.TIMEOUT, "").ok(2, LOOKUP, 1020);
    journal.ok(3, LOOKUP, 1000).ok(4, LOOKUP, 1020).ok(5, LOOKUP, 1010);
    FloorLadder ladder = FloorLadder.of(journal.run()).getFirst();
    assertEquals(5, ladder.rounds());
    assertEquals(5, ladder.steps().size());
    assertEquals(List.of(), ladder.missing());
    assertEquals(
        1010, ladder.steps().stream().mapToDouble(FloorLadder.Step::incrementNanos).sum(), 1e-9);
    FloorLadder.Step top = ladder.steps().getLast();
    assertEquals(LOOKUP, top.cell());
    assertEquals(677, top.incrementNanos(), 1e-9);
    assertNotNull(top.increment95());
    assertTrue(top.increment95().contains(677));
  }

  @Test
  void aStepThatIsNotThereIsNamedAndTheNextOneCarriesItsShare() {
    FloorLadder ladder =
        FloorLadder.of(
                new MadeJournal("idle")
                    .ok(0, floor("getppid"), 140)
                    .failed(0, floor("bpf-refused"), ForkStatus.UNAVAILABLE, "seccomp")
                    .ok(0, LOOKUP, 1000)
                    .run())
            .getFirst();
    assertEquals(List.of("floor.empty", "floor.ffm", "floor.bpf-refused"), ladder.missing());
    assertEquals(860, ladder.steps().getLast().incrementNanos(), 1e-9);
    assertNull(ladder.steps().getLast().increment95());
  }

  @Test
  void whatIsNoJavaCallForEachElementHasNoLadder() {
    Cell batch = MadeJournal.cell("maps.batch-lookup", "idle", "map=hash", "batch=256");
    assertEquals(
        List.of(),
        FloorLadder.of(
            new MadeJournal("idle")
                .ok(0, floor("getppid"), 140)
                .ok(0, batch, 100)
                .ok(0, LOOKUP.with("runtime", "c"), 1000)
                .ok(0, MadeJournal.cell("maps.mmap-read", "idle", "map=array"), 2)
                .ok(0, LOOKUP.on("cpu80"), 1000)
                .run()));
  }
}
