package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.CompetingThreads.RunDelay;
import dev.bpfgauge.suite.diagnose.QuotaGroups.Limited;
import dev.bpfgauge.suite.diagnose.QuotaGroups.Stops;
import dev.bpfgauge.suite.diagnose.ThrottleDelay.Options;
import dev.bpfgauge.suite.diagnose.ThrottleDelay.Waited;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process whose group has a quota, held against what the kernel says of both. */
class ThrottleDelayTest {
  private static final int ALL = 100_000;

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(ThrottleDelay.KEY, "tools/throttle-delay");
    CompiledStructs.requireSame(ThrottleDelay.USE, "tools/throttle-delay");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aThreadWaitsAsLongAsItsGroupIsStopped(boolean byThread) throws Exception {
    Requires.bpf();
    Requires.root();
    try (ThrottleDelay module = ThrottleDelay.attach(new Options(true, 0, ALL, 0), byThread);
        ThrottledProcess process = ThrottledProcess.start()) {
      process.awaitStops(5);
      RunDelay waitedInAll =
          RunDelay.parse(Files.readString(Path.of("/proc/" + process.pid() + "/schedstat")));
      Stops stops = process.end();
      Waited waited = of(module.since(), process.pid());
      String said = "%s by %s and %s".formatted(waited, stops, waitedInAll);

      assertEquals(process.group(), waited.group());
      assertEquals(stops, waited.quota().orElseThrow().stops(), said);
      assertEquals(0.1, waited.quota().orElseThrow().cpus());
      assertTrue(stops.stopped() >= 5, said);
      assertTrue(Math.abs(waited.nanos() - stops.nanos()) <= stops.nanos() / 50, said);
      assertTrue(waited.nanos() >= waitedInAll.nanos() / 2, said);
      assertTrue(waited.longestNanos() <= 200_000_000, said);
      assertTrue(waited.waits() <= 2 * stops.stopped() + 2, said);
      assertEquals(0, module.tally().lost());
      assertTrue(module.tally().seen() >= waited.waits());
    }
  }

  /** The kernel's own count, read just outside of the interval and just inside. */
  @Test
  void whatTheGroupLostIsTheKernelsOwnCount() throws Exception {
    Requires.bpf();
    Requires.root();
    int own = Math.toIntExact(ProcessHandle.current().pid());
    try (ThrottledProcess process = ThrottledProcess.start();
        ThrottleDelay others = ThrottleDelay.attach(new Options(false, own, ALL, 0))) {
      Stops outer = process.stops();
      try (ThrottleDelay module = ThrottleDelay.attach(new Options(false, 0, ALL, 0))) {
        Stops inner = process.stops();
        process.awaitStops((int) inner.stopped() + 3);
        Stops innerEnd = process.stops();
        Rows rows = (Rows) module.take();
        Stops outerEnd = process.stops();
        List<Object> row =
            rows.rows().stream()
                .filter(each -> each.getLast().equals(process.group()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(rows.toString()));
        List<String> keys = rows.columns().stream().map(Rows.Column::key).toList();
        long periods = (long) row.get(keys.indexOf("periods"));
        long throttled = (long) row.get(keys.indexOf("throttled_periods"));

        assertTrue(periods >= innerEnd.periods() - inner.periods(), row.toString());
        assertTrue(periods <= outerEnd.periods() - outer.periods(), row.toString());
        assertTrue(throttled >= innerEnd.stopped() - inner.stopped(), row.toString());
        assertTrue(throttled <= outerEnd.stopped() - outer.stopped(), row.toString());
        assertEquals(process.pid(), row.get(keys.indexOf("pid")));
      }
      assertTrue(others.since().isEmpty());
    }
  }

  /** A group's own files, without a kernel behind them. */
  @Test
  void whatTheKernelSaysOfAGroupIsReadAsTheDifference() throws IOException {
    Path group = Files.createDirectories(folder.resolve("above/below"));
    Path above = folder.resolve("above");
    Files.writeString(above.resolve("cpu.max"), "50000 100000\n");
    Files.writeString(above.resolve("cpu.stat"), stat(10, 4, 1_000));
    Files.writeString(group.resolve("cpu.max"), "max 100000\n");
    Files.writeString(group.resolve("cpu.stat"), stat(0, 0, 0));
    QuotaGroups groups = new QuotaGroups(folder);

    Files.writeString(above.resolve("cpu.stat"), stat(13, 6, 1_500));
    groups.next();
    Limited limited = groups.limited().getFirst();
    assertEquals(1, groups.limited().size());
    assertEquals("/above", limited.path());
    assertEquals(0.5, limited.cpus());
    assertEquals(new Stops(3, 2, 500_000), limited.stops());
    long below = (Long) Files.getAttribute(group, "unix:ino");
    assertEquals(Optional.of(limited), groups.thatStopped(below));
    assertEquals(Optional.empty(), groups.thatStopped(below + 1_000_000));

    Files.writeString(group.resolve("cpu.max"), "1000 100000\n");
    Files.writeString(group.resolve("cpu.stat"), stat(7, 7, 9_000));
    groups.next();
    assertEquals("/above/below", groups.thatStopped(below).orElseThrow().path());
    assertEquals(new Stops(7, 7, 9_000_000), groups.thatStopped(below).orElseThrow().stops());
  }

  @Test
  void bothVersionsOfGroupsAreRead() {
    assertEquals(Optional.of(0.1), QuotaGroups.cpus("10000 100000\n"));
    assertEquals(Optional.empty(), QuotaGroups.cpus("max 100000\n"));
    assertEquals(Optional.empty(), QuotaGroups.cpus("-1 100000\n"));
    assertEquals(
        new Stops(6, 5, 4), Stops.parse("nr_periods 6\nnr_throttled 5\nthrottled_time 4\n"));
    assertEquals(new Stops(0, 0, 0), Stops.parse("usage_usec 1\n"));
  }

  @Test
  void noRowsAreRefused() {
    assertThrows(Refusal.class, () -> new Options(false, 0, 0, 0));
    assertFalse(new Options(false, 0, 1, 0).eachThread());
  }

  private static String stat(long periods, long stopped, long micros) {
    return "usage_usec 1\nnr_periods %d\nnr_throttled %d\nthrottled_usec %d\n"
        .formatted(periods, stopped, micros);
  }

  private static Waited of(List<Waited> found, int number) {
    return found.stream()
        .filter(waited -> waited.tid() == number)
        .findFirst()
        .orElseThrow(() -> new AssertionError(number + " is not in " + found));
  }
}
