package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.MappedRing;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What programs write one by one, in the order of its times. CPUs write side by side, so a row may
 * come into the buffer behind one that is later: rows wait a moment for those before them.
 *
 * @param <T> what a row says
 */
final class RowsInOrder<T> implements AutoCloseable {
  /** Programs wake nobody before their buffer fills. */
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(100);

  /** Longer than a program is held up between its clock and the buffer. */
  static final Duration PATIENCE = Duration.ofMillis(20);

  private final MappedRing ring;
  private final Duration patience;
  private final Function<MemorySegment, T> read;
  private final ToLongFunction<T> when;
  private final List<T> waiting = new ArrayList<>();

  /**
   * Reads a buffer.
   *
   * @param patience how long a row waits for those before it
   * @param read what a record says; it gets the kernel's own memory, as long as it works
   * @param when its time by {@link KernelClock}
   */
  RowsInOrder(
      BpfMap rows, Duration patience, Function<MemorySegment, T> read, ToLongFunction<T> when) {
    this.ring = MappedRing.open(rows);
    this.patience = patience;
    this.read = read;
    this.when = when;
  }

  /**
   * Hands over what comes meanwhile.
   *
   * @throws InterruptedException where the user ended it
   */
  void follow(Duration time, Consumer<List<T>> live) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      ring.await(Duration.ofNanos(Math.min(left, BETWEEN_READINGS.toNanos())));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      List<T> rows = until(KernelClock.nanos() - patience.toNanos());
      if (!rows.isEmpty()) {
        live.accept(rows);
      }
    }
  }

  /** All there are. */
  List<T> take() {
    return until(Long.MAX_VALUE);
  }

  private List<T> until(long last) {
    ring.consume((data, offset, bytes) -> waiting.add(read.apply(data.asSlice(offset, bytes))));
    waiting.sort(Comparator.comparingLong(when));
    int count = 0;
    while (count < waiting.size() && when.applyAsLong(waiting.get(count)) <= last) {
      count++;
    }
    List<T> rows = List.copyOf(waiting.subList(0, count));
    waiting.subList(0, count).clear();
    return rows;
  }

  @Override
  public void close() {
    ring.close();
  }
}
