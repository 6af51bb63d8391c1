package dev.bpfgauge.trend;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.FingerprintDifference;
import dev.bpfgauge.model.FingerprintName;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.stats.Correction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrendTest {
  @TempDir Path results;

  private Trend trend() throws Exception {
    try (Store store = Store.open(Store.in(results))) {
      RunImport.of(store, List.of(results));
      return Trend.newest(store, Anchors.read(results));
    }
  }

  private static CellTrend cell(Trend trend, String map) {
    return trend.cells().stream()
        .filter(cell -> cell.cell().equals(Nights.cell(map, "idle")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void equalNightsAreEquivalent() throws Exception {
    new Nights(results, 1).nights(0, 12);

    Trend trend = trend();

    assertEquals(NightVerdict.EQUIVALENT, cell(trend, "hash").verdict());
    assertEquals(12, trend.nights().size());
    assertFalse(trend.failed());
    assertEquals(List.of(), cell(trend, "hash").changes());
  }

  @Test
  void aConfirmedSlowdownFailsTheGateAndAnUnconfirmedOneDoesNot() throws Exception {
    Nights nights = new Nights(results, 2).nights(0, 12).level("hash", 1100).nights(12, 1);

    Trend unconfirmed = trend();
    assertEquals(NightVerdict.INCONCLUSIVE, cell(unconfirmed, "hash").verdict());
    assertEquals(List.of(Nights.cell("hash", "idle")), unconfirmed.unconfirmed());
    assertFalse(unconfirmed.failed());

    nights.repeatOnce(12, 30);
    assertEquals(1, trend().unconfirmed().size(), "one repetition may be as odd as the night");

    nights.repeatOnce(12, 45);
    Trend confirmed = trend();
    assertEquals(NightVerdict.REGRESSED, cell(confirmed, "hash").verdict());
    assertEquals(NightVerdict.EQUIVALENT, cell(confirmed, "array").verdict());
    assertTrue(confirmed.failed());
    assertEquals(13, confirmed.nights().size(), "a repetition enters no baseline");
    assertEquals(
        cell(unconfirmed, "hash").trust().equalNights() - 1,
        cell(confirmed, "hash").trust().equalNights(),
        "its equal arm is no false alarm: the cell did change");
    assertEquals(0, cell(confirmed, "hash").trust().falseAlarms());
  }

  @Test
  void aNightThatOnlyLooksSlowIsNotConfirmed() throws Exception {
    new Nights(results, 3)
        .nights(0, 12)
        .level("hash", 1100)
        .nights(12, 1)
        .level("hash", 1000)
        .repeat(12);

    Trend trend = trend();

    assertEquals(NightVerdict.INCONCLUSIVE, cell(trend, "hash").verdict());
    assertTrue(cell(trend, "hash").reason().contains("not in the repetition"));
    assertEquals(List.of(), trend.unconfirmed());
  }

  /** The other forks of it were lost. */
  @Test
  void aRepetitionOfOneForkSaysNothing() throws Exception {
    Nights nights =
        new Nights(results, 3).nights(0, 12).level("hash", 1100).nights(12, 1).forks(1).repeat(12);

    Trend trend = trend();

    assertEquals(1, trend.unconfirmed().size(), cell(trend, "hash").reason());

    nights.forks(6).repeatOnce(12, 50).repeatOnce(12, 55);
    assertEquals(NightVerdict.REGRESSED, cell(trend(), "hash").verdict());

    nights.forks(1).nights(13, 1);
    assertEquals(
        "only one fork of the night is ok, and two are the least", cell(trend(), "hash").reason());
  }

  /** One arm's load was not there: nothing happened to its cell. */
  @Test
  void aCellWhoseLoadWasNotReachedIsNotGone() throws Exception {
    new Nights(results, 21).nights(0, 8).unloaded("hash").nights(8, 1);

    Trend trend = trend();

    assertEquals(NightVerdict.LOAD_NOT_REACHED, cell(trend, "hash").verdict());
    assertEquals(
        "no figure in this night: load not reached: 90 % in use, wanted 80 %",
        cell(trend, "hash").reason());
    assertEquals(NightVerdict.EQUIVALENT, cell(trend, "array").verdict());
    assertEquals(List.of(), trend.withoutFigure());
    assertTrue(trend.isAnswered());
  }

  @Test
  void aNightWithoutOneGoodForkDoesNotCount() throws Exception {
    Nights nights =
        new Nights(results, 22).nights(0, 7).unloaded("hash").unloaded("array").nights(7, 1);

    Trend lost = trend();
    assertEquals(7, lost.countedNights());
    assertEquals(List.of(lost.newest()), lost.withoutFigure());
    assertFalse(lost.isAnswered());
    assertFalse(lost.failed());

    nights.loaded().nights(8, 1);
    Trend found = trend();
    assertEquals(8, found.countedNights());
    assertEquals(List.of(Nights.id(7)), found.withoutFigure().stream().map(StoredRun::id).toList());
    assertTrue(found.isAnswered());
    assertEquals(NightVerdict.EQUIVALENT, cell(found, "hash").verdict());
  }

  /** Nights of a machine whose moods differ by a tenth. */
  @Test
  void whatTheReferenceHasPartInIsTakenOut() throws Exception {
    Nights nights = new Nights(results, 31).moods(0.1).nights(0, 14);
    assertEquals(NightVerdict.INCONCLUSIVE, cell(trend(), "hash").verdict(), "as measured");
    assertNull(trend().correction(), "there was no reference");

    nights.reference(200).nights(14, 12);
    Trend equal = trend();
    Correction correction = requireNonNull(equal.correction());
    assertTrue(correction.decides());
    assertTrue(correction.corrected() < 0.02, correction::toString);
    assertEquals(NightVerdict.EQUIVALENT, cell(equal, "hash").verdict());
    CellTrend hash = cell(equal, "hash");
    Point newest = hash.nights().getLast();
    assertEquals(
        requireNonNull(hash.measured()).ratio() / requireNonNull(hash.rolling()).ratio(),
        requireNonNull(newest.measured()).time() / requireNonNull(newest.night()).time(),
        0.03,
        "both are shown");
    assertNotEquals(requireNonNull(hash.measured()).ratio(), hash.rolling().ratio(), 0.001);
    assertEquals(
        0,
        equal.cells().stream().mapToInt(cell -> cell.trust().falseAlarms()).sum(),
        "equal arms are corrected too");
    assertTrue(
        TrendText.terminal(equal, 80).contains("ratios are of corrected figures"),
        TrendText.terminal(equal, 80));

    nights.level("hash", 1120).nights(26, 1).repeat(26);
    assertEquals(NightVerdict.REGRESSED, cell(trend(), "hash").verdict());
    assertEquals(NightVerdict.EQUIVALENT, cell(trend(), "array").verdict());
  }

  @Test
  void aReferenceThatChangesByItselfCorrectsNothing() throws Exception {
    new Nights(results, 32).reference(200).nights(0, 12).reference(240).nights(12, 1);

    Trend trend = trend();

    assertTrue(requireNonNull(trend.correction()).alone());
    assertEquals(NightVerdict.EQUIVALENT, cell(trend, "hash").verdict());
    assertNull(cell(trend, "hash").measured(), "it is what is judged");
    assertTrue(
        TrendText.terminal(trend, 200).contains("getppid, takes another time than in earlier"),
        TrendText.terminal(trend, 200));
  }

  @Test
  void aNightWithoutReferenceIsJudgedAsMeasured() throws Exception {
    Nights nights = new Nights(results, 33).reference(200).nights(0, 12);
    String lacking = "The newest night did not measure getppid beside ";
    assertFalse(TrendText.terminal(trend(), 200).contains(lacking));
    nights.reference(0).nights(12, 1);

    Trend trend = trend();
    assertNull(trend.correction());
    assertEquals(NightVerdict.EQUIVALENT, cell(trend, "hash").verdict());
    assertTrue(
        TrendText.terminal(trend, 200).contains(lacking + trend.cells().size() + " cells"),
        TrendText.terminal(trend, 200));
  }

  @Test
  void oneOddReferenceDecidesNothing() throws Exception {
    new Nights(results, 35)
        .moods(0.1)
        .reference(200)
        .nights(0, 8)
        .reference(1000)
        .nights(8, 1)
        .reference(200)
        .nights(9, 6);

    Correction correction = requireNonNull(trend().correction());
    assertTrue(correction.decides() && correction.corrected() < 0.02, correction::toString);
    assertEquals(NightVerdict.EQUIVALENT, cell(trend(), "hash").verdict());
  }

  @Test
  void aNewerNightThatCannotBeReadIsKnown() throws Exception {
    new Nights(results, 36).nights(0, 7);
    Files.writeString(
        results.resolve(Nights.id(6)).resolve(RunFolder.JOURNAL), "{ no journal\n{ at all\n");
    try (Store store = Store.open(Store.in(results))) {
      RunImport.Outcome read = RunImport.of(store, List.of(results));
      Trend trend = Trend.newest(store, List.of());
      assertEquals(Nights.id(5), trend.newest().id());
      assertTrue(read.isNewerUnread(trend.newest()));
      assertEquals(List.of(Nights.id(6)), read.unread());
    }
  }

  /** Two maps on three arms share a process, then two maps on one. */
  @Test
  void nightsWithOtherCompanyAreNotCompared() throws Exception {
    Nights nights = new Nights(results, 34).shared().nights(0, 8).alone().nights(8, 3);

    CellTrend hash = cell(trend(), "hash");
    assertEquals(2, requireNonNull(hash.rolling()).nights());
    assertEquals(NightVerdict.INCONCLUSIVE, hash.verdict());

    nights.nights(11, 4);
    assertEquals(NightVerdict.EQUIVALENT, cell(trend(), "hash").verdict());
  }

  @Test
  void anImprovementIsNoFailure() throws Exception {
    new Nights(results, 4).nights(0, 12).level("hash", 900).nights(12, 1).repeat(12);

    Trend trend = trend();

    assertEquals(NightVerdict.IMPROVED, cell(trend, "hash").verdict());
    assertFalse(trend.failed());
  }

  @Test
  void whatTheFrozenProgramSeesAsWellIsTheMachines() throws Exception {
    Nights nights = new Nights(results, 5).nights(0, 12);
    for (int night = 0; night < 12; night++) {
      nights.canary(night);
    }
    nights.level("hash", 1100).nights(12, 1).canary(12).repeat(12);

    Trend trend = trend();

    assertTrue(trend.canary());
    assertEquals(NightVerdict.INCONCLUSIVE, cell(trend, "hash").verdict());
    assertTrue(cell(trend, "hash").reason().contains("the machine changed"));
  }

  @Test
  void whatTheFrozenProgramDoesNotSeeIsTheCodes() throws Exception {
    Nights nights = new Nights(results, 6).nights(0, 12);
    for (int night = 0; night < 13; night++) {
      nights.canary(night);
    }
    nights.level("hash", 1100).nights(12, 1).repeat(12);

    assertEquals(NightVerdict.REGRESSED, cell(trend(), "hash").verdict());
  }

  @Test
  void aHistoryOfOneRunSaysWhatItLacks() throws Exception {
    new Nights(results, 7).nights(0, 1);

    CellTrend hash = cell(trend(), "hash");

    assertEquals(NightVerdict.INCONCLUSIVE, hash.verdict());
    assertEquals("0 of the 5 nights that a baseline needs", hash.reason());
    assertNull(hash.rolling());
    assertTrue(Double.isNaN(hash.trust().smallestSeen()));
  }

  @Test
  void aForeignFingerprintBeginsAHistoryOfItsOwnAndSaysWhatChanged() throws Exception {
    new Nights(results, 8).nights(0, 12).fingerprint("kernel", "6.19").nights(12, 1);

    Trend trend = trend();

    assertEquals(1, trend.nights().size());
    assertEquals(List.of(new FingerprintDifference("kernel", "6.19", "6.18")), trend.changed());
    assertEquals(NightVerdict.INCONCLUSIVE, cell(trend, "hash").verdict());
  }

  @Test
  void aCellThatDisappearedIsSaid() throws Exception {
    new Nights(results, 9).nights(0, 8).without("hash").nights(8, 1);

    CellTrend hash = cell(trend(), "hash");

    assertEquals(NightVerdict.GONE, hash.verdict());
    assertTrue(hash.reason().contains("2024-01-08"), hash.reason());
  }

  @Test
  void aCellThatTheKernelRefusesNowIsGoneToo() throws Exception {
    new Nights(results, 9).nights(0, 8).refused("hash").nights(8, 1);

    CellTrend hash = cell(trend(), "hash");

    assertEquals(NightVerdict.GONE, hash.verdict());
    assertTrue(hash.reason().contains("EINVAL"), hash.reason());
  }

  @Test
  void aCellWithoutAFigureInAnyNightIsNotInconclusive() throws Exception {
    new Nights(results, 9).refused("hash").nights(0, 8);

    assertEquals(NightVerdict.NO_FIGURE, cell(trend(), "hash").verdict());
  }

  @Test
  void aGapInTheSeriesIsNoChange() throws Exception {
    new Nights(results, 10).nights(0, 6).nights(40, 6);

    Trend trend = trend();

    assertEquals(12, trend.nights().size());
    assertEquals(NightVerdict.EQUIVALENT, cell(trend, "hash").verdict());
  }

  @Test
  void aStepOfLongAgoIsAChangePointAndTheBaselineBeginsAfterIt() throws Exception {
    new Nights(results, 11).nights(0, 10).level("hash", 1100).nights(10, 10);

    CellTrend hash = cell(trend(), "hash");

    assertEquals(1, hash.changes().size());
    assertEquals(Nights.start(10), hash.changes().getFirst().startedAt());
    assertTrue(hash.changes().getFirst().interval95().contains(1.1));
    assertEquals(NightVerdict.EQUIVALENT, hash.verdict());
    CellTrend.Ratio rolling = hash.rolling();
    CellTrend.Ratio anchored = hash.anchored();
    assertNotNull(rolling);
    assertNotNull(anchored);
    assertEquals(9, rolling.nights());
    assertEquals(1.1, anchored.ratio(), 0.02);
  }

  @Test
  void theAnchorIsKeptWithItsReason() throws Exception {
    new Nights(results, 12).nights(0, 10).level("hash", 1100).nights(10, 10);
    Anchors.add(
        results, RunFolder.resolve(results, Nights.id(5)).readInfo(), "release 1", Nights.start(6));
    Anchors.add(
        results,
        RunFolder.resolve(results, Nights.id(18)).readInfo(),
        "the slower hash is wanted",
        Nights.start(19));

    Trend trend = trend();

    assertEquals(2, Anchors.read(results).size());
    assertNotNull(trend.anchor());
    assertEquals("the slower hash is wanted", trend.anchor().reason());
    CellTrend.Ratio anchored = cell(trend, "hash").anchored();
    assertNotNull(anchored);
    assertEquals(1.0, anchored.ratio(), 0.02);
  }

  /** Files of anchors from before the name was one everywhere still hold. */
  @Test
  void anAnchorUnderTheFormerNameOfAFingerprintIsInForce() throws Exception {
    new Nights(results, 12).nights(0, 10);
    RunInfo run = RunFolder.resolve(results, Nights.id(5)).readInfo();
    Anchors.add(results, run, "release 1", Nights.start(6));
    Path file = results.resolve(Anchors.FILE);
    String former = FingerprintName.former(run.fingerprint());
    assertNotEquals(run.fingerprintName(), former);
    Files.writeString(file, Files.readString(file).replace(run.fingerprintName(), former));
    assertTrue(Files.readString(file).contains(former));

    assertNotNull(trend().anchor());
  }

  /** Newer programs say more of a machine; where it is as usual, that is no change of it. */
  @Test
  void aHistoryGoesOnWhereWhatIsNewInTheFingerprintIsAsUsual() throws Exception {
    Nights nights = new Nights(results, 14).nights(0, 10);
    for (FingerprintPart part : FingerprintPart.values()) {
      nights.fingerprint(part.word(), part.usual());
    }
    nights.nights(10, 5);
    assertEquals(15, trend().nights().size());

    nights.fingerprint("jvm flags", "-Xint").nights(15, 1);

    Trend trend = trend();
    assertEquals(1, trend.nights().size());
    assertEquals("jvm flags was unknown, is -Xint", trend.changed().getFirst().words());
  }

  @Test
  void theGateCountsItsOwnFalseAlarmsAndWhatItSaw() throws Exception {
    new Nights(results, 13).nights(0, 25);

    CellTrend.Trust trust = cell(trend(), "hash").trust();

    assertEquals(20, trust.equalNights());
    assertEquals(0, trust.falseAlarms());
    assertEquals(20, trust.slowedNights());
    assertEquals(50, trust.delayNanos());
    assertTrue(trust.smallestSeen() > 0.03 && trust.smallestSeen() < 0.07, trust.toString());
  }

  @Test
  void theNightsAfterATrueChangeAreNoFalseAlarms() throws Exception {
    new Nights(results, 17).nights(0, 15).level("hash", 1100).nights(15, 15);

    CellTrend.Trust trust = cell(trend(), "hash").trust();

    assertEquals(0, trust.falseAlarms(), trust.toString());
    assertEquals(20, trust.equalNights());
  }

  @Test
  void importingAgainChangesNothing() throws Exception {
    new Nights(results, 14).nights(0, 6);
    try (Store store = Store.open(Store.in(results))) {
      assertEquals(6, RunImport.of(store, List.of(results)).added());
      long size = store.size();
      RunImport.Outcome again = RunImport.of(store, List.of(results));
      assertEquals(0, again.added());
      assertEquals(6, again.already());
      assertEquals(size, store.size());
      assertEquals(6 * 2 * 3, size);
    }
  }

  @Test
  void theSameRunInTwoFoldersIsOneNight() throws Exception {
    new Nights(results, 15).nights(0, 6);
    Path copy = results.resolve("elsewhere");
    new Nights(copy, 15).nights(0, 6);
    try (Store store = Store.open(Store.in(results))) {
      RunImport.of(store, List.of(results, copy));
      assertEquals(6, store.runs().size());
      assertEquals(6 * 2 * 3, store.size());
    }
  }

  @Test
  void whatCannotBeReadIsLeftOutWithItsReasonAndTheRestIsRead() throws Exception {
    new Nights(results, 16).nights(0, 8);
    Path half = results.resolve(Nights.id(1)).resolve(RunFolder.INFO);
    Files.writeString(half, Files.readString(half).replace("\"complete\"", "\"running\""));
    Path newer = results.resolve(Nights.id(2)).resolve(RunFolder.INFO);
    Files.writeString(
        newer, Files.readString(newer).replace("\"formatVersion\" : 1", "\"formatVersion\" : 99"));
    Path torn = results.resolve(Nights.id(3)).resolve(RunFolder.JOURNAL);
    String journal = Files.readString(torn);
    Files.writeString(torn, journal.substring(0, 300) + "#" + journal.substring(301));
    Files.writeString(
        results.resolve(Nights.id(4)).resolve(RunFolder.JOURNAL),
        "{\"seq\":99,\"round",
        StandardOpenOption.APPEND);

    try (Store store = Store.open(Store.in(results))) {
      RunImport.Outcome outcome = RunImport.of(store, List.of(results));
      assertEquals(5, outcome.added());
      assertEquals(3, outcome.leftOut().size(), outcome.leftOut().toString());
      assertTrue(outcome.leftOut().get(0).reason().contains("its harness was killed"));
      assertTrue(outcome.leftOut().get(1).reason().contains("format version 99"));
      assertTrue(outcome.leftOut().get(2).reason().startsWith("journal.jsonl, line "));
    }
  }
}
