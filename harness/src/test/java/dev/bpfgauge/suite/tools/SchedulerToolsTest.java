package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.suite.tools.Stacks.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times on and off the CPU are those that the kernel, or the waiting process itself, accounts. */
class SchedulerToolsTest {
  private static final double TOLERATED = 0.05;
  private static final int NAPS = 100;

  /**
   * On a loaded machine some switches reach no BPF program (docs/tools.md: nine of 1 600 waits,
   * 6.18), whatever it keeps them in; recursion_misses stays 0.
   */
  private static final int UNSEEN = 5;

  @TempDir Path folder;

  @BeforeEach
  void programsMayBeLoaded() {
    Requires.bpf();
  }

  @ParameterizedTest
  @EnumSource(Cpudist.Each.class)
  void cpudistSumsUpWhatTheKernelAccounts(Cpudist.Each each) throws Exception {
    Process busy =
        new ProcessBuilder("dd", "if=/dev/zero", "of=/dev/null", "bs=64k")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int pid = Math.toIntExact(busy.pid());
    try (Cpudist tool =
        Cpudist.attach(new Cpudist.Options(false, false, false, each, pid, null, 0))) {
      stop(pid);
      tool.take();
      long before = ProcStat.of(pid).ticks();
      long stolenBefore = stolenTicks();
      TestPrograms.run("kill", "-CONT", Integer.toString(pid));
      TestPrograms.await(() -> ProcStat.of(pid).ticks() > before + 150, "1.5 s of CPU time");
      stop(pid);
      double accounted = (ProcStat.of(pid).ticks() - before) * (double) ProcStat.NANOS_PER_TICK;
      double stolen = (stolenTicks() - stolenBefore) * (double) ProcStat.NANOS_PER_TICK;

      List<LogHistogram> found = ((Distributions) tool.take()).histograms();
      assertEquals(1, found.size());
      double total = (double) found.getFirst().totalNanos();
      System.out.printf("cpudist: %.1f ms, the kernel: %.1f ms%n", total / 1e6, accounted / 1e6);
      assertTrue(total > accounted * (1 - TOLERATED), total + " of " + accounted);
      assertTrue(total < accounted * (1 + TOLERATED) + stolen, total + " of " + accounted);
      assertEquals(0, tool.tally().lost());
    } finally {
      busy.destroyForcibly().waitFor();
    }
  }

  /** Both at once: what a task's own storage counts, a hash map by thread must count as well. */
  @Test
  void cpudistOffTheCpuSumsUpASleepersWaitsWhereverItKeepsThem() throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder);
        Cpudist byTask = Cpudist.attach(offCpu(sleeper.pid()), false);
        Cpudist byThread = Cpudist.attach(offCpu(sleeper.pid()), true)) {
      double waited = (double) sleeper.sleep(NAPS);

      for (Cpudist tool : List.of(byTask, byThread)) {
        LogHistogram found = ((Distributions) tool.take()).histograms().getFirst();
        System.out.printf(
            "cpudist -O: %d waits, %.1f ms, the sleeper: %.1f ms%n",
            found.events(), found.totalNanos() / 1e6, waited / 1e6);
        assertEquals(waited, (double) found.totalNanos(), waited * TOLERATED);
        assertTrue(found.events() >= NAPS - UNSEEN, found.events() + " waits");
        assertEquals(0, tool.tally().lost(), tool.tally().toString());
      }
      assertEquals(byTask.tally().seen(), byThread.tally().seen());
    }
  }

  private static Cpudist.Options offCpu(int pid) {
    return new Cpudist.Options(true, false, false, Cpudist.Each.ALL, pid, null, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void offwaketimeSumsUpASleepersWaitsAndNamesItsFunctions(boolean byThread) throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder);
        Offwaketime tool = Offwaketime.attach(only(sleeper.pid()), byThread)) {
      double waited = (double) sleeper.sleep(NAPS);

      List<Stack> stacks = ((Stacks) tool.take()).stacks();
      double total = stacks.stream().mapToLong(Stack::micros).sum() * 1e3;
      System.out.printf("offwaketime: %.1f ms, the sleeper: %.1f ms%n", total / 1e6, waited / 1e6);
      assertEquals(waited, total, waited * TOLERATED);
      Stack longest = stacks.getLast();
      assertAll(
          () -> assertEquals("sleeper", longest.target().comm()),
          () -> assertEquals(sleeper.pid(), longest.target().pid()),
          () -> assertTrue(has(longest.target().kernel(), "nanosleep"), longest::toString),
          () -> assertTrue(has(longest.target().kernel(), "schedule"), longest::toString),
          () -> assertTrue(longest.target().user().contains("slumber"), longest::toString),
          () -> assertTrue(longest.target().user().contains("main"), longest::toString),
          () ->
              assertTrue(
                  longest.target().kernel().stream().noneMatch(f -> f.startsWith("bpf_")),
                  longest::toString));
      Tool.Tally tally = tool.tally();
      assertEquals(0, tally.lost(), tally.toString());
      assertTrue(stacks.stream().mapToLong(Stack::waits).sum() >= tally.seen(), "waits by pair");
    }
  }

  @Test
  void offwaketimeKnowsWhoWroteWhatAProcessWaitedFor() throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder);
        Offwaketime tool = Offwaketime.attach(only(sleeper.pid()))) {
      for (int i = 0; i < 5; i++) {
        sleeper.sleep(1);
      }

      List<Stack> woken =
          ((Stacks) tool.take())
              .stacks().stream().filter(s -> has(s.target().kernel(), "pipe_read")).toList();
      assertTrue(woken.stream().mapToLong(Stack::waits).sum() >= 4, woken.toString());
      for (Stack stack : woken) {
        assertTrue(
            Files.exists(Path.of("/proc/self/task/" + stack.waker().pid())), stack.toString());
        assertTrue(has(stack.waker().kernel(), "pipe_write"), stack.toString());
      }
    }
  }

  @Test
  void framesOfAProcessThatHasExitedStayNumbers() throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder);
        Offwaketime tool = Offwaketime.attach(only(sleeper.pid()))) {
      sleeper.sleep(3);
      sleeper.end();

      List<Stack> stacks = ((Stacks) tool.take()).stacks();
      Stack nap =
          stacks.stream()
              .filter(s -> has(s.target().kernel(), "nanosleep"))
              .findFirst()
              .orElseThrow();
      assertTrue(nap.target().user().size() >= 2, nap.toString());
      assertTrue(
          nap.target().user().stream().allMatch(frame -> frame.startsWith("[exited] 0x")),
          nap.toString());
    }
  }

  @Test
  void placesOfStacksThatNobodyNeedsAnyMoreBecomeFree() throws Exception {
    int places = 64;
    try (Offwaketime tool = Offwaketime.attach(only(0, places), false)) {
      TestPrograms.await(() -> tool.stacks().places() > places / 2, "stacks in half of the places");
      tool.take(); // the first interval ends: all are of it
      TestPrograms.await(() -> tool.stacks().places() > places / 2, "stacks in half of the places");
      tool.take(); // the second

      // But for those of waits that are not over, which were marked anew.
      assertEquals(0, tool.stacks().placesOfBefore(2));
      assertTrue(tool.stacks().places() <= places, tool.stacks().places() + " places taken");
    }
  }

  @Test
  void aWaitWhoseStackFoundNoPlaceIsShownAndCountedAsLost() throws Exception {
    try (Sleeper sleeper = Sleeper.in(folder);
        Offwaketime tool = Offwaketime.attach(only(sleeper.pid(), 2), false)) {
      sleeper.sleep(NAPS);

      List<Stack> stacks = ((Stacks) tool.take()).stacks();
      assertTrue(
          stacks.stream()
              .anyMatch(s ->
                  has(s.target().user(), "[lost stack]")
                      || has(s.target().kernel(), "[lost stack]")
                      || has(s.waker().kernel(), "[lost stack]")),
          stacks.toString());
      Tool.Tally tally = tool.tally();
      assertTrue(tally.losses().getOrDefault(Loss.STACKS, 0L) > 0, tally.toString());
      assertTrue(
          tally.lostEvents().contains("because the map of stacks was full"), tally.lostEvents());
      assertEquals(tally.lost(), tally.losses().values().stream().mapToLong(n -> n).sum());
      long unshown = tally.losses().getOrDefault(Loss.PAIRS, 0L);
      assertEquals(
          stacks.stream().mapToLong(Stack::waits).sum(),
          tally.seen() + tally.lost() - unshown,
          "all waits");
    }
  }

  private static Offwaketime.Options only(int pid) {
    return only(pid, StackMap.USUAL);
  }

  private static Offwaketime.Options only(int pid, int stacks) {
    return new Offwaketime.Options(
        pid, 0, Offwaketime.Threads.ALL, Halves.BOTH, -1, 1, Long.MAX_VALUE, stacks, false, 0);
  }

  private static boolean has(List<String> frames, String part) {
    return frames.stream().anyMatch(frame -> frame.contains(part));
  }

  /** Off the CPU, with all of its time accounted. */
  private static void stop(int pid) throws IOException, InterruptedException {
    TestPrograms.run("kill", "-STOP", Integer.toString(pid));
    TestPrograms.await(() -> ProcStat.of(pid).state().equals("T"), "the process to stop");
  }

  /** Time that a hypervisor took away; the kernel may leave it out of a process's. */
  private static long stolenTicks() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      return Long.parseLong(lines.findFirst().orElseThrow().split(" +", -1)[8]);
    }
  }
}
