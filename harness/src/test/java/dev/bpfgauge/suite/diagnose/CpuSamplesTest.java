package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.CountedStacks.Counted;
import dev.bpfgauge.suite.tools.CountedStacks.Form;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.StackMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples of a process that knows itself where its CPU time went. */
class CpuSamplesTest {
  private static final int HERTZ = 1000;
  private static final long MILLI = 1_000_000;

  @TempDir Path tmp;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(CpuSamples.SAMPLED, "tools/perf");
  }

  @Test
  void samplesAreWhereTheTimeWent() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        CpuSamples module = CpuSamples.attach(options(work.pid(), Halves.BOTH, StackMap.USUAL))) {
      long[] nanos = work.spin(300 * MILLI, 100 * MILLI);
      CountedStacks found = (CountedStacks) module.take();

      assertSamples(nanos[0], samples(found, "first"));
      assertSamples(nanos[1], samples(found, "second"));
      assertEquals(0, module.tally().lost());
      Counted most = found.stacks().getFirst();
      assertEquals(work.pid(), most.pid());
      assertEquals("known-work", most.comm());
      assertTrue(most.user().contains("main"), most.toString());
    }
  }

  /**
   * As many as periods of it passed, within what chance makes of them: five standard deviations.
   */
  private static void assertSamples(long nanos, long samples) {
    double expected = (double) nanos / MILLI;
    assertTrue(
        Math.abs(samples - expected) <= 2 + 5 * Math.sqrt(expected),
        samples + " samples, " + expected + " expected");
  }

  private static long samples(CountedStacks found, String function) {
    return found.stacks().stream()
        .filter(stack -> stack.user().contains(function))
        .mapToLong(Counted::count)
        .sum();
  }

  @Test
  void everySampleIsCountedOnceSomewhere() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        CpuSamples module = CpuSamples.attach(options(work.pid(), Halves.KERNEL, StackMap.USUAL))) {
      var _ = work.spin(200 * MILLI, 0);
      CountedStacks found = (CountedStacks) module.take();
      long[] sums = module.sums();

      assertEquals(sums[0], found.stacks().stream().mapToLong(Counted::count).sum());
      assertTrue(found.stacks().stream().allMatch(stack -> stack.user().isEmpty()));
      assertEquals(0, sums[1]);
      int cpus = CpuTicks.read(Path.of("/proc")).cpus().size();
      assertTrue(cpus == 1 || sums[2] > 0, "the other CPU is sampled as well");
    }
  }

  @Test
  void aFullMapOfStacksIsALossAndTheSampleIsThere() throws Exception {
    Requires.bpf();
    try (KnownWork work = KnownWork.in(tmp);
        CpuSamples module = CpuSamples.attach(options(0, Halves.BOTH, 1))) {
      var _ = work.spin(100 * MILLI, 50 * MILLI);
      CountedStacks found = (CountedStacks) module.take();

      long shown = found.stacks().stream().mapToLong(Counted::count).sum();
      long lostStacks =
          found.stacks().stream()
              .filter(stack ->
                  stack.user().equals(List.of("[lost stack]"))
                      || stack.kernel().equals(List.of("[lost stack]")))
              .mapToLong(Counted::count)
              .sum();
      assertTrue(module.tally().lost() > 0, found.toString());
      assertTrue(lostStacks <= module.tally().lost(), found.toString());
      assertTrue(shown >= lostStacks && shown > 0, found.toString());
    }
  }

  @Test
  void aFrequencyThatIsNoneIsRefused() {
    assertThrows(
        Refusal.class,
        () -> new CpuSamples.Options(0, 0, false, Halves.BOTH, 1, new Form(false, 1), 0));
  }

  private static CpuSamples.Options options(int pid, Halves halves, int stacks) {
    return new CpuSamples.Options(pid, HERTZ, false, halves, stacks, new Form(false, 10), 0);
  }
}
