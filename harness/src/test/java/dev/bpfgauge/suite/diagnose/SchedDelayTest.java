package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.CompetingThreads.Competed;
import dev.bpfgauge.suite.diagnose.CompetingThreads.RunDelay;
import dev.bpfgauge.suite.diagnose.SchedDelay.Delayed;
import dev.bpfgauge.suite.diagnose.SchedDelay.Options;
import dev.bpfgauge.suite.diagnose.SchedDelay.Waited;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits of threads that want one CPU, held against the kernel's account and their own clocks. */
class SchedDelayTest {
  private static final int OWN = Math.toIntExact(ProcessHandle.current().pid());
  private static final int ALL = 100_000;
  private static final Duration COMPETING = Duration.ofMillis(200);

  /** What an interrupt or a hypervisor takes is neither CPU time nor a wait. */
  private static final long TAKEN_BY_OTHERS = 5_000_000;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(SchedDelay.USE, "tools/sched-delay");
    CompiledStructs.requireSame(SchedDelay.ROW, "tools/sched-delay");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitsAreThoseThatTheKernelAccounts(boolean byThread) throws Exception {
    Requires.bpf();
    Requires.root();
    long start = System.nanoTime();
    try (SchedDelay module = SchedDelay.attach(new Options(0, true, OWN, ALL, 0), byThread);
        CompetingThreads threads = CompetingThreads.of(COMPETING)) {
      List<Waited> found = module.since();
      long most = System.nanoTime() - start;
      for (Competed each : threads.competed()) {
        Waited waited = of(found, each.tid());
        RunDelay account = each.account();
        assertTrue(
            account.agreesWith(waited.waits(), waited.nanos()),
            () -> "%s by %s %s".formatted(waited, account, module.tally()));
        assertTrue(waited.longestNanos() <= waited.nanos(), waited.toString());
        assertEquals(OWN, waited.pid());
        // It may wait before and after the time that it measures as well.
        long least = each.wallNanos() - each.cpuNanos() - TAKEN_BY_OTHERS;
        assertTrue(
            (waited.waits() < account.arrivals() || waited.nanos() >= least * 9 / 10)
                && waited.nanos() <= most - each.cpuNanos(),
            waited + " by its own clocks " + each);
      }
      assertEquals(0, module.tally().lost());
      assertTrue(module.tally().seen() >= found.stream().mapToLong(Waited::waits).sum());
    }
  }

  @Test
  void aProcesssWaitsAreThoseOfItsThreads() throws Exception {
    Requires.bpf();
    Requires.root();
    try (SchedDelay module = SchedDelay.attach(new Options(0, false, 0, ALL, 0))) {
      var _ = module.since();
      try (CompetingThreads threads = CompetingThreads.of(COMPETING)) {
        Waited own = of(module.since(), OWN);
        List<RunDelay> accounts = threads.competed().stream().map(Competed::account).toList();
        long arrivals = accounts.stream().mapToLong(RunDelay::arrivals).sum();
        assertTrue(own.waits() >= arrivals * 9 / 10 - 2, own + " " + accounts);
        assertTrue(
            own.nanos() >= accounts.stream().mapToLong(RunDelay::nanos).sum() / 2,
            own + " " + accounts);
        assertFalse(own.name().isEmpty());
      }
    }
  }

  @Test
  void aWaitThatTakesLongHasARow() throws Exception {
    Requires.bpf();
    Requires.root();
    try (SchedDelay module = SchedDelay.attach(new Options(500_000, false, OWN, ALL, 0));
        CompetingThreads threads = CompetingThreads.of(COMPETING)) {
      List<Delayed> delayed = module.delayed();
      boolean oneForTheOther = false;
      for (Competed each : threads.competed()) {
        List<Delayed> own = delayed.stream().filter(row -> row.tid() == each.tid()).toList();
        RunDelay account = each.account();
        assertTrue(own.size() <= account.arrivals(), own.toString());
        assertTrue(own.stream().mapToLong(Delayed::nanos).sum() <= account.nanos());
        assertTrue(own.stream().allMatch(row -> row.nanos() >= 500_000), own.toString());
        assertTrue(own.stream().allMatch(row -> row.pid() == OWN), own.toString());
        oneForTheOther |=
            own.stream()
                .anyMatch(
                    row -> row.before() == OWN && row.cpu() == each.cpu() && row.onQueue() >= 2);
      }
      assertTrue(oneForTheOther, delayed.toString());
      for (int i = 1; i < delayed.size(); i++) {
        assertTrue(delayed.get(i - 1).ended() <= delayed.get(i).ended());
      }
    }
  }

  @Test
  void theHeadStandsOnceAboveRowsAndEachTimeAboveSums() throws Exception {
    Requires.bpf();
    Requires.root();
    try (SchedDelay rows = SchedDelay.attach(new Options(1, false, OWN, ALL, 0));
        SchedDelay sums = SchedDelay.attach(new Options(0, true, OWN, 1, 0))) {
      for (int turn = 0; turn < 2; turn++) {
        CompetingThreads.of(Duration.ofMillis(10)).close();
        assertEquals(turn == 0, ((Rows) rows.take()).headed());
        Rows shown = (Rows) sums.take();
        assertTrue(shown.headed());
        assertEquals(1, shown.rows().size());
        assertEquals(shown.columns().size(), shown.rows().getFirst().size());
      }
    }
  }

  @Test
  void sumsByThreadAndRowsAreRefused() {
    assertThrows(Refusal.class, () -> new Options(1, true, 0, ALL, 0));
    assertThrows(Refusal.class, () -> new Options(0, false, 0, 0, 0));
  }

  private static Waited of(List<Waited> found, int number) {
    return found.stream()
        .filter(waited -> waited.tid() == number)
        .findFirst()
        .orElseThrow(() -> new AssertionError(number + " is not in " + found));
  }
}
