package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.view.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The guide argues from the figures of the run, of each suite apart. */
class GuideTest {
  private final RunData usual = SampleRuns.usual(1, 6);
  private final List<ForkRecord> forks = new ArrayList<>(usual.forks());

  private void insideTheKernel(String operation, String map, double nanos) {
    for (int round = 0; round < 6; round++) {
      insideTheKernel(round, operation, map, nanos + 0.01 * round);
    }
  }

  private void insideTheKernel(int round, String operation, String map, double nanos) {
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            new Cell(
                "kernel-maps",
                "kernel-maps." + operation,
                Map.of("map", map, "entries", "1024"),
                "idle"),
            ForkStatus.OK,
            "",
            usual.forks().getFirst().startedAt(),
            1,
            2,
            new Measurement(nanos, List.of(nanos), null, 1000, null, null),
            List.of()));
  }

  private List<Guide.Advice> advice() {
    RunData run = new RunData(usual.info(), forks, usual.samples(), List.of());
    return new Guide(new Evidence(RunAnalysis.of(run))).all();
  }

  private Guide.Advice about(String words) {
    return advice().stream().filter(a -> a.question().contains(words)).findFirst().orElseThrow();
  }

  @Test
  void insideTheKernelIsAnsweredFromItsOwnCells() {
    insideTheKernel("lookup", "array", 2);
    insideTheKernel("lookup", "hash", 36);
    insideTheKernel("update", "percpu-hash", 90);
    insideTheKernel("update", "hash", 90);
    assertEquals("faster", about("inside a BPF program").css());
    assertTrue(about("inside a BPF program").evidence().contains("36"));
    assertEquals("equivalent", about("per-CPU hash for what a program writes").css());
    assertFalse(about("for lookups?").evidence().contains("36"), "the user-space question");
    assertTrue(about("How much can the map matter").answer().contains("the next answers"));
  }

  @Test
  void aRunFromUserSpaceAloneNamesTheSuiteThatIsMissing() {
    assertTrue(advice().stream().noneMatch(a -> a.question().contains("inside a BPF program")));
    assertTrue(about("How much can the map matter").answer().contains("--suite kernel-maps"));
  }

  @Test
  void theRoundsItAsksForFollowFromTheInterval() {
    insideTheKernel("lookup", "hash", 36);
    double[] factors = {1.02, 0.97, 1.05, 0.98, 1.04, 0.96};
    for (int round = 0; round < 6; round++) {
      insideTheKernel(round, "lookup", "array", 36 * factors[round]);
    }
    String answer = about("inside a BPF program").answer();
    assertTrue(
        answer.matches(
            "Inconclusive: with 6 pairs .* about \\d+ more rounds \\(\\d+ min\\) would decide\\."),
        answer);
  }

  @Test
  void ofTwoPairsNoRoundsAreDerived() {
    for (int round = 0; round < 2; round++) {
      insideTheKernel(round, "lookup", "hash", 36);
      insideTheKernel(round, "lookup", "array", 30 + 8 * round);
    }
    assertTrue(
        about("inside a BPF program")
            .answer()
            .contains("2 pairs are too few; at least 5 are needed"));
    assertFalse(about("inside a BPF program").evidence().contains("["), "no interval of two");
  }
}
