package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.stacks.FrameTree;
import dev.bpfgauge.suite.diagnose.IrqDelay.Expired;
import dev.bpfgauge.suite.diagnose.IrqDelay.Shows;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Timers of this process, late by nothing or by a known time. */
class IrqDelayTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int ALL = 10_000;

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(IrqDelay.KEY, "tools/irq-delay");
    CompiledStructs.requireSame(IrqDelay.USE, "tools/irq-delay");
    CompiledStructs.requireSame(IrqDelay.LATE, "tools/irq-delay");
    CompiledStructs.requireSame(IrqDelay.STACK, "tools/irq-delay");
  }

  /** The count is exact, the lateness of one between two times that others took. */
  @Test
  void itCountsOwnTimersAndSaysHowLateOneCame() {
    Requires.bpf();
    Requires.root();
    try (IrqDelay module = attach(Shows.SUMS)) {
      assertTrue(new IrqDelaySpec().prove(module).isEmpty());
    }
  }

  /** A program may wait for a time that has passed: no interrupt is late by that. */
  @Test
  void aTimerThatWasStartedAfterItsExpiryIsLateFromThenOn() {
    Requires.bpf();
    Requires.root();
    try (IrqDelay module = attach(Shows.SUMS);
        OwnTimer timer = new OwnTimer()) {
      KernelCounts.agree(() -> {
        var _ = module.since();
        long before = System.nanoTime();
        timer.start(before - TimeUnit.SECONDS.toNanos(1));
        long most = timer.await() - before;
        List<Expired> own =
            module.since().stream().filter(each -> each.timer().equals(OwnTimer.FUNCTION)).toList();
        if (own.size() != 1 || own.getFirst().longestNanos() > most) {
          throw new IllegalStateException(own + ", late by " + most + " ns at most");
        }
        return own;
      });
    }
  }

  @Test
  void aLateTimerHasARow() {
    Requires.bpf();
    Requires.root();
    try (IrqDelay module = attach(Shows.ROWS)) {
      KnownDelay made = KnownDelay.make(() -> {});
      Rows rows = (Rows) module.take();

      List<String> keys = rows.columns().stream().map(Rows.Column::key).toList();
      List<List<Object>> late =
          rows.rows().stream()
              .filter(row -> row.get(keys.indexOf("cpu")).equals(made.cpu()))
              .filter(row -> nanos(row.get(keys.indexOf("late_us"))) >= made.leastNanos() / 2)
              .toList();
      assertTrue(rows.headed());
      assertFalse(late.isEmpty(), made + " " + rows.rows());
      assertEquals(
          Collections.nCopies(late.size(), true),
          late.stream().map(row -> nanos(row.get(keys.indexOf("late_us"))) >= MILLI).toList());
      assertFalse(((Rows) module.take()).headed(), "the head stands once");
      assertEquals(0, module.tally().lost());
    }
  }

  private static long nanos(Object micros) {
    return ((Decimal) micros).units();
  }

  @Test
  void lateTimersByStackSayWhereTheyCameIn() {
    Requires.bpf();
    Requires.root();
    try (IrqDelay module = attach(Shows.STACKS)) {
      KnownDelay made = KnownDelay.make(module::take);
      CountedStacks stacks = (CountedStacks) module.take();

      long micros = stacks.stacks().stream().mapToLong(CountedStacks.Counted::count).sum();
      assertTrue(micros >= TimeUnit.NANOSECONDS.toMicros(made.leastNanos()), made + " " + stacks);
      assertTrue(
          stacks.stacks().stream().anyMatch(each -> each.kernel().contains("hrtimer_interrupt")),
          stacks.toString());
      FrameTree tree = new FrameTree();
      stacks.addTo(tree);
      assertFalse(stacks.isEmpty());
    }
  }

  @Test
  void mostAreBelowAPowerOfTwo() {
    assertEquals(2, expired(100, 0).mostBelowMicros());
    assertEquals(2, expired(99, 1).mostBelowMicros());
    assertEquals(4, expired(98, 2).mostBelowMicros());
    assertEquals(1 << 3, expired(0, 0, 5, 0).mostBelowMicros());
  }

  private static Expired expired(long... slots) {
    List<Long> counted = Arrays.stream(slots).boxed().toList();
    long count = counted.stream().mapToLong(each -> each).sum();
    return new Expired(0, false, "timer", count, 0, 0, counted, 0, 0, 0, "");
  }

  @Test
  void stealIsWhatACpuWaitedSinceTheReadingBefore(@TempDir Path proc) throws IOException {
    stat(proc, 0, 0);
    StolenTime none = new StolenTime(proc);
    none.read();
    assertFalse(none.isTold());
    assertEquals(StolenTime.NOT_TOLD, none.cell(0));

    stat(proc, 7, 0);
    StolenTime steal = new StolenTime(proc);
    stat(proc, 9, 1);
    steal.read();
    assertTrue(steal.isTold());
    assertEquals(20L, steal.cell(0));
    assertEquals(10L, steal.cell(1));
    steal.read();
    assertEquals(0L, steal.cell(0));
    assertEquals(0L, steal.cell(2));
  }

  private static void stat(Path proc, int first, int second) throws IOException {
    Files.writeString(
        proc.resolve("stat"),
        "cpu  9 0 9 9 0 0 0 %d 0 0\ncpu0 9 0 9 9 0 0 0 %d 0 0\ncpu1 9 0 9 9 0 0 0 %d 0 0\n"
            .formatted(first + second, first, second));
  }

  @Test
  void wrongOptionsAreRefused() {
    for (String[] wrong : new String[][] {{"-m", "0"}, {"-m", "-1"}, {"-f"}, {"-k", "-r", "0"}}) {
      ToolSpec.Options options = new IrqDelaySpec().options();
      new CommandLine(CommandSpec.forAnnotatedObjectLenient(options)).parseArgs(wrong);
      assertThrows(Refusal.class, () -> options.attach(0), String.join(" ", wrong));
    }
  }

  private static IrqDelay attach(Shows shows) {
    return IrqDelay.attach(
        new IrqDelay.Options(
            shows, MILLI, Halves.BOTH, 1024, new CountedStacks.Form(false, ALL), 0));
  }
}
