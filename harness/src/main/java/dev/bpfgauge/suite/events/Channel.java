package dev.bpfgauge.suite.events;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.libbpf.PerfBuffer;
import dev.bpfgauge.libbpf.RingBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** The receiving end of a way. One thread at a time. */
interface Channel extends AutoCloseable {
  /** How long a reader sleeps at most before it looks by itself. */
  Duration NAP = Duration.ofMillis(10);

  /** Size of each CPU's perf buffer, the ring buffer's too. */
  long PERF_BYTES = 4 << 20;

  /** Hands over what there is, without waiting; how many events that were. */
  int consume();

  /** As {@link #consume}, and sleeps first where it is to be woken; else the same. */
  default int drain() {
    return consume();
  }

  /** Events that the way itself says it lost and the program could not notice. */
  default long lost() {
    return 0;
  }

  @Override
  void close();

  /** Opens the cell's way. */
  static Channel open(EventsCell cell, BpfObject object, Arrivals arrivals) {
    return switch (cell.way()) {
      case RINGBUF ->
          cell.reader() == EventsCell.Reader.JAVA
              ? new OwnRing(MappedRing.open(object.map("ring")), cell.epoll(), arrivals)
              : new LibbpfRing(
                  RingBuffer.open(object.map("ring"), record -> take(record, arrivals)),
                  cell.epoll());
      case PERF_BUFFER ->
          new Perf(
              PerfBuffer.open(object.map("perf"), PERF_BYTES, record -> take(record, arrivals)),
              cell.epoll());
      case HASH -> new Hash(object.map("hash"), arrivals);
      case QUEUE -> new Queue(object.map("queue"), arrivals);
      case TRACE_PIPE -> new Printed(arrivals);
    };
  }

  /** Takes {@code struct event}. */
  private static void take(MemorySegment record, Arrivals arrivals) {
    arrivals.event(
        record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0),
        record.get(ValueLayout.JAVA_LONG_UNALIGNED, Long.BYTES));
  }

  /** The ring buffer's pages, read by this JVM. */
  record OwnRing(MappedRing ring, boolean epoll, MappedRing.Handler handler) implements Channel {
    OwnRing(MappedRing ring, boolean epoll, Arrivals arrivals) {
      this(
          ring,
          epoll,
          (data, offset, bytes) ->
              arrivals.event(
                  data.get(ValueLayout.JAVA_LONG, offset),
                  data.get(ValueLayout.JAVA_LONG, offset + Long.BYTES)));
    }

    @Override
    public int consume() {
      return ring.consume(handler);
    }

    @Override
    public int drain() {
      if (epoll) {
        ring.await(NAP);
      }
      return consume();
    }

    @Override
    public void close() {
      ring.close();
    }
  }

  /** The ring buffer, read by libbpf. */
  record LibbpfRing(RingBuffer ring, boolean epoll) implements Channel {
    @Override
    public int consume() {
      return ring.consume();
    }

    @Override
    public int drain() {
      return epoll ? ring.poll(NAP) : ring.consume();
    }

    @Override
    public void close() {
      ring.close();
    }
  }

  /** Perf buffers of all CPUs, read by libbpf. */
  record Perf(PerfBuffer buffer, boolean epoll) implements Channel {
    @Override
    public int consume() {
      return buffer.consume();
    }

    @Override
    public int drain() {
      return epoll ? buffer.poll(NAP) : buffer.consume();
    }

    @Override
    public void close() {
      buffer.close();
    }
  }

  /** A hash map, emptied in batches. */
  final class Hash implements Channel {
    private static final int BATCH = 4096;

    private final BpfMap map;
    private final Arrivals arrivals;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment keys = arena.allocate(ValueLayout.JAVA_LONG, BATCH);
    private final MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, BATCH);
    private final MemorySegment cursor = arena.allocate(ValueLayout.JAVA_LONG);

    Hash(BpfMap map, Arrivals arrivals) {
      this.map = map;
      this.arrivals = arrivals;
    }

    @Override
    public int consume() {
      int events = 0;
      BpfMap.Batch batch = map.lookupAndDeleteBatch(null, cursor, keys, values, BATCH);
      while (true) {
        for (int i = 0; i < batch.count(); i++) {
          arrivals.event(
              keys.getAtIndex(ValueLayout.JAVA_LONG, i),
              values.getAtIndex(ValueLayout.JAVA_LONG, i));
        }
        events += batch.count();
        if (batch.last()) {
          return events;
        }
        batch = map.lookupAndDeleteBatch(cursor, cursor, keys, values, BATCH);
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  /** A queue, one system call an element. */
  final class Queue implements Channel {
    private static final int MOST_AT_ONCE = 4096;

    private final BpfMap map;
    private final Arrivals arrivals;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG, 2);

    Queue(BpfMap map, Arrivals arrivals) {
      this.map = map;
      this.arrivals = arrivals;
    }

    @Override
    public int consume() {
      int events = 0;
      while (events < MOST_AT_ONCE && map.lookupAndDelete(MemorySegment.NULL, value)) {
        Channel.take(value, arrivals);
        events++;
      }
      return events;
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
