package dev.bpfgauge.libbpf;

import static dev.bpfgauge.libbpf.OnThisKernel.hash;
import static dev.bpfgauge.libbpf.OnThisKernel.said;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ring buffer on the real kernel, and handlers that misbehave. */
class RingBufferTest {

  private static final Duration AT_ONCE = Duration.ZERO;

  private final Arena arena = Arena.ofConfined();
  private BpfObject object = watched();

  private static BpfObject watched() {
    OnThisKernel.requireBpf();
    return BpfObject.builtIn("maps/selftest").load();
  }

  @BeforeEach
  void fresh() {
    if (!object.programNames().isEmpty()) {
      object.close();
      object = watched();
    }
  }

  @AfterEach
  void free() {
    object.close();
    arena.close();
  }

  private void emit(int records) {
    for (int i = 0; i < records; i++) {
      object.program("touch").run(RunInput.context(arena.allocate(24, 8)));
    }
  }

  private RingBuffer ring(RingBuffer.Handler handler) {
    return RingBuffer.open(object.map("events"), handler);
  }

  @Test
  void recordsArriveOnceAndInOrder() {
    List<Long> sequence = new ArrayList<>();
    try (RingBuffer ring = ring(record -> sequence.add(record.get(JAVA_LONG, 8)))) {
      emit(3);
      assertEquals(3, ring.poll(Duration.ofSeconds(1)));
      assertEquals(0, ring.consume());
      emit(2);
      assertEquals(2, ring.consume());
      assertEquals(List.of(1L, 2L, 3L, 4L, 5L), sequence);
    }
  }

  @Test
  void aRecordIsAsTheProgramWroteIt() {
    AtomicReference<byte[]> bytes = new AtomicReference<>(new byte[0]);
    AtomicInteger source = new AtomicInteger();
    try (RingBuffer ring =
        ring(record -> {
          bytes.set(record.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
          source.set(record.get(JAVA_INT, 0));
          assertEquals(ProcessHandle.current().pid(), record.get(JAVA_INT, 4));
          assertTrue(record.isReadOnly());
        })) {
      emit(1);
      assertEquals(1, ring.poll(AT_ONCE));
      assertEquals(16, bytes.get().length);
      assertEquals(1, source.get());
    }
  }

  @Test
  void nothingWithinTheTimeIsNoRecord() {
    try (RingBuffer ring = ring(record -> {})) {
      assertEquals(0, ring.poll(Duration.ofMillis(5)));
    }
  }

  @Test
  void aFullRingCountsWhatItDropped() {
    int more = 64 * 1024 / 24 + 100; // a record takes 16 bytes and a header of 8
    AtomicInteger received = new AtomicInteger();
    try (RingBuffer ring = ring(record -> received.incrementAndGet())) {
      emit(more);
      ring.consume();
      long dropped = object.variable("dropped").get(JAVA_LONG, 0);
      assertTrue(dropped > 0);
      assertEquals(more, received.get() + dropped);
    }
  }

  @Test
  void whatTheHandlerThrowsComesOutOfThePollAndTheRestIsKept() {
    IllegalArgumentException mine = new IllegalArgumentException("from the handler");
    AtomicInteger calls = new AtomicInteger();
    try (RingBuffer ring =
        ring(record -> {
          if (calls.incrementAndGet() == 2) {
            throw mine;
          }
        })) {
      emit(3);
      assertSame(mine, assertThrows(IllegalArgumentException.class, () -> ring.poll(AT_ONCE)));
      assertEquals(1, ring.poll(AT_ONCE), "the third record");
      assertEquals(3, calls.get());
    }
  }

  @Test
  void anErrorThrownByTheHandlerComesOutToo() {
    StackOverflowError mine = new StackOverflowError("from the handler");
    try (RingBuffer ring =
        ring(record -> {
          throw mine;
        })) {
      emit(1);
      assertSame(mine, assertThrows(StackOverflowError.class, ring::consume));
    }
  }

  @Test
  void endlessRecursionInTheHandlerEndsThePollNotTheJvm() {
    try (RingBuffer ring = ring(record -> recurse(1))) {
      emit(1);
      assertThrows(StackOverflowError.class, ring::consume);
    }
  }

  @SuppressWarnings("InfiniteRecursion") // on purpose
  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test
  void aRecordCannotBeReadAfterItsPoll() {
    AtomicReference<MemorySegment> kept = new AtomicReference<>(MemorySegment.NULL);
    try (RingBuffer ring = ring(kept::set)) {
      emit(1);
      ring.consume();
      assertThrows(IllegalStateException.class, () -> kept.get().get(JAVA_INT, 0));
    }
  }

  @Test
  void closingInTheHandlerIsRefusedAndHarmsNothing() {
    AtomicReference<RingBuffer> self = new AtomicReference<>();
    RingBuffer ring = ring(record -> self.get().close());
    self.set(ring);
    emit(2);
    var e = assertThrows(IllegalStateException.class, ring::consume);
    assertTrue(said(e).contains("in use by this very thread"), said(e));
    ring.close();
    ring.close();
  }

  @Test
  void pollingInTheHandlerIsRefused() {
    AtomicReference<RingBuffer> self = new AtomicReference<>();
    try (RingBuffer ring = ring(record -> self.get().consume())) {
      self.set(ring);
      emit(1);
      var e = assertThrows(IllegalStateException.class, ring::consume);
      assertTrue(said(e).contains("handler of the same ring buffer"), said(e));
      emit(1);
      assertThrows(IllegalStateException.class, ring::consume);
    }
  }

  @Test
  void closingTheObjectInTheHandlerLeavesTheRingUsable() {
    AtomicInteger received = new AtomicInteger();
    try (RingBuffer ring =
        ring(record -> {
          object.close();
          received.incrementAndGet();
        })) {
      emit(2);
      assertEquals(2, ring.consume());
      assertEquals(2, received.get());
      assertEquals(0, ring.poll(AT_ONCE));
    }
    object = watched();
  }

  @Test
  void aClosedRingRefusesToPoll() {
    RingBuffer ring = ring(record -> {});
    ring.close();
    var e = assertThrows(IllegalStateException.class, () -> ring.poll(AT_ONCE));
    assertEquals("ring_buffer__poll: ring buffer events is closed", said(e));
    assertThrows(IllegalStateException.class, ring::consume);
  }

  @Test
  void pollingInAnotherThreadIsAllowedAndClosingWaitsForIt() throws InterruptedException {
    AtomicInteger received = new AtomicInteger();
    RingBuffer ring = ring(record -> received.incrementAndGet());
    emit(1);
    Thread other = Thread.ofPlatform().start(() -> ring.poll(Duration.ofMillis(50)));
    other.join();
    assertEquals(1, received.get());
    Thread waiting = Thread.ofPlatform().start(() -> endlessly(ring));
    ring.close();
    waiting.join();
    assertThrows(IllegalStateException.class, ring::consume);
  }

  private static void endlessly(RingBuffer ring) {
    assertThrows(
        IllegalStateException.class,
        () -> {
          while (true) {
            ring.poll(Duration.ofMillis(1));
          }
        });
  }

  @Test
  void aMapThatIsNoRingBufferIsRefused() {
    try (BpfMap map = hash("noring", 4)) {
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> RingBuffer.open(map, record -> {}).close());
      assertTrue(said(e).contains("is no ring buffer"), said(e));
    }
  }

  @Test
  @SuppressWarnings({"NullAway", "DataFlowIssue"}) // null is the point
  void nullIsRefusedByName() {
    BpfMap map = object.map("events");
    assertEquals(
        "handler",
        assertThrows(NullPointerException.class, () -> RingBuffer.open(map, null)).getMessage());
    assertThrows(NullPointerException.class, () -> RingBuffer.open(null, record -> {}));
    try (RingBuffer ring = RingBuffer.open(map, record -> {})) {
      assertThrows(NullPointerException.class, () -> ring.poll(null));
      assertThrows(IllegalArgumentException.class, () -> ring.poll(Duration.ofMillis(-1)));
    }
  }
}
