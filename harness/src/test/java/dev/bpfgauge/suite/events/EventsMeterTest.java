package dev.bpfgauge.suite.events;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.ChildJvm;
import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.suite.events.EventsCell.Load;
import dev.bpfgauge.suite.events.EventsCell.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events on the real kernel: every one is accounted for. */
class EventsMeterTest {
  @TempDir Path folder;

  static List<Cell> everyCell() {
    return EventsSuite.cells(List.of(), List.of());
  }

  @ParameterizedTest
  @MethodSource("everyCell")
  void whatWasSentArrivedOrIsCountedAsLost(Cell cell) {
    Requires.bpf();
    Measurement measured = measured(cell);
    assertTrue(measured.operations() > 0);
    if (!cell.param("via").equals("trace-pipe")) {
      assertEquals(0, extra(measured, "unaccounted_events"));
    }
    assertTrue(extra(measured, "latency_p50_ns") <= extra(measured, "latency_p999_ns"));
  }

  /** A day ahead of the kernel's clock, where every event was a minute late once. */
  @Test
  void inATimeNamespaceTheTimesAreTheKernelsToo() throws Exception {
    Requires.bpf();
    Requires.root();
    Requires.that(Files.exists(Path.of("/proc/self/timens_offsets")), "time namespaces");
    List<String> aDayAhead = List.of("unshare", "-T", "--monotonic", "100000");
    try (ChildJvm child =
        ChildJvm.startBy(aDayAhead, Latency.class, folder.resolve("log").toString())) {
      assertEquals("measured", child.line());
    }
  }

  /** Measures latencies, and says what became of it. */
  static final class Latency {
    private Latency() {}

    public static void main(String[] arguments) {
      Cell cell =
          everyCell().stream()
              .filter(one -> EventsCell.of(one).load() == Load.LATENCY)
              .findFirst()
              .orElseThrow();
      Outcome outcome =
          new EventsMeter().attempt(cell, Settings.of(20, 50, 1, 1, Path.of(arguments[0])));
      System.out.println(outcome instanceof Outcome.Measured ? "measured" : outcome.toString());
    }
  }

  @Test
  void everyCellIsNamedOnce() {
    List<Cell> cells = everyCell();
    assertEquals(cells.size(), cells.stream().map(Cell::id).distinct().count());
    cells.forEach(cell -> assertEquals(cell, EventsCell.of(cell).cell()));
  }

  @ParameterizedTest
  @EnumSource(Reader.class)
  void aFullRingBufferDropsWhatHasNoRoomAndBothReadersGetTheRest(Reader reader) {
    Requires.bpf();
    EventsCell cell = new EventsCell(Load.THROUGHPUT, Way.RINGBUF, reader, false, false);
    int room = (1 << 22) / 24;
    Arrivals arrivals = new Arrivals();
    try (Emission emission = Emission.load(cell);
        Channel channel = Channel.open(cell, emission.object(), arrivals)) {
      emission.send(room + 1000);
      Emission.Counts counts = emission.counts();
      int received = channel.consume();
      assertEquals(room + 1000, counts.sent());
      assertEquals(counts.sent() - counts.dropped(), received);
      assertTrue(counts.dropped() >= 1000, () -> counts.dropped() + " were dropped");
      assertEquals(0, channel.consume());

      emission.send(room - 1000); // over the end of the buffer
      assertEquals(room - 1000, channel.consume());
      assertEquals(counts.dropped(), emission.counts().dropped());
      assertEquals(received + room - 1000, arrivals.count());
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void fewEventsArriveWholeByEveryWay(Way way) {
    Requires.bpf();
    EventsCell cell = EventsCell.of(Load.THROUGHPUT, way, false);
    Arrivals arrivals = new Arrivals();
    try (Emission emission = Emission.load(cell);
        Channel channel = Channel.open(cell, emission.object(), arrivals)) {
      emission.send(100);
      while (channel.consume() > 0) {
        // Some ways give it in pieces.
      }
      assertEquals(100, arrivals.count());
      assertEquals(99 * 100 / 2, arrivals.sum());
      assertEquals(0, emission.counts().dropped());
    }
  }

  /** A reader that does not keep up, and one that shares the CPU, may never get to stop it. */
  @ParameterizedTest
  @EnumSource(Load.class)
  void theProducerEndsByItself(Load load) throws InterruptedException {
    Requires.bpf();
    EventsCell cell = new EventsCell(load, Way.RINGBUF, Reader.JAVA, false, false);
    try (Emission emission = Emission.load(cell)) {
      Producer producer = new Producer(emission, load == Load.LATENCY, 5, () -> {});
      Thread sending = Thread.ofPlatform().start(producer);
      sending.join(Duration.ofSeconds(30));

      assertFalse(sending.isAlive());
      assertTrue(emission.counts().sent() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HASH", "QUEUE"})
  void aFullMapDropsTheRest(String way) {
    Requires.bpf();
    EventsCell cell = EventsCell.of(Load.THROUGHPUT, Way.valueOf(way), false);
    try (Emission emission = Emission.load(cell)) {
      emission.send(20_000);
      assertEquals(20_000 - (1 << 14), emission.counts().dropped());
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertRefused(Map.of("via", "hash", "wait", "epoll"));
    assertRefused(Map.of("via", "ringbuf", "wait", "epoll", "wakeup", "no"));
    assertRefused(Map.of("via", "perf-buffer", "reader", "java"));
    assertRefused(Map.of("via", "queue", "reader", "libbpf"));
    assertRefused(Map.of("via", "ringbuf", "reader", "nobody"));
    assertRefused(Map.of("via", "pigeon"));
    assertRefused(Map.of());
  }

  private void assertRefused(Map<String, String> params) {
    Cell cell = new Cell("events", "events.latency", params, "");
    Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, attempt(cell));
    assertFalse(refused.reason().isEmpty());
  }

  private Measurement measured(Cell cell) {
    Outcome outcome = attempt(cell);
    return assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
  }

  private static double extra(Measurement measured, String name) {
    return requireNonNull(requireNonNull(measured.extras()).get(name), name);
  }

  private Outcome attempt(Cell cell) {
    return new EventsMeter().attempt(cell, Settings.of(20, 50, 1, 1, folder.resolve("log")));
  }
}
