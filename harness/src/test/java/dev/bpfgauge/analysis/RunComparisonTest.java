package dev.bpfgauge.analysis;

import static dev.bpfgauge.analysis.Journal.cell;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunComparison.AcrossRuns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
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
    Journal before =
        new Journal("idle")
            .rounds(HASH, 1000, 1005, 995, 1002, 998)
            .rounds(ARRAY, 900, 905, 895, 902, 898);
    Journal now =
        new Journal("idle")
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

  @Test
  void aNetCostBelowResolutionIsComparedByItsDifference() {
    Cell hook = cell("hooks.raw_tp", "idle", "body=empty");
    Cell other = cell("hooks.raw_tp", "idle", "body=counter");
    Journal before =
        new Journal("idle").rounds(hook, -4, 3, 7, -1, 5).rounds(other, -4, 3, 7, -1, 5);
    Journal now =
        new Journal("idle").rounds(hook, 95, 103, 107, 99, 106).rounds(other, 2, -3, 4, 1, -2);
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
    Journal before = new Journal("idle").rounds(HASH, 1000, 1001);
    Journal now = new Journal("idle").rounds(ARRAY, 900, 901);
    RunComparison compared = RunComparison.of(now.run(), before.run(), 0.03);
    assertEquals(List.of(), compared.cells());
    assertEquals(List.of(ARRAY), compared.onlyInSubject());
    assertEquals(List.of(HASH), compared.onlyInReference());
  }

  @Test
  void aCellThatCouldBeMeasuredBeforeIsInconclusiveAndSaysWhy() {
    Journal before =
        new Journal("idle").rounds(HASH, 1000, 1001).failed(0, ARRAY, ForkStatus.REFUSED, "EINVAL");
    Journal now =
        new Journal("idle")
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
            new Journal("idle").rounds(HASH, 1300, 1301).run(),
            new Journal("idle").rounds(HASH, 1000).run(),
            0.03);
    assertEquals("the reference has only one ok fork", compared.cells().getFirst().reason());
    assertTrue(compared.cells().getFirst().indicative());
  }

  @Test
  void aFloorThatMovedIsNamed() {
    RunComparison compared =
        RunComparison.of(
            new Journal("idle").rounds(FLOOR, 150, 150.1, 149.9, 150.2, 149.8).run(),
            new Journal("idle").rounds(FLOOR, 130, 130.1, 129.9, 130.2, 129.8).run(),
            0.03);
    assertEquals(FLOOR, compared.movedFloor().getFirst().cell());
  }

  @Test
  void anAnswerThatChangedIsNamedAndGetsNoVerdict() {
    Cell loads = cell("loads.kprobe", "6.12");
    RunComparison compared =
        RunComparison.of(
            new Journal("6.12").add(0, 0, loads, ForkStatus.OK, "", answers(0)).run(),
            new Journal("6.12").add(0, 0, loads, ForkStatus.OK, "", answers(1)).run(),
            0.03);
    assertEquals(List.of(), compared.cells());
    assertEquals(
        List.of(new RunComparison.Answer(loads, "helper_bpf_loop", "no", "yes")),
        compared.answers());
  }

  private static Measurement answers(double loop) {
    return new Measurement(1000, List.of(1000.0), null, 10, null, null)
        .with(new TreeMap<>(Map.of("helper_bpf_loop", loop, "helper_map_lookup", 1.0)));
  }
}
