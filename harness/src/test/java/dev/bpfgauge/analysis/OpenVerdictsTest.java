package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a run still asks, and what it would have to measure for it. */
class OpenVerdictsTest {
  private static final double[] STEADY = {100, 101, 100, 99, 100, 100};
  private static final double[] UNSTEADY = {100, 130, 90, 110, 95, 120};

  private static Cell lookup(String map, String arm) {
    return MadeJournal.cell("maps.lookup", arm, "map=" + map);
  }

  private static OpenVerdicts undecided(MadeJournal journal) {
    return OpenVerdicts.undecided(journal.run(), cells(journal));
  }

  private static OpenVerdicts widerThan(double share, MadeJournal journal) {
    return OpenVerdicts.widerThan(share, journal.run(), cells(journal));
  }

  private static Set<Cell> cells(MadeJournal journal) {
    return journal.run().forks().stream().map(ForkRecord::cell).collect(Collectors.toSet());
  }

  /** What was measured for its own sake in the first rounds. */
  @Test
  void whatFurtherRoundsDoNotHaveDoesNotHoldUpTheRest() {
    MadeJournal journal = new MadeJournal("idle");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("array", "idle"), UNSTEADY);

    assertEquals(
        new OpenVerdicts(0, 0, Set.of()),
        OpenVerdicts.undecided(journal.run(), Set.of(lookup("hash", "idle"))));
  }

  @Test
  void anOpenVerdictAsksForBothItsSides() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("hash", "cpu80"), UNSTEADY);
    journal.rounds(lookup("lru-hash", "idle"), STEADY);
    journal.rounds(lookup("lru-hash", "cpu80"), STEADY);

    OpenVerdicts open = undecided(journal);

    assertEquals(
        new OpenVerdicts(2, 1, Set.of(lookup("hash", "idle"), lookup("hash", "cpu80"))), open);
  }

  /** On the first arm alone, and of those that a reader chooses between. */
  @Test
  void mapsAreHeldAgainstEachOther() {
    MadeJournal journal = new MadeJournal("idle");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("array", "idle"), UNSTEADY);
    journal.rounds(lookup("lru-hash", "idle"), UNSTEADY);

    OpenVerdicts open = undecided(journal);

    assertEquals(
        new OpenVerdicts(1, 1, Set.of(lookup("hash", "idle"), lookup("array", "idle"))), open);
  }

  @Test
  void theFloorAsksNothing() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(MadeJournal.cell("floor.getppid", "idle"), STEADY);
    journal.rounds(MadeJournal.cell("floor.getppid", "cpu80"), UNSTEADY);

    assertEquals(new OpenVerdicts(0, 0, Set.of()), undecided(journal));
    assertEquals(new OpenVerdicts(0, 0, Set.of()), widerThan(.01, journal));
  }

  /** More rounds do not bring back a load that is never there. */
  @Test
  void whatIsNeverMeasuredDoesNotHoldUpTheRest() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    for (int round = 0; round < 6; round++) {
      journal.failed(round, lookup("hash", "cpu80"), ForkStatus.LOAD_NOT_REACHED, "no load");
    }

    assertEquals(new OpenVerdicts(0, 0, Set.of()), undecided(journal));
  }

  @Test
  void wideIntervalsAreOpenWhateverTheVerdict() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("hash", "cpu80"), 200, 203, 198, 199, 202, 201);

    assertEquals(0, undecided(journal).open());
    assertEquals(new OpenVerdicts(3, 0, Set.of()), widerThan(.05, journal));
    assertEquals(3, widerThan(.001, journal).open());
    assertEquals(3, widerThan(.001, journal).asked(), "two means and a ratio");
  }
}
