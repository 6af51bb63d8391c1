package dev.bpfgauge.suite.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.measure.Windows;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Reference;
import dev.bpfgauge.suite.InTurns.Had;
import dev.bpfgauge.suite.InTurns.Not;
import dev.bpfgauge.suite.InTurns.Slot;
import dev.bpfgauge.suite.InTurns.Taken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many cells in one process, on the real kernel. */
class TurnsForkTest {
  private static final long DELAY_NANOS = 200_000;

  private final TurnsFork fork = new TurnsFork();

  @TempDir private Path folder;

  @BeforeEach
  void needsBpf() {
    Requires.that(Preflight.objection(MapCell.of(cell("lookup", Map.of()))).isEmpty(), "BPF maps");
  }

  @Test
  void everyCellHasAsManyTurnsAsTheOthers() {
    List<Slot> slots = new ArrayList<>();
    for (MapOperation operation : MapOperation.values()) {
      String map = operation == MapOperation.MMAP_READ ? "array" : "hash";
      slots.add(slot(cell(operation.word(), Map.of("map", map))));
    }
    slots.add(slot(cell("lookup", Map.of("map", "percpu-array", "path", "syscall"))));
    for (String path : List.of("libbpf", "syscall")) {
      for (String operation : List.of("lookup", "update")) {
        slots.add(slot(cell(operation, Map.of("path", path, "runtime", "c-thread"))));
      }
    }
    MapsSuite.floor().stream()
        .filter(step -> fork.group(step).isPresent())
        .forEach(step -> slots.add(slot(step)));
    slots.add(new Slot(cell("lookup", Map.of()), "", DELAY_NANOS, 0));
    slots.add(new Slot(cell("lookup", Map.of()), "", 0, 1));

    List<Taken> taken = fork.measure(slots, settings(slots.size()));

    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      Turns turns = assertInstanceOf(Had.class, taken.get(i), taken.get(i).toString()).turns();
      counts.add(turns.count());
      Measurement measured = measured(turns);
      assertTrue(measured.meanNanosPerOp() > 0, slots.get(i).toString());
      assertEquals(turns.count(), extra(measured, Measurement.TURNS));
      assertEquals(slots.get(i).injectNanos() > 0, measured.meanNanosPerOp() >= DELAY_NANOS / 2);
      Measurement.Batches batches = Objects.requireNonNull(measured.batches());
      assertEquals(measured.operations(), batches.count() * batches.size());
      for (Reference reference : Reference.values()) {
        assertTrue(reference.in(measured).orElseThrow() > 0, slots.get(i) + " " + reference);
      }
    }
    // A turn each in every cycle; the first and the last may be cut.
    int most = counts.stream().max(Integer::compare).orElseThrow();
    assertTrue(counts.stream().allMatch(count -> count >= most - 2), counts.toString());
  }

  /** As on a machine so busy that the time is over after a turn or two. */
  @Test
  void aShortMeasurementHasEnoughTurnsAllTheSame() {
    List<Slot> slots = List.of(slot(cell("lookup", Map.of())), slot(cell("update", Map.of())));
    for (Taken taken : fork.measure(slots, Settings.of(20, 1, 1, 7, folder.resolve("log")))) {
      Turns turns = assertInstanceOf(Had.class, taken, taken.toString()).turns();
      assertTrue(turns.count() >= Turns.FEWEST, turns.count() + " turns");
      assertInstanceOf(Outcome.Measured.class, turns.in(Windows.ALWAYS));
    }
  }

  /**
   * The cache of a virtual machine may be said to be any size; a step of the chain waits for
   * nothing.
   */
  @Test
  void aStepThroughMemoryTakesLongerThanAStepOnTheCpu() {
    Measurement measured =
        measured(
            assertInstanceOf(
                    Had.class,
                    fork.measure(List.of(slot(cell("lookup", Map.of()))), settings(3)).get(0))
                .turns());

    double chain = Reference.CPU.in(measured).orElseThrow() / References.STEPS_OF_LOOP;
    assertTrue(Reference.MEMORY.in(measured).orElseThrow() > 2 * chain, measured.toString());
  }

  @Test
  void theWalkIsTwiceTheCacheOrThereIsNone() {
    long mib = 1 << 20;
    assertEquals(64 * mib, References.walkBytes(0, 1024 * mib));
    assertEquals(64 * mib, References.walkBytes(32 * mib, 1024 * mib));
    assertEquals(128 * mib, References.walkBytes(33 * mib, 1024 * mib));
    assertEquals(0, References.walkBytes(33 * mib, 1023 * mib), "too much of the memory");
    assertEquals(0, References.walkBytes(1152 * mib, 1024 * 1024 * mib), "too long to fill");
    assertEquals(List.of(Reference.SYSCALL, Reference.CPU), References.of(0));
    assertEquals(32 * mib, References.cacheBytes("32768K\n"));
    assertEquals(0, References.cacheBytes("unknown"));
  }

  @Test
  void aReferenceWithTooFewTurnsIsAbsent() {
    Turns enough = turns(40);
    Measurement measured =
        measured(enough.beside(Map.of(Reference.CPU, enough, Reference.MEMORY, turns(19))));

    assertEquals(100, Reference.CPU.in(measured).orElseThrow());
    assertTrue(Reference.MEMORY.in(measured).isEmpty());
  }

  private static Turns turns(int count) {
    int[] nanos = new int[count];
    Arrays.fill(nanos, 1000);
    return new Turns(10, 1, new long[count], nanos, new int[0], nanos, null);
  }

  @Test
  void whatTheKernelRefusesHasNoTurnsAndTheOthersDo() {
    List<Taken> taken =
        fork.measure(
            List.of(
                slot(cell("delete", Map.of("map", "array"))),
                slot(cell("delete", Map.of())),
                slot(cell("lookup", Map.of("map", "array", "key", "8")))),
            settings(3));

    Outcome refused = assertInstanceOf(Not.class, taken.get(0)).outcome();
    assertEquals(
        "EINVAL: arrays have no delete", assertInstanceOf(Outcome.Refused.class, refused).reason());
    assertInstanceOf(Had.class, taken.get(1));
    assertInstanceOf(Outcome.Refused.class, assertInstanceOf(Not.class, taken.get(2)).outcome());
  }

  /** No clock is read within a nanosecond. */
  @Test
  void anArmWhoseDelayIsTooShortHasNoTurnsAndTheOthersDo() {
    List<Taken> taken =
        fork.measure(
            List.of(
                slot(cell("lookup", Map.of())),
                new Slot(cell("lookup", Map.of()), "", 1, 0),
                new Slot(cell("lookup", Map.of()), "", DELAY_NANOS, 0)),
            settings(3));

    Outcome none = assertInstanceOf(Not.class, taken.get(1)).outcome();
    String reason = assertInstanceOf(Outcome.Unavailable.class, none).reason();
    assertTrue(reason.startsWith("a delay of 1 ns is shorter"), reason);
    double plain = turns(taken.get(0)).meanNanosPerOp();
    assertTrue(plain > 0 && plain < DELAY_NANOS / 2, "" + plain);
    assertTrue(turns(taken.get(2)).meanNanosPerOp() >= DELAY_NANOS / 2, "the third's are its own");
    assertTrue(Reference.SYSCALL.in(turns(taken.get(0))).orElseThrow() > 0);
  }

  private static Measurement turns(Taken taken) {
    return measured(assertInstanceOf(Had.class, taken, taken.toString()).turns());
  }

  @Test
  void aForkThatDiesHasFailedForEachOfItsCells() {
    Settings tiny =
        new Settings(
            10,
            10,
            1,
            42,
            0,
            folder.resolve("fork.log"),
            List.of("-Xms8m", "-Xmx8m"),
            Path.of(System.getProperty("java.home")),
            false);
    List<Taken> taken =
        fork.measure(
            Stream.of("lookup", "update")
                .map(operation -> slot(cell(operation, Map.of("entries", "4000000"))))
                .toList(),
            tiny);

    assertEquals(2, taken.size());
    for (Taken one : taken) {
      Outcome outcome = assertInstanceOf(Not.class, one).outcome();
      assertTrue(
          assertInstanceOf(Outcome.Failed.class, outcome).reason().contains("OutOfMemoryError"),
          outcome.toString());
    }
  }

  @Test
  void cellsOfOneShapeShareAProcess() {
    assertEquals(
        fork.group(cell("lookup", Map.of("map", "hash"))),
        fork.group(cell("update", Map.of("map", "percpu-array", "path", "syscall"))));
    assertTrue(fork.group(cell("lookup", Map.of("threads", "2"))).isEmpty());
    assertTrue(fork.group(cell("lookup", Map.of("runtime", "c"))).isEmpty());
    assertEquals(
        3,
        Stream.of(Map.of("entries", "16"), Map.of("value", "64"), Map.<String, String>of())
            .map(params -> fork.group(cell("lookup", params)).orElseThrow())
            .distinct()
            .count());
  }

  @Test
  void onlyTurnsWhollyInsideAWindowCount() {
    Turns turns =
        new Turns(
            10,
            1,
            new long[] {-5, 0, 5, 20, 30},
            new int[] {4, 4, 6, 4, 4},
            new int[0],
            new int[] {10, 20, 30, 40, 50},
            null);
    Windows windows = new Windows(List.of(new Windows.Span(-10, 10), new Windows.Span(20, 24)));

    assertTrue(windows.contain(-5, -1) && windows.contain(0, 4) && windows.contain(20, 24));
    assertTrue(!windows.contain(5, 11) && !windows.contain(30, 34) && !windows.contain(11, 12));
    assertEquals(
        new Outcome.Failed("it had 3 turns where 20 are needed; measure longer with --measure"),
        turns.in(windows));
  }

  @Test
  void aFiguresIsTheMedianOfTheTurnsAndTheirMeanHoldsTheWaits() {
    int count = 40;
    long[] starts = new long[count];
    int[] spans = new int[count];
    int[] cpu = new int[count];
    int[] nanos = new int[2 * count];
    for (int i = 0; i < count; i++) {
      starts[i] = 1000L * i;
      boolean waited = i % 4 == 0;
      Arrays.fill(nanos, 2 * i, 2 * i + 2, waited ? 9_000 : 1_000);
      spans[i] = waited ? 18_000 : 2_000;
      cpu[i] = 2_000;
    }
    Measurement measured = measured(new Turns(10, 2, starts, spans, cpu, nanos, 0.5));

    assertEquals(100, measured.meanNanosPerOp());
    assertEquals(300, extra(measured, Measurement.WITH_WAITS));
    assertEquals(2_000.0 / 6_000, extra(measured, "own_cpu"), 1e-9);
    assertEquals(List.of(100.0, 100.0, 100.0, 100.0, 100.0), measured.iterationNanosPerOp());
    assertEquals(800, measured.operations());
    assertEquals(0.5, measured.bytesPerOp());
  }

  private static double extra(Measurement measured, String name) {
    return Objects.requireNonNull(Objects.requireNonNull(measured.extras()).get(name));
  }

  private static Measurement measured(Turns turns) {
    Outcome outcome = turns.in(Windows.ALWAYS);
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }

  private Settings settings(int slots) {
    return Settings.of(100 * slots, 100 * slots, 1, 42, folder.resolve("fork.log"));
  }

  private static Slot slot(Cell cell) {
    return new Slot(cell, "", 0, 0);
  }

  private static Cell cell(String operation, Map<String, String> params) {
    return MapCell.of(MapOperation.ofWord(operation), params).cell().on("");
  }
}
