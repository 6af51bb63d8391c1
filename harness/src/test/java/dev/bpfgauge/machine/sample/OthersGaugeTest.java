package dev.bpfgauge.machine.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.machine.host.Roots;
import dev.bpfgauge.machine.sample.OthersGauge.Stat;
import dev.bpfgauge.model.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OthersGaugeTest {
  private static final long SELF = 100;

  @TempDir Path root;
  private long nanos;

  private static Stat process(long parent, String name, long ticks) {
    return new Stat(parent, name, ticks, 1);
  }

  @Test
  void theRunsOwnTreeAndKernelThreadsAreNoOthers() {
    Map<Long, Stat> before =
        Map.of(
            1L,
            process(0, "init", 10),
            2L,
            process(0, "kthreadd", 0),
            3L,
            process(2, "kworker/0:1", 5),
            SELF,
            process(1, "java", 100),
            101L,
            process(SELF, "stress-ng", 100),
            102L,
            process(101, "stress-ng-cpu", 100),
            200L,
            process(1, "make", 50));
    Map<Long, Stat> now =
        Map.of(
            1L,
            process(0, "init", 11),
            2L,
            process(0, "kthreadd", 0),
            3L,
            process(2, "kworker/0:1", 90),
            SELF,
            process(1, "java", 190),
            101L,
            process(SELF, "stress-ng", 190),
            102L,
            process(101, "stress-ng-cpu", 190),
            200L,
            process(1, "make", 57),
            201L,
            process(200, "cc1", 30));
    assertEquals(
        Map.of("init", 1.0, "make", 7.0, "cc1", 30.0), OthersGauge.used(before, now, SELF));
  }

  @Test
  void aProcessThatEndedCountsOnceAndWithTheOneThatWaitedForIt() {
    Map<Long, Stat> before =
        Map.of(
            1L, process(0, "init", 0), 200L, process(1, "make", 0), 201L, process(200, "cc1", 30));
    // cc1 ran ten ticks more and ended; another took 20 and was never seen.
    Map<Long, Stat> now = Map.of(1L, process(0, "init", 0), 200L, process(1, "make", 60));
    assertEquals(Map.of("make", 30.0), OthersGauge.used(before, now, SELF));
  }

  @Test
  void aNumberThatCameBackIsAnotherProcess() {
    Map<Long, Stat> before = Map.of(7L, new Stat(0, "old", 500, 1));
    Map<Long, Stat> now = Map.of(7L, new Stat(0, "new", 3, 2));
    assertEquals(Map.of("new", 3.0), OthersGauge.used(before, now, SELF));
  }

  @Test
  void aNameMayHoldAnythingAndNeedNotBeUtf8() throws IOException {
    stat(2, "kthreadd", 0, 0);
    stat(300, "a) R (b", 1, 0);
    Files.write(
        Files.createDirectories(root.resolve("proc/301")).resolve("stat"),
        line(301, "caf\u00c3", 1, 0).getBytes(StandardCharsets.ISO_8859_1));
    OthersGauge gauge = new OthersGauge(Roots.under(root), SELF, () -> nanos);
    stat(300, "a) R (b", 1, 50);
    Files.write(
        root.resolve("proc/301/stat"),
        line(301, "caf\u00c3", 1, 25).getBytes(StandardCharsets.ISO_8859_1));
    nanos = 1_000_000_000L;
    double[] row = new double[1];
    gauge.read(1, row, 0);
    assertEquals(75, row[0], 1e-9, "one CPU, 100 ticks a second");
    assertEquals(
        List.of(new Samples.Other("a) R (b", 50), new Samples.Other("caf\ufffd", 25)),
        gauge.busiest());
  }

  @Test
  void whereOthersCannotBeSeenTheColumnIsEmptyAndSaysWhy() throws IOException {
    stat(1, "sh", 0, 0);
    OthersGauge gauge = new OthersGauge(Roots.under(root), SELF, () -> nanos);
    stat(1, "sh", 0, 90);
    nanos = 1_000_000_000L;
    double[] row = new double[1];
    gauge.read(1, row, 0);
    assertTrue(Double.isNaN(row[0]));
    assertFalse(gauge.columns().getFirst().missing().isEmpty());
    assertEquals(List.of(), gauge.busiest());
  }

  private void stat(long pid, String name, long parent, long ticks) throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/" + pid));
    Files.writeString(folder.resolve("stat"), line(pid, name, parent, ticks));
  }

  /** As proc_pid_stat(5) has it; the time is in utime. */
  private static String line(long pid, String name, long parent, long ticks) {
    return pid
        + " ("
        + name
        + ") S "
        + parent
        + " 1 1 0 -1 0 0 0 0 0 "
        + ticks
        + " 0 0 0 20 0 1 0 77 0 0\n";
  }

  /** Ctrl-C ends a stressor before its workers: init waits for them, and has their time then. */
  @Test
  void whatOurOrphansUsedIsNotInits() {
    Map<Long, Stat> before =
        Map.of(
            1L,
            process(0, "init", 10),
            SELF,
            process(1, "java", 100),
            101L,
            process(SELF, "stress-ng", 5),
            102L,
            process(101, "stress-ng-cpu", 900),
            200L,
            process(1, "make", 50));
    Map<Long, Stat> now =
        Map.of(
            1L,
            process(0, "init", 960),
            SELF,
            process(1, "java", 106),
            200L,
            process(1, "make", 57));

    assertEquals(Map.of("make", 7.0), OthersGauge.used(before, now, SELF));
  }
}
