package dev.bpfgauge.suite.diagnose;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.diagnose.LoadMonitor.Options;
import dev.bpfgauge.suite.diagnose.LoadingThreads.Moment;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.ThreadDump;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that the test makes spin and block, found again. */
class LoadMonitorTest {
  private static final double NONE = Double.POSITIVE_INFINITY;
  private static final int ATTEMPTS = 100;

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(RunQueues.QUESTION, "tools/load-monitor");
    CompiledStructs.requireSame(RunQueues.ANSWER, "tools/load-monitor");
    CompiledStructs.requireSame(LoadingThreads.THREAD, "tools/load-monitor");
    CompiledStructs.requireSame(LoadingThreads.SAMPLE, "tools/load-monitor");
  }

  @Test
  void everySpinningAndEveryBlockedThreadIsInTheDumpWithItsStack() throws Exception {
    Requires.bpf();
    Requires.root();
    try (LoadMonitor module = LoadMonitor.attach(new Options(NONE, NONE, NONE, 100, 10, 0));
        StuckProgram stuck = StuckProgram.start(folder, 5, 4)) {
      assertTrue(module.count().running() >= 5, "of those that spin");
      Moment moment = withASpinnerOnACpu(module, stuck);
      stuck.pause();
      List<ThreadDump.Dumped> threads = module.threads().named(moment);
      Map<Integer, ThreadDump.Dumped> dumped =
          threads.stream().collect(Collectors.toMap(ThreadDump.Dumped::tid, Function.identity()));
      for (int pid : stuck.blocked()) {
        ThreadDump.Dumped thread = requireNonNull(dumped.get(pid), () -> pid + " of " + dumped);
        assertEquals("D", thread.state());
        assertTrue(thread.kernel().contains("kernel_clone"), thread.toString());
        assertEquals("stuck", thread.comm());
        assertEquals(pid, thread.pid());
        assertEquals(pid, thread.ownTid());
      }
      for (int tid : stuck.spinning()) {
        ThreadDump.Dumped thread = requireNonNull(dumped.get(tid), () -> tid + " of " + dumped);
        assertEquals("R", thread.state());
      }
      assertTrue(
          threads.stream()
              .anyMatch(
                  thread -> thread.place().equals("on a CPU") && thread.user().contains("spin")),
          "no spinning thread with its stack: " + dumped);
      StringBuilder text = new StringBuilder();
      new ThreadDump("a test", Map.of(), threads).print(text);
      assertTrue(text.toString().contains(" D blocked: stuck("), text.toString());
    }
  }

  /** Others run here as well. */
  private static Moment withASpinnerOnACpu(LoadMonitor module, StuckProgram stuck)
      throws InterruptedException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Moment moment = module.threads().now();
      if (moment.samples().stream()
          .anyMatch(
              sample -> stuck.spinning().contains(LoadingThreads.SAMPLE.getInt(sample, "tid")))) {
        return moment;
      }
    }
    throw new AssertionError("no spinning thread was on a CPU in " + ATTEMPTS + " looks");
  }

  /** Others come and go on this machine: there must be a moment at which all is as /proc has it. */
  @Test
  void blockedThreadsAreAsManyAsProcHas() throws Exception {
    Requires.bpf();
    Requires.root();
    try (LoadMonitor module = LoadMonitor.attach(new Options(NONE, NONE, NONE, 100, 10, 0));
        StuckProgram stuck = StuckProgram.start(folder, 0, 7)) {
      List<String> seen = new ArrayList<>();
      boolean same = false;
      for (int i = 0; i < ATTEMPTS && !same; i++) {
        long before = ThreadStates.count("D");
        long counted = module.count().blocked();
        long after = ThreadStates.count("D");
        seen.add(before + " " + counted + " " + after);
        same = before == counted && counted == after && counted >= stuck.blocked().size();
      }
      assertTrue(same, seen.toString());
    }
  }

  @Test
  void aLimitThatIsReachedGivesOneDump() throws Exception {
    Requires.bpf();
    Requires.root();
    try (LoadMonitor module = LoadMonitor.attach(new Options(NONE, NONE, 3, 20, 10, 0));
        StuckProgram stuck = StuckProgram.start(folder, 0, 3)) {
      List<Findings> live = new ArrayList<>();
      module.follow(Duration.ofMillis(500), live::add);
      assertEquals(1, live.size(), live.toString());
      ThreadDump dump = (ThreadDump) live.getFirst();
      assertTrue(dump.reason().endsWith("threads are blocked"), dump.reason());
      assertTrue(
          dump.threads().stream().map(ThreadDump.Dumped::tid).toList().containsAll(stuck.blocked()),
          dump.toString());
      Rows rows = (Rows) module.take();
      assertEquals("load1", rows.columns().getFirst().key());
      assertEquals(0, module.tally().lost());
      assertTrue(module.tally().seen() > 1);
    }
  }

  @Test
  void aValueThatTremblesAtItsLimitIsReportedOnce() {
    Hysteresis limit = new Hysteresis(10);
    assertFalse(limit.isReached(9.9, true));
    assertTrue(limit.isReached(10, true));
    assertFalse(limit.isReached(9.5, true));
    assertFalse(limit.isReached(11, true));
    assertFalse(limit.isReached(8.9, true));
    assertFalse(limit.isReached(12, false), "too soon after the last dump");
    assertTrue(limit.isReached(12, true), "but it lasts");
  }

  @Test
  void theKernelsAveragesAreRead() {
    assertEquals(new LoadAverage(5.05, 0.18, 0.12), LoadAverage.parse("5.05 0.18 0.12 1/80 11206"));
  }

  @Test
  void limitsOfNothingAreRefused() {
    assertThrows(Refusal.class, () -> new Options(0, NONE, NONE, 100, 10, 0));
    assertThrows(Refusal.class, () -> new Options(NONE, -1, NONE, 100, 10, 0));
    assertThrows(Refusal.class, () -> new Options(NONE, NONE, NONE, 1, 10, 0));
    assertThrows(Refusal.class, () -> new Options(NONE, NONE, NONE, 100, 0, 0));
  }
}
