package dev.bpfgauge.analysis;

import static dev.bpfgauge.analysis.MadeJournal.cell;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.ReferencesCompared.Change;
import dev.bpfgauge.analysis.RunComparison.AcrossRuns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.stats.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunComparisonTest {
  private static final Cell HASH = cell("maps.lookup", "idle", "map=hash");
  private static final Cell ARRAY = cell("maps.lookup", "idle", "map=array");
  private static final Cell FLOOR = cell("floor.getppid", "idle");

  @Test
  void cellsAreComparedByKeyAndNotByRound() {
    MadeJournal before =
        new MadeJournal("idle")
            .rounds(HASH, 1000, 1005, 995, 1002, 998)
            .rounds(ARRAY, 900, 905, 895, 902, 898);
    MadeJournal now =
        new MadeJournal("idle")
            .rounds(ARRAY, 901, 904, 896, 899, 900)
            .rounds(HASH, 1300, 1305, 1295, 1310, 1302, 1298);
    RunComparison compared = RunComparison.of(now.run(), before.run(), 0.03);
    assertEquals(List.of(ARRAY, HASH), compared.cells().stream().map(AcrossRuns::cell).toList());
    assertEquals(Verdict.EQUIVALENT, compared.cells().getFirst().verdict());
    AcrossRuns hash = compared.with(Verdict.SLOWER).getFirst();
    assertEquals(HASH, hash.cell());
    assertEquals(1.3017, hash.ratio(), 1e-4);
    assertEquals(List.of(), compared.differences());
    assertEquals(
        Verdict.FASTER,
        RunComparison.of(before.run(), now.run(), 0.03).cells().getFirst().verdict());
  }

  /** All forks of such a journal begin at once, as those of a process do. */
  @Test
  void whatSharedItsCachesWithOthersIsNotComparedWithWhatDidNot() {
    MadeJournal alone = new MadeJournal("idle");
    MadeJournal beside = new MadeJournal("idle");
    for (int round = 0; round < 5; round++) {
      alone.add(round, round, HASH, ForkStatus.OK, "", turns(1000 + round));
      beside.add(2 * round, round, HASH, ForkStatus.OK, "", turns(1100 + round));
      beside.add(2 * round + 1, round, ARRAY, ForkStatus.OK, "", turns(900 + round));
    }
    AcrossRuns compared = RunComparison.of(beside.run(), alone.run(), 0.03).cells().getFirst();
    assertEquals(Verdict.INCONCLUSIVE, compared.verdict());
    assertEquals(
        "measured in processes with 9 other cells here and 4 there, whose caches they share",
        compared.reason());
    assertEquals(
        Verdict.EQUIVALENT,
        RunComparison.of(alone.run(), alone.run(), 0.03).cells().getFirst().verdict());
  }

  private static Measurement turns(double nanos) {
    return new Measurement(nanos, List.of(nanos), null, 10, null, null)
        .with(Map.of(Measurement.TURNS, 100.0));
  }

  @Test
  void aNetCostBelowResolutionIsComparedByItsDifference() {
    Cell hook = cell("hooks.raw_tp", "idle", "body=empty");
    Cell other = cell("hooks.raw_tp", "idle", "body=counter");
    MadeJournal before =
        new MadeJournal("idle").rounds(hook, -4, 3, 7, -1, 5).rounds(other, -4, 3, 7, -1, 5);
    MadeJournal now =
        new MadeJournal("idle").rounds(hook, 95, 103, 107, 99, 106).rounds(other, 2, -3, 4, 1, -2);
    RunComparison compared = RunComparison.of(now.run(), before.run(), 0.03);
    AcrossRuns slower = compared.with(Verdict.SLOWER).getFirst();
    assertEquals(hook, slower.cell());
    assertEquals(Double.NaN, slower.ratio());
    assertEquals(100, Objects.requireNonNull(slower.difference()).mean(), 1e-12);
    assertEquals(Double.NaN, slower.smallestSeen());
    AcrossRuns open = compared.with(Verdict.INCONCLUSIVE).getFirst();
    assertEquals(other, open.cell());
    assertEquals(
        "a cost is below resolution, and the difference reaches to within the margin",
        open.reason());
  }

  @Test
  void aCellOfOneRunAloneIsSaid() {
    MadeJournal before = new MadeJournal("idle").rounds(HASH, 1000, 1001);
    MadeJournal now = new MadeJournal("idle").rounds(ARRAY, 900, 901);
    RunComparison compared = RunComparison.of(now.run(), before.run(), 0.03);
    assertEquals(List.of(), compared.cells());
    assertEquals(List.of(ARRAY), compared.onlyInSubject());
    assertEquals(List.of(HASH), compared.onlyInReference());
  }

  @Test
  void aCellThatCouldBeMeasuredBeforeIsInconclusiveAndSaysWhy() {
    MadeJournal before =
        new MadeJournal("idle")
            .rounds(HASH, 1000, 1001)
            .failed(0, ARRAY, ForkStatus.REFUSED, "EINVAL");
    MadeJournal now =
        new MadeJournal("idle")
            .failed(0, HASH, ForkStatus.CRASHED, "SIGSEGV")
            .failed(0, ARRAY, ForkStatus.REFUSED, "EINVAL");
    RunComparison compared = RunComparison.of(now.run(), before.run(), 0.03);
    assertEquals(1, compared.cells().size(), "what neither kernel can do is no comparison");
    assertEquals(Verdict.INCONCLUSIVE, compared.cells().getFirst().verdict());
    assertEquals(
        "the run judged has no ok fork; others were crashed (SIGSEGV)",
        compared.cells().getFirst().reason());
  }

  @Test
  void oneForkHasNoScatter() {
    RunComparison compared =
        RunComparison.of(
            new MadeJournal("idle").rounds(HASH, 1300, 1301).run(),
            new MadeJournal("idle").rounds(HASH, 1000).run(),
            0.03);
    assertEquals("the reference has only one ok fork", compared.cells().getFirst().reason());
    assertTrue(compared.cells().getFirst().indicative());
  }

  @Test
  void aFloorThatMovedIsNamed() {
    RunComparison compared =
        RunComparison.of(
            new MadeJournal("idle").rounds(FLOOR, 150, 150.1, 149.9, 150.2, 149.8).run(),
            new MadeJournal("idle").rounds(FLOOR, 130, 130.1, 129.9, 130.2, 129.8).run(),
            0.03);
    assertEquals(FLOOR, compared.movedFloor().getFirst().cell());
  }

  @Test
  void anAnswerThatChangedIsNamedAndGetsNoVerdict() {
    Cell loads = cell("loads.kprobe", "6.12");
    RunComparison compared =
        RunComparison.of(
            new MadeJournal("6.12").add(0, 0, loads, ForkStatus.OK, "", answers(0)).run(),
            new MadeJournal("6.12").add(0, 0, loads, ForkStatus.OK, "", answers(1)).run(),
            0.03);
    assertEquals(List.of(), compared.cells());
    assertEquals(
        List.of(new RunComparison.Answer(loads, "helper_bpf_loop", "no", "yes")),
        compared.answers());
  }

  @Test
  void correctedFiguresDecideWhereTheyLieCloserTogether() {
    double[] machine = {1, 1.1, 1.2, 1.05, 1.15};
    RunComparison compared =
        RunComparison.of(
            referenced(new MadeJournal("idle"), 1000, machine, 1.2).run(),
            referenced(new MadeJournal("idle"), 1000, machine, 1).run(),
            0.03);

    AcrossRuns cell = compared.cells().getFirst();
    assertEquals(Verdict.EQUIVALENT, cell.verdict());
    assertEquals(1.0, cell.ratio(), 0.01);
    assertEquals(1.2, Objects.requireNonNull(cell.rawRatio()), 0.01);
    assertTrue(Objects.requireNonNull(compared.references().correction()).taken() > 0.9);
    assertEquals(1.2, compared.references().references().getFirst().ratio(), 1e-9);
    assertEquals(
        List.of(Reference.SYSCALL),
        compared.references().references().stream().map(Change::reference).toList(),
        "the others are absent");
  }

  @Test
  void aReferenceThatChangedAloneIsSaidAndMakesNoAlarm() {
    double[] before = {1, 1.1, 1.2, 1.05, 1.15};
    MadeJournal now = new MadeJournal("idle");
    for (int round = 0; round < before.length; round++) {
      now.add(
          round, round, HASH, ForkStatus.OK, "", beside(1000 * before[round], 200 * before[round]));
    }
    RunComparison compared =
        RunComparison.of(
            now.run(), referenced(new MadeJournal("idle"), 1000, before, 1).run(), 0.03);

    AcrossRuns cell = compared.cells().getFirst();
    assertTrue(compared.references().isAlone());
    assertEquals(1, cell.ratio(), 0.01);
    assertNotEquals(Verdict.FASTER, cell.verdict(), "half in units of the reference");
    assertEquals(Reference.SYSCALL, compared.references().changed().getFirst().reference());
  }

  @Test
  void referencesThatAddNoiseOrStandBesideTheFloorCorrectNothing() {
    double[] steady = {1, 1.001, 0.999, 1, 1.002};
    double[] wild = {1, 1.5, 0.7, 1.2, 0.8};
    MadeJournal run = new MadeJournal("idle");
    for (int round = 0; round < steady.length; round++) {
      run.add(
          2 * round,
          round,
          HASH,
          ForkStatus.OK,
          "",
          beside(1000 * steady[round], 100 * wild[round]));
      run.add(
          2 * round + 1,
          round,
          FLOOR,
          ForkStatus.OK,
          "",
          beside(100 * wild[round], 100 * wild[round]));
    }
    RunComparison compared = RunComparison.of(run.run(), run.run(), 0.03);

    assertFalse(compared.references().decide());
    compared.cells().forEach(cell -> assertNull(cell.rawRatio()));
    RunComparison none =
        RunComparison.of(
            run.run(),
            new MadeJournal("idle").rounds(HASH, 1000, 1001, 999, 1000, 1000).run(),
            0.03);
    assertEquals(new ReferencesCompared(List.of(), null), none.references());
  }

  /** Forks of a machine that is so much slower in each, and in all of them. */
  private static MadeJournal referenced(
      MadeJournal run, double nanos, double[] machine, double all) {
    double[] own = {1, 1.002, 0.998, 1.001, 0.999};
    for (int i = 0; i < machine.length; i++) {
      double slower = all * machine[i];
      run.add(i, i, HASH, ForkStatus.OK, "", beside(nanos * slower * own[i], 100 * slower));
    }
    return run;
  }

  private static Measurement beside(double nanos, double syscall) {
    return new Measurement(nanos, List.of(nanos), null, 10, null, null)
        .with(Map.of(Reference.SYSCALL.key(), syscall));
  }

  private static Measurement answers(double loop) {
    return new Measurement(1000, List.of(1000.0), null, 10, null, null)
        .with(new TreeMap<>(Map.of("helper_bpf_loop", loop, "helper_map_lookup", 1.0)));
  }
}
