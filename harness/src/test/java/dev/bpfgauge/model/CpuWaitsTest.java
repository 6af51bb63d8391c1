package dev.bpfgauge.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the forks' own proofs tell of waits for a CPU. */
class CpuWaitsTest {
  private static final Measurement PLAIN =
      new Measurement(100, List.of(100.0), null, 1, null, null);

  @Test
  void aForkWithLessThanItsDueIsCounted() {
    CpuWaits waits =
        CpuWaits.of(
            List.of(
                fork(PLAIN, proof(CpuWaits.PROOF, 50, 44.6)),
                fork(PLAIN, proof(CpuWaits.PROOF, 50, 45)),
                fork(PLAIN, proof("system cpu", 80, 10)),
                fork(PLAIN, proof(CpuWaits.PROOF, 100, 47))));

    assertEquals(new CpuWaits(3, 2, 44.6), waits);
    assertEquals(
        "other processes took CPU time from 2 of the 3 forks that tell: a measuring thread had less"
            + " than 90 % of what was its due (least: 45 % of a CPU), and its figure holds the"
            + " wait",
        waits.sentence().orElseThrow());
  }

  @Test
  void aMedianOfTurnsHoldsNoWait() {
    Measurement turns = PLAIN.with(Map.of(Measurement.TURNS, 30.0));
    assertTrue(turns.isOfTurns());

    assertEquals(
        Optional.empty(),
        CpuWaits.of(List.of(fork(turns, proof(CpuWaits.PROOF, 100, 5)))).sentence());
  }

  private static LoadCheck proof(String what, double due, double seen) {
    return new LoadCheck(what, "during", due, 1, seen, "%", true);
  }

  private static ForkRecord fork(Measurement measurement, LoadCheck load) {
    return new ForkRecord(
        0,
        0,
        new Cell("maps", "maps.lookup", Map.of(), "idle"),
        ForkStatus.OK,
        "",
        Instant.EPOCH,
        0,
        1,
        measurement,
        List.of(load));
  }
}
