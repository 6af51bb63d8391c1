package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a run still asks, and what it would have to measure for it. */
class OpenVerdictsTest {
  private static final double[] STEADY = {100, 101, 100, 99, 100, 100};
  private static final double[] UNSTEADY = {100, 130, 90, 110, 95, 120};

  private static Cell lookup(String map, String arm) {
    return MadeJournal.cell("maps.lookup", arm, "map=" + map);
  }

  @Test
  void anOpenVerdictAsksForBothItsSides() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("hash", "cpu80"), UNSTEADY);
    journal.rounds(lookup("lru-hash", "idle"), STEADY);
    journal.rounds(lookup("lru-hash", "cpu80"), STEADY);

    OpenVerdicts open = OpenVerdicts.undecided(journal.run());

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

    OpenVerdicts open = OpenVerdicts.undecided(journal.run());

    assertEquals(
        new OpenVerdicts(1, 1, Set.of(lookup("hash", "idle"), lookup("array", "idle"))), open);
  }

  @Test
  void theFloorAsksNothing() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(MadeJournal.cell("floor.getppid", "idle"), STEADY);
    journal.rounds(MadeJournal.cell("floor.getppid", "cpu80"), UNSTEADY);

    assertEquals(new OpenVerdicts(0, 0, Set.of()), OpenVerdicts.undecided(journal.run()));
    assertEquals(new OpenVerdicts(0, 0, Set.of()), OpenVerdicts.widerThan(.01, journal.run()));
  }

  /** More rounds do not bring back a load that is never there. */
  @Test
  void whatIsNeverMeasuredDoesNotHoldUpTheRest() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    for (int round = 0; round < 6; round++) {
      journal.failed(round, lookup("hash", "cpu80"), ForkStatus.LOAD_NOT_REACHED, "no load");
    }

    assertEquals(new OpenVerdicts(0, 0, Set.of()), OpenVerdicts.undecided(journal.run()));
  }

  @Test
  void wideIntervalsAreOpenWhateverTheVerdict() {
    MadeJournal journal = new MadeJournal("idle", "cpu80");
    journal.rounds(lookup("hash", "idle"), STEADY);
    journal.rounds(lookup("hash", "cpu80"), 200, 203, 198, 199, 202, 201);

    assertEquals(0, OpenVerdicts.undecided(journal.run()).open());
    assertEquals(new OpenVerdicts(3, 0, Set.of()), OpenVerdicts.widerThan(.05, journal.run()));
    assertEquals(3, OpenVerdicts.widerThan(.001, journal.run()).open());
    assertEquals(3, OpenVerdicts.widerThan(.001, journal.run()).asked(), "two means and a ratio");
  }
}
