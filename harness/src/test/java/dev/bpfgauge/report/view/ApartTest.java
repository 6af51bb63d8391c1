package dev.bpfgauge.report.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the sampler saw belongs to an arm only where no other was in force in the same second. */
class ApartTest {
  @Test
  void forksOfSeveralArmsInTurnsBelongToNone() {
    List<ForkRecord> forks =
        List.of(
            fork(0, "idle", 0, 100),
            fork(1, "cpu80", 100, 200), // They touch, and do not overlap.
            fork(2, "idle", 300, 900),
            fork(3, "cpu80", 301, 905),
            fork(4, "idle", 302, 904),
            fork(5, "cpu80", 1000, 1500), // One arm, several cells in turns.
            fork(6, "cpu80", 1001, 1500),
            fork(7, "idle", 1600, 1600)); // Not started.

    assertEquals(
        List.of(0, 1, 5, 6), Apart.of(forks.reversed()).stream().map(ForkRecord::seq).toList());
  }

  private static ForkRecord fork(int seq, String arm, long start, long end) {
    return new ForkRecord(
        seq,
        0,
        new Cell("maps", "maps.lookup", Map.of(), arm),
        ForkStatus.OK,
        "",
        Instant.EPOCH,
        start,
        end,
        null,
        List.of());
  }
}
