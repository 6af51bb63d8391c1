package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a decision proves to have been. */
class OutcomesTest {
  private static final long COLD = 1_000_000;
  private static final long HOT = 10_000;

  private static long[] row(long moved, long waited, long delta) {
    long[] row = new long[Column.values().length];
    row[Column.TEST_AGGRESSIVE.index()] = 1;
    row[Column.SRC_LEN.index()] = 3;
    row[Column.DST_LEN.index()] = 0;
    row[Column.CAN_MIGRATE.index()] = moved;
    row[Column.WAITED.index()] = waited;
    row[Column.DELTA.index()] = delta;
    return row;
  }

  private static Outcomes taught() {
    Outcomes outcomes = new Outcomes();
    for (int i = 0; i < 20; i++) {
      outcomes.of(row(0, 3_000_000, COLD));
      outcomes.of(row(1, 200_000, COLD));
    }
    return outcomes;
  }

  @Test
  void nothingIsKnownAtFirst() {
    assertEquals(-1, new Outcomes().of(row(1, 100, COLD)));
    assertEquals(-1, taught().of(row(1, -1, COLD)), "the task did not run yet");
  }

  @Test
  void aMoveIsGoodWhereTheTaskRanSoonerThanThoseThatStayed() {
    assertEquals(1, taught().of(row(1, 100_000, COLD)));
    assertEquals(0, taught().of(row(1, 9_000_000, COLD)));
  }

  @Test
  void aHotCacheHasItsPrice() {
    assertEquals(1, taught().of(row(1, 2_600_000, COLD)));
    assertEquals(0, taught().of(row(1, 2_600_000, HOT)));
    assertEquals(0, taught().of(row(0, 600_000, COLD)), "moving would have been sooner");
    assertEquals(1, taught().of(row(0, 600_000, HOT)), "but not with a cold cache");
  }

  @Test
  void cpusOfAListAreItsRanges() {
    assertEquals(List.of(0, 1, 2, 5), Nodes.cpus("0-2,5"));
    assertEquals(List.of(), Nodes.cpus(""));
  }
}
