package dev.bpfgauge.suite.tools;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.suite.tools.HostForecast.OfTool;
import dev.bpfgauge.suite.tools.HostRates.Counted;
import dev.bpfgauge.suite.tools.HostRates.Uncounted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostForecastTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", "..")).resolve("results/sample/tools").normalize();
  private static final String UNMEASURED = "not measured";

  /** Four kinds of an answer. */
  private static HostForecast forecast() {
    return HostForecast.of(
        5,
        ToolSpec.all(),
        Map.of(
            HostEvents.SWITCHES,
            new Counted("/proc/stat", "at most", List.of(1e4, 1.1e4, 0.9e4, 1e4, 1e4), 0),
            HostEvents.REQUESTS,
            new Counted("/proc/diskstats", "", List.of(0.0, 0.0, 0.0, 0.0, 0.0), 0),
            HostEvents.FILE_CALLS,
            new Counted("a program", "", List.of(10.0, 12.0, 11.0, 9.0, 10.0), 7.4),
            HostEvents.SENDS,
            new Uncounted("no hook here")),
        Map.of(
            "cpudist",
            new EventCost("run-1", "case5", List.of(100.0, 110.0, 90.0, 105.0, 95.0, 100.0), 1.1),
            "biolatency",
            new EventCost("run-1", "case5", List.of(500.0, 510.0, 490.0, 505.0, 495.0), 1.2),
            "filetop",
            new EventCost("run-2", "idle", List.of(700.0, 720.0), 2.3),
            "tcpsubnet",
            new EventCost("run-1", "case5", List.of(70.0), 3.4)),
        UNMEASURED);
  }

  private static OfTool of(String tool) {
    return forecast().tools().stream()
        .filter(one -> one.tool().equals(tool))
        .findFirst()
        .orElseThrow();
  }

  /** 10 000 events × 100 ns is a thousandth of a CPU. */
  @Test
  void theShareIsEventsTimesCost() {
    OfTool cpudist = of("cpudist");

    assertEquals(1e4, requireNonNull(cpudist.eventsPerSecond()).value(), 1e-6);
    assertEquals(100, requireNonNull(cpudist.nanosPerEvent()).value(), 1e-9);
    assertEquals(0.1, requireNonNull(cpudist.cpuPercent()).value(), 1e-9);
    Interval share = requireNonNull(cpudist.cpuPercent().interval95());
    Interval rate = requireNonNull(cpudist.eventsPerSecond().interval95());
    assertTrue(share.halfWidth() / 0.1 > rate.halfWidth() / 1e4, "both errors are in it");
    assertEquals(List.of("at most"), cpudist.limits());
    assertEquals(6, requireNonNull(cpudist.cost()).forks());
  }

  @Test
  void whatIsMissingSaysWhy() {
    assertEquals("no hook here", of("tcpsubnet").unavailable());
    assertEquals(UNMEASURED, of("offwaketime").unavailable());
    assertEquals("", of("biolatency").unavailable());
  }

  @Test
  void theTextSaysAllOfIt() {
    ForecastText text = ForecastText.of(forecast());

    String words = text.toString().replace(Words.THIN, " ");
    for (String said :
        List.of(
            "[cpudist, 10 000, 878, 100, 7.42, 0.1000, [0.0903, 0.1097]]",
            "counted by /proc/stat; at most.",
            "at the end of 7 other system calls a second",
            "[biolatency, 0.00, 0.74, 500, 9.82, 0, [0, 0.000038]]",
            "2 forks*",
            "2 forks of run-2 under idle",
            "* fewer than 5 forks",
            "tcpsubnet: unavailable: no hook here.",
            "offwaketime: unavailable: not measured.")) {
      assertTrue(words.contains(said), said + " is not in: " + words);
    }
  }

  /** By hand: the first fork of cpudist in the sample took 246.383 ns for 2.037 events. */
  @Test
  void olderRunsSayWhatAnEventCosts() {
    RunData run = RunFolder.open(SAMPLE).read();

    EventCost cost = EventCost.of(run, ToolSpec.of("cpudist")).orElseThrow();

    assertEquals(5, cost.nanos().size());
    assertEquals(246.383 / 2.037, cost.nanos().getFirst(), 0.05);
    assertEquals("case5", cost.profile());
    assertEquals(run.info().id(), cost.run());
    assertTrue(cost.processPercent() > 0.7 && cost.processPercent() < 1.4, cost.toString());
  }
}
