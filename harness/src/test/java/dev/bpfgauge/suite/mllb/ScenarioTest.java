package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scenarios say of their work. */
class ScenarioTest {
  private static Scenario.Latency latency(Scenario.Work work) {
    return Objects.requireNonNull(work.latency(), "it times itself");
  }

  @Test
  void bogoOperationsOfAllStressorsAreAddedUp() {
    Scenario.Work work =
        Scenario.parseStressNg(
            """
            stress-ng: info:  [17382] dispatching hogs: 2 cpu, 2 io
            stress-ng: metrc: [17382] stressor       bogo ops real time  usr time  sys time   bogo ops/s     bogo ops/s
            stress-ng: metrc: [17382]                           (secs)    (secs)    (secs)   (real time) (usr+sys time)
            stress-ng: metrc: [17382] cpu                3049      2.01      1.77      0.00      1516.98        1727.21
            stress-ng: metrc: [17382] io                 1000      2.50      0.10      0.20       400.00        3333.33
            stress-ng: info:  [17382] successful run completed in 2.02s
            """);
    assertEquals(4049, work.operations());
    assertEquals(2.5, work.seconds());
    assertEquals(Double.valueOf(400), work.more().get("bogo_ops_per_s_io"));
  }

  @Test
  void stressNgThatDidNothingIsAFailure() {
    IllegalStateException said =
        assertThrows(
            IllegalStateException.class,
            () -> Scenario.parseStressNg("stress-ng: fail: out of memory\n"));
    assertTrue(String.valueOf(said.getMessage()).contains("out of memory"));
  }

  @Test
  void sysbenchTellsRequestsAndLatency() {
    Scenario.Work work =
        Scenario.parseSysbench(
            """
            Latency histogram (values are in milliseconds)
                   value  ------------- distribution ------------- count
                   0.010 |**************************************** 60000
                   0.400 |**********                               15000
                   0.470 |**                                        3000
                   2.000 |*                                         1500
                  12.303 |                                           500

            File operations:
                reads/s:                      43999.47

            Throughput:
                read, MiB/s:                  600.00
                written, MiB/s:               400.00

            General statistics:
                total time:                          2.0000s
                total number of events:              80000

            Latency (ms):
                     min:                                    0.00
                     avg:                                    0.05
                     max:                                   12.50
                     95th percentile:                        0.47
                     sum:                                 3971.06
            """);
    assertEquals(40_000, work.perSecond());
    assertEquals(1048.576, work.more().getOrDefault("megabytes_per_s", 0.0), 1e-9);
    assertEquals(10_000, latency(work).p50(), 1e-6);
    assertEquals(470_000, latency(work).p95(), 1e-6);
    assertEquals(2_000_000, latency(work).p99(), 1e-6);
    assertEquals(49_638.25, latency(work).mean(), 1e-6, "its average has two digits only");
    assertEquals(12_500_000, latency(work).max(), 1e-6);
  }

  @Test
  void countersFollowTheFirstLine() {
    Scenario.Work work =
        Scenario.parseOurs("rounds", "10 2000000000 1 2 3 4 1\ncounter cycles 77\n");
    assertEquals(5, work.perSecond());
    assertEquals(3, latency(work).p99());
    assertEquals(Double.valueOf(77), work.more().get("cycles"));
  }

  @Test
  void aWordThatIsNoScenarioIsRefusedWithTheNearest() {
    Refusal refused = assertThrows(Refusal.class, () -> Scenario.ofWord("thread"));
    assertTrue(String.valueOf(refused.getMessage()).contains("threads"), refused.getMessage());
  }

  @Test
  void ourLoadsRunAndTellTheirWork(@TempDir Path folder) throws Exception {
    Path log = Files.createFile(folder.resolve("log"));
    Scenario.Place place = new Scenario.Place(Duration.ofMillis(300), 2, 1L << 30, 1, folder, log);
    for (Scenario scenario :
        List.of(Scenario.THREADS, Scenario.BURSTS, Scenario.NICE, Scenario.AFFINITY)) {
      Scenario.Work work = scenario.run(place);
      assertTrue(work.operations() > 0, scenario.word());
      assertTrue(latency(work).max() >= latency(work).p50(), scenario.word());
      assertTrue(latency(work).max() >= latency(work).mean(), scenario.word());
    }
  }
}
