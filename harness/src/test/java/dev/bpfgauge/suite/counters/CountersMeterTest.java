package dev.bpfgauge.suite.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Undisturbed;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real programs on the real kernel, as briefly as they can be measured. */
class CountersMeterTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(CounterKind.class)
  void everyCounterIsMeasuredAndComplete(CounterKind kind) {
    Requires.bpf();
    Outcome outcome = Undisturbed.outcome(new CountersMeter(), cell(kind, 1), folder);
    if (kind == CounterKind.CGROUP_STORAGE && outcome instanceof Outcome.Unavailable) {
      return; // Linux before 6.2
    }
    Map<String, Double> extras = extras(outcome);
    if (kind != CounterKind.LOOP) {
      assertEquals(0, extras.get(CountersMeter.LOST), extras.toString());
    }
    assertEquals(
        kind != CounterKind.LOOP && !kind.isStorage(),
        extras.containsKey(CountersMeter.READ),
        extras.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = CounterKind.class,
      names = {"GLOBAL_ATOMIC", "ARRAY_ATOMIC", "PERCPU_ARRAY", "GLOBAL_PER_CPU"})
  void twoCpusLoseNothing(CounterKind kind) {
    Requires.bpf();
    Requires.machine(Runtime.getRuntime().availableProcessors() > 1, "two CPUs");
    Outcome outcome = Undisturbed.outcome(new CountersMeter(), cell(kind, 2), folder);
    assertEquals(0, extras(outcome).get(CountersMeter.LOST));
  }

  /** Seen by who counts it, or this suite could not tell a loss. */
  @Test
  void withoutAtomicAdditionTwoCpusLoseSome() {
    Requires.bpf();
    Requires.machine(Runtime.getRuntime().availableProcessors() > 1, "two CPUs");
    double lost = 0;
    for (int i = 0; i < 20 && lost == 0; i++) {
      lost =
          Objects.requireNonNull(
              extras(
                      Undisturbed.outcome(
                          new CountersMeter(), cell(CounterKind.GLOBAL_PLAIN, 2), folder))
                  .get(CountersMeter.LOST));
    }
    assertTrue(lost > 0, "no addition was lost");
  }

  /** The count is what was added, by somebody else's sum. */
  @ParameterizedTest
  @EnumSource(
      value = CounterKind.class,
      names = {"LOOP", "CGROUP_STORAGE"},
      mode = EnumSource.Mode.EXCLUDE)
  void whatIsReadIsWhatWasAdded(CounterKind kind) {
    Requires.bpf();
    try (CounterLoop loop = CounterLoop.load(kind)) {
      KernelTurns.Runner runner = loop.runner(0);
      assertEquals(160, runner.operation(160, 0).right());
      assertEquals(4096, runner.operation(4096, 0).right());
      runner.empty(4096, 0);
      assertEquals(4256, loop.read());
      assertEquals(4256, loop.additions());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "percpu-arr | 1 | did you mean \"percpu-array\"?",
        "hash-atomic | 0 | threads=0 must lie between 1 and 1024",
        "hash-atomic | two | threads=two is not a whole number",
      })
  void nonsenseIsRefusedWithOneSentence(String kind, String threads, String sentence) {
    Cell cell = new Cell("counters", "counters." + kind, Map.of("threads", threads), "");
    Outcome outcome =
        new CountersMeter().attempt(cell, Settings.of(1, 1, 1, 42, folder.resolve("log")));
    assertTrue(
        assertInstanceOf(Outcome.Refused.class, outcome).reason().contains(sentence),
        outcome.toString());
  }

  @Test
  void cpusAreDoubledUpToAll() {
    assertEquals(List.of(1), CountersSuite.upTo(1));
    assertEquals(List.of(1, 2), CountersSuite.upTo(2));
    assertEquals(List.of(1, 2, 4, 6), CountersSuite.upTo(6));
    assertEquals(List.of(1, 2, 4, 8, 16, 32, 64, 128), CountersSuite.upTo(128));
  }

  private static Map<String, Double> extras(Outcome outcome) {
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
    return Objects.requireNonNull(measured.extras());
  }

  private static Cell cell(CounterKind kind, int threads) {
    return CountersSuite.cells(List.of(kind.word()), List.of(threads)).getFirst();
  }
}
