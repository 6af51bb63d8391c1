package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.SearchPath;
import dev.bpfgauge.suite.diagnose.RunTrace.Options;
import dev.bpfgauge.suite.diagnose.RunTrace.Place;
import dev.bpfgauge.suite.diagnose.RunTrace.Spent;
import dev.bpfgauge.suite.diagnose.TimetableProgram.Schedstat;
import dev.bpfgauge.suite.diagnose.TimetableProgram.Took;
import dev.bpfgauge.suite.tools.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time of a program with a timetable, held against its own clocks and the kernel's. */
class RunTraceTest {
  /**
   * The scheduler reads its clock at the beginning of a switch, the module near its end: what a
   * hypervisor or an interrupt takes in between is another one's.
   */
  private static final long CLOCKS_APART = 5_000_000;

  @TempDir Path folder;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(RunTrace.KEY, "tools/run-trace");
    CompiledStructs.requireSame(RunTrace.TIME, "tools/run-trace");
    CompiledStructs.requireSame(TracedThread.STRUCT, "tools/run-trace");
    CompiledStructs.requireSame(RunEvent.PIECE, "tools/run-trace");
    CompiledStructs.requireSame(RunEvent.MOMENT, "tools/run-trace");
  }

  @Test
  void timeIsWhatTheThreadsOwnClocksSay() throws Exception {
    Requires.bpf();
    Requires.root();
    try (TimetableProgram program = TimetableProgram.start(TimetableProgram.in(folder))) {
      Schedstat before = program.schedstat();
      long start = System.nanoTime();
      try (RunTrace module = RunTrace.attach(options(program.pid(), 0))) {
        long attached = System.nanoTime();
        program.begin(10, 10, 20);
        Took took = program.took();
        long asked = System.nanoTime();
        Spent spent = only(module.since());
        long end = System.nanoTime();
        Schedstat after = program.schedstat();
        long[] all = spent.everywhere();
        String said = "%s by %s and %s %s".formatted(Arrays.toString(all), took, before, after);

        assertTrue(sum(all) >= asked - attached && sum(all) <= end - start, said);
        long onCpu =
            of(all, ThreadActivity.RUNNING)
                + of(all, ThreadActivity.HARD)
                + of(all, ThreadActivity.SOFT);
        assertTrue(onCpu >= took.cpuNanos() * 9 / 10 - CLOCKS_APART, said);
        assertNear(after.running() - before.running(), onCpu, said);
        assertNear(after.runnable() - before.runnable(), of(all, ThreadActivity.RUNNABLE), said);

        long[] nanosleep = in(spent, "nanosleep");
        assertEquals(10, nanosleep[nanosleep.length - 1]);
        assertTrue(of(nanosleep, ThreadActivity.SLEEPING) >= 10 * 19_000_000L, said);
        assertTrue(sum(nanosleep) <= took.sleptNanos(), said);
        assertTrue(sum(nanosleep) >= took.sleptNanos() * 9 / 10, said);
        assertTrue(
            of(in(spent, "user code"), ThreadActivity.RUNNING) >= took.cpuNanos() / 2,
            Arrays.toString(in(spent, "user code")));
        long ofPlaces =
            spent.nanos().entrySet().stream()
                .filter(each -> each.getKey().call() != Place.EVERYWHERE)
                .mapToLong(each -> sum(each.getValue()))
                .sum();
        assertNear(sum(all), ofPlaces, said);
        assertEquals(0, module.tally().lost());
      }
    }
  }

  /** Two of them want one CPU. */
  @Test
  void whoWaitsForACpuIsRunnable() throws Exception {
    Requires.bpf();
    Requires.root();
    Requires.that(SearchPath.find("taskset").isPresent(), "taskset");
    String file = TimetableProgram.in(folder);
    try (TimetableProgram program = TimetableProgram.start("taskset", "-c", "0", file);
        TimetableProgram other = TimetableProgram.start("taskset", "-c", "0", file);
        RunTrace module = RunTrace.attach(options(program.pid(), 0))) {
      Schedstat before = program.schedstat();
      var _ = module.since();
      other.begin(1, 200, 0);
      program.begin(1, 200, 0);
      var _ = program.took();
      long[] all = only(module.since()).everywhere();
      Schedstat after = program.schedstat();
      var _ = other.took();
      String said = "%s by %s %s".formatted(Arrays.toString(all), before, after);
      assertTrue(of(all, ThreadActivity.RUNNABLE) > 20_000_000, said);
      assertNear(after.runnable() - before.runnable(), of(all, ThreadActivity.RUNNABLE), said);
    }
  }

  /** It is blocked before, during and after. */
  @Test
  void whoIsBlockedIsSoInItsCall() throws Exception {
    Requires.bpf();
    Requires.root();
    try (StuckProgram stuck = StuckProgram.start(folder, 0, 1);
        RunTrace module = RunTrace.attach(options(stuck.blocked().getFirst(), 0))) {
      Thread.sleep(50);
      Spent spent = only(module.since());
      long[] all = spent.everywhere();
      assertTrue(of(all, ThreadActivity.BLOCKED) >= 50_000_000, Arrays.toString(all));
      assertEquals(sum(all), of(all, ThreadActivity.BLOCKED));
      assertEquals(2, spent.nanos().size(), "all, and the call that it is in");
      assertTrue(
          spent.nanos().keySet().stream().noneMatch(place -> place.call() == TracedThread.OUTSIDE),
          spent.nanos().keySet().toString());
    }
  }

  @Test
  void aSlowCallIsShownMomentByMoment() throws Exception {
    Requires.bpf();
    Requires.root();
    try (TimetableProgram program = TimetableProgram.start(TimetableProgram.in(folder));
        RunTrace module = RunTrace.attach(options(program.pid(), 15_000_000))) {
      program.begin(4, 1, 20);
      var _ = program.took();
      List<Timeline> slept =
          module.slow().stream()
              .map(Timeline.class::cast)
              .filter(each -> "nanosleep".equals(each.facts().get("in")))
              .toList();
      assertEquals(4, slept.size(), slept.toString());
      List<String> events =
          slept.getFirst().moments().stream().map(Timeline.Moment::event).toList();
      assertEquals("begins", events.getFirst());
      assertEquals("ends", events.getLast());
      assertTrue(events.indexOf("sleeps") < events.indexOf("woken"), events.toString());
      assertTrue(events.indexOf("woken") < events.lastIndexOf("runs"), events.toString());
      StringBuilder text = new StringBuilder();
      slept.getFirst().print(text);
      Matcher took = Pattern.compile("nanosleep took ([0-9.]+) ms").matcher(text);
      assertTrue(took.find(), text.toString());
      assertTrue(Double.parseDouble(took.group(1)) >= 20, text.toString());
    }
  }

  @Test
  void aThresholdOfNothingIsRefused() {
    assertThrows(Refusal.class, () -> options(0, 1));
    assertThrows(Refusal.class, () -> new Options(0, 0, 0, 0, 0));
  }

  private static Options options(int pid, long thresholdNanos) {
    return new Options(pid, 0, thresholdNanos, 100, 0);
  }

  private static Spent only(List<Spent> spent) {
    assertEquals(1, spent.size(), spent.toString());
    return spent.getFirst();
  }

  private static long[] in(Spent spent, String call) {
    SystemCalls names = SystemCalls.current();
    return spent.nanos().entrySet().stream()
        .filter(each -> {
          int number = each.getKey().call();
          return number == TracedThread.OUTSIDE
              ? call.equals("user code")
              : number >= 0 && names.name(number, false).equals(call);
        })
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError(call + " is not in " + spent.nanos().keySet()));
  }

  private static long of(long[] nanos, ThreadActivity state) {
    return nanos[state.place()];
  }

  private static long sum(long[] nanos) {
    return LongStream.of(nanos).limit(TracedThread.STATES).sum();
  }

  private static void assertNear(long wanted, long found, String said) {
    assertTrue(Math.abs(wanted - found) <= CLOCKS_APART + wanted / 10, wanted + ": " + said);
  }
}
