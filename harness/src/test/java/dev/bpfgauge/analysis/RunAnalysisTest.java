package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunAnalysisTest {
  private static final Cell HASH_IDLE = MadeJournal.cell("maps.lookup", "idle", "map=hash");
  private static final Cell HASH_CPU80 = HASH_IDLE.on("cpu80");
  private static final Cell ARRAY_IDLE = HASH_IDLE.with("map", "array");

  @Test
  void aSlowerCellIsCalledSlowerAgainstTheFirstArm() {
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle", "cpu80")
                .rounds(HASH_IDLE, 1000, 1010, 990, 1005, 995)
                .rounds(HASH_CPU80, 1100, 1112, 1088, 1104, 1096)
                .run());
    CellComparison comparison = analysis.comparisons().getFirst();
    assertEquals(HASH_CPU80, comparison.subject());
    assertEquals(HASH_IDLE, comparison.reference());
    assertEquals(5, comparison.pairs());
    assertEquals(1.10, comparison.ratio(), 0.002);
    assertEquals(Verdict.SLOWER, comparison.verdict());
    assertFalse(comparison.indicative());
    assertEquals("", comparison.reason());
  }

  @Test
  void driftThatHitsBothArmsOfARoundAlikeDoesNotEnterTheRatio() {
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle", "idle#2")
                .rounds(HASH_IDLE, 1000, 1200, 1500, 1800, 2500)
                .rounds(HASH_IDLE.on("idle#2"), 1003, 1195, 1505, 1796, 2507)
                .run());
    assertEquals(Verdict.EQUIVALENT, analysis.comparisons().getFirst().verdict());
    assertTrue(analysis.cells().getFirst().cvBetween() > 0.3);
  }

  @Test
  void aNetCostKeepsForksBelowZero() {
    Cell idle = MadeJournal.cell("hooks.raw_tp", "idle", "body=empty");
    Cell cpu80 = idle.on("cpu80");
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle", "cpu80")
                .rounds(idle, -4, 3, 7, -1, 5)
                .rounds(cpu80, 95, 103, 107, 99, 106)
                .run());
    CellSummary summary = analysis.cells().getFirst();
    assertEquals(5, summary.forks());
    assertEquals(2, summary.mean(), 1e-12);
    Interval interval = summary.interval95();
    assertNotNull(interval);
    // t(4, 0.975) = 2.776445, deviation √20.
    assertEquals(2 - 2.776445 * 2, interval.low(), 1e-5);
    assertEquals(2 + 2.776445 * 2, interval.high(), 1e-5);
    assertEquals(Double.NaN, summary.cvBetween());
    assertFalse(summary.isResolved());
    CellComparison comparison = analysis.comparisons().getFirst();
    assertEquals(Double.NaN, comparison.ratio());
    assertEquals(100, Objects.requireNonNull(comparison.difference()).mean(), 1e-12);
    assertEquals(Verdict.SLOWER, comparison.verdict());
  }

  @Test
  void aTimeAtOrBelowZeroIsRefused() {
    for (String cell : List.of("maps.lookup", "kernel-maps.loop", "mllb.loop")) {
      MadeJournal journal = new MadeJournal("idle").rounds(MadeJournal.cell(cell, "idle"), 5, 0);
      assertThrows(IllegalArgumentException.class, () -> RunAnalysis.of(journal.run()), cell);
    }
    for (String cell : List.of("hooks.raw_tp", "kernel-maps.lookup", "mllb.inference")) {
      MadeJournal journal = new MadeJournal("idle").rounds(MadeJournal.cell(cell, "idle"), 5, 0);
      assertEquals(2.5, RunAnalysis.of(journal.run()).cells().getFirst().mean(), cell);
    }
  }

  @Test
  void cellsAreInPlanOrderWhateverOrderChanceGaveTheArms() {
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle", "cpu80")
                .ok(0, HASH_CPU80, 1100)
                .ok(0, ARRAY_IDLE, 900)
                .ok(0, HASH_IDLE, 1000)
                .ok(0, ARRAY_IDLE.on("cpu80"), 950)
                .run());
    assertEquals(
        List.of(HASH_IDLE, HASH_CPU80, ARRAY_IDLE, ARRAY_IDLE.on("cpu80")),
        analysis.cells().stream().map(CellSummary::cell).toList());
    assertEquals(
        List.of(HASH_CPU80, ARRAY_IDLE.on("cpu80")),
        analysis.comparisons().stream().map(CellComparison::subject).toList());
  }

  @Test
  void onlyRoundsWithBothSidesPair() {
    CellComparison comparison =
        RunAnalysis.of(
                new MadeJournal("idle", "cpu80")
                    .ok(0, HASH_IDLE, 1000)
                    .ok(1, HASH_IDLE, 3000)
                    .ok(2, HASH_IDLE, 1000)
                    .ok(0, HASH_CPU80, 1500)
                    .failed(1, HASH_CPU80, ForkStatus.TIMEOUT, "no end after 60 s")
                    .ok(2, HASH_CPU80, 1500)
                    .run())
            .comparisons()
            .getFirst();
    assertEquals(2, comparison.pairs());
    assertEquals(1.5, comparison.ratio(), 1e-12);
    assertTrue(comparison.indicative());
  }

  @Test
  void ofARepeatedPlanPositionTheLaterLineCounts() {
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle")
                .add(7, 0, HASH_IDLE, ForkStatus.CRASHED, "out of memory", null)
                .ok(7, 0, HASH_IDLE, 1000)
                .ok(8, 1, HASH_IDLE, 5000)
                .ok(8, 1, HASH_IDLE, 1002)
                .run());
    CellSummary cell = analysis.cells().getFirst();
    assertEquals(List.of(1000.0, 1002.0), cell.forkMeans());
    assertEquals(Map.of(), cell.notOk());
  }

  @Test
  void forksWhoseLoadWasNotReachedGiveNoVerdictAndTheComparisonSaysWhy() {
    MadeJournal journal = new MadeJournal("idle", "cpu80").rounds(HASH_IDLE, 1000, 1010, 990);
    Measurement measured = new Measurement(1100, List.of(), null, 10, null, null);
    for (int round = 0; round < 3; round++) {
      journal.add(
          10 + round, round, HASH_CPU80, ForkStatus.LOAD_NOT_REACHED, "system at 41 %", measured);
    }
    RunAnalysis analysis = RunAnalysis.of(journal.run());
    CellSummary summary = analysis.cells().get(1);
    assertEquals(0, summary.forks());
    assertTrue(Double.isNaN(summary.mean()));
    assertNull(summary.interval95());
    assertEquals(Map.of(ForkStatus.LOAD_NOT_REACHED, 3), summary.notOk());
    assertEquals("system at 41 %", summary.reason());
    CellComparison comparison = analysis.comparisons().getFirst();
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict());
    assertEquals(0, comparison.pairs());
    assertTrue(Double.isNaN(comparison.ratio()));
    assertTrue(comparison.reason().contains("3 of 3 forks were not ok (system at 41 %)"));
  }

  @Test
  void whatTheKernelRefusesIsNotCompared() {
    Cell delete = MadeJournal.cell("maps.delete", "idle", "map=array");
    RunAnalysis analysis =
        RunAnalysis.of(
            new MadeJournal("idle", "cpu80")
                .failed(0, delete, ForkStatus.REFUSED, "EINVAL")
                .failed(0, delete.on("cpu80"), ForkStatus.REFUSED, "EINVAL")
                .run());
    assertEquals(List.of(), analysis.comparisons());
    assertEquals("EINVAL", analysis.cells().getFirst().reason());
  }

  @Test
  void oneForkOnEachSideIsInconclusive() {
    CellComparison comparison =
        RunAnalysis.of(
                new MadeJournal("idle", "cpu80")
                    .ok(0, HASH_IDLE, 1000)
                    .ok(0, HASH_CPU80, 2000)
                    .run())
            .comparisons()
            .getFirst();
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict());
    assertEquals(2.0, comparison.ratio(), 1e-12);
    assertNull(comparison.interval95());
    assertTrue(comparison.reason().contains("only one round"));
  }

  @Test
  void noiseInOneOfManyCellsIsNoAlarm() {
    Random random = new Random(1);
    MadeJournal journal = new MadeJournal("idle", "idle#2");
    for (int i = 0; i < 40; i++) {
      Cell cell = HASH_IDLE.with("entries", Integer.toString(i + 1));
      for (int round = 0; round < 5; round++) {
        journal.ok(round, cell, 1000);
        // The first cell is steadily +9 %: alone that is p = 0.003, among 40 such cells it is luck.
        double noisy = 1000 * Math.exp(0.06 * random.nextGaussian());
        journal.ok(round, cell.on("idle#2"), i == 0 ? 1065 + 10 * round : noisy);
      }
    }
    CellComparison comparison = RunAnalysis.of(journal.run()).comparisons().getFirst();
    assertNotNull(comparison.interval95());
    assertTrue(comparison.interval95().low() > 1.03);
    assertEquals(Verdict.INCONCLUSIVE, comparison.verdict());
    assertTrue(
        comparison
            .reason()
            .endsWith("of 3 % taken alone, but not sure enough among the comparisons of this run"));
  }

  @Test
  void batchPercentilesAreMediansOverForksAndTheMaximumIsTheLargest() {
    MadeJournal journal = new MadeJournal("idle");
    for (int fork = 0; fork < 3; fork++) {
      Measurement.Batches batches =
          new Measurement.Batches(64, 100, 10 + fork, 20 + fork, 30 + fork, 40 + 10 * fork);
      journal.add(
          fork,
          fork,
          HASH_IDLE,
          ForkStatus.OK,
          "",
          new Measurement(11, List.of(10.0, 12.0), batches, 6400, fork * 0.1, 1.0 + fork));
    }
    CellSummary cell = RunAnalysis.of(journal.run()).cells().getFirst();
    assertEquals(new Measurement.Batches(64, 300, 11, 21, 31, 60), cell.batches());
    assertEquals(0.2, cell.bytesPerOp());
    // Six iterations in one pool: t(5 degrees of freedom, 0.9995) = 6.8688, deviation √1.2.
    assertNotNull(cell.pooledErrorNanos());
    assertEquals(6.8688 * Math.sqrt(1.2 / 6), cell.pooledErrorNanos(), 1e-4);
    assertEquals(Math.sqrt(2) / 11, cell.cvWithin(), 1e-12);
    assertEquals(0, cell.cvBetween());
  }

  @Test
  void aForkThatIsOkWithoutATimeIsRefusedByName() {
    MadeJournal journal = new MadeJournal("idle").ok(3, 0, HASH_IDLE, 0);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> RunAnalysis.of(journal.run()))
            .toString()
            .contains("fork 3 (maps.lookup[map=hash]@idle)"));
  }
}
