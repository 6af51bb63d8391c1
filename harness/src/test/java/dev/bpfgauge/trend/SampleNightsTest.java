package dev.bpfgauge.trend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed series of real runs: results/sample/nights. */
class SampleNightsTest {
  private static final Path NIGHTS =
      Path.of(System.getProperty("project.root", ".."), "results", "sample", "nights");

  @TempDir Path folder;

  @Test
  void bothHistoriesAreReadWholeAndTheirEqualArmsRaiseHardlyAnAlarm() throws Exception {
    try (Store store = Store.open(Store.in(folder))) {
      assertEquals(List.of(), RunImport.of(store, List.of(NIGHTS)).leftOut());
      List<StoredRun> runs = store.runs();
      Set<String> fingerprints =
          runs.stream().map(StoredRun::fingerprint).collect(Collectors.toSet());
      assertEquals(2, fingerprints.size(), "nanoseconds of a machine, instructions of a guest");
      for (String fingerprint : fingerprints) {
        StoredRun newest =
            runs.stream()
                .filter(run -> run.role() == Role.NIGHT && run.fingerprint().equals(fingerprint))
                .reduce((_, later) -> later)
                .orElseThrow();
        Trend trend = Trend.of(store, runs, newest, List.of());
        assertTrue(trend.nights().size() >= 20, newest + " has " + trend.nights().size());
        assertFalse(trend.failed());
        int judged = trend.cells().stream().mapToInt(c -> c.trust().equalNights()).sum();
        int alarms = trend.cells().stream().mapToInt(c -> c.trust().falseAlarms()).sum();
        assertTrue(judged > 100 && alarms <= 0.05 * judged, alarms + " of " + judged);
        int slowed = trend.cells().stream().mapToInt(c -> c.trust().slowedNights()).sum();
        int seen = trend.cells().stream().mapToInt(c -> c.trust().seen()).sum();
        boolean counted = newest.clock().equals("instructions");
        assertTrue(slowed > 100 && (!counted || seen == slowed), seen + " of " + slowed);
      }
    }
  }
}
