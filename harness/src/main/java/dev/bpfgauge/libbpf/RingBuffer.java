package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The reading end of a ring buffer map. Records reach the handler inside {@link #poll} or {@link
 * #consume}, in the thread that calls it; one thread at a time. What the handler throws ends that
 * call and comes out of it; the record counts as read.
 */
public final class RingBuffer implements AutoCloseable {

  /** Any negative result ends ring_buffer__poll; this one is ECANCELED. */
  private static final int STOP = -125;

  private static final MethodType CALLBACK =
      MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class, long.class);

  /** What is done with a record. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Takes one record.
     *
     * @param record the kernel's own memory, not to be used after the call it came in
     */
    void record(MemorySegment record);
  }

  private final Lifetime lifetime;
  private final Handler handler;
  private final Arena stubs = Arena.ofShared();
  private final MemorySegment ring;

  /** Of the records of the call in progress; null between calls. Guarded by this. */
  private @Nullable Arena records;

  private @Nullable Throwable thrown;

  private RingBuffer(String map, int fd, Handler handler) {
    this.lifetime = new Lifetime("ring buffer " + map);
    this.handler = handler;
    try (Arena arena = Arena.ofConfined();
        LibBpfLog.Capture log = LibBpfLog.capture()) {
      MemorySegment errno = Errno.allocate(arena);
      ring = LibBpf.ring_buffer__new(errno, fd, stub(), MemorySegment.NULL, MemorySegment.NULL);
      if (ring.equals(MemorySegment.NULL)) {
        stubs.close();
        throw new BpfException("ring_buffer__new", map, Errno.of(errno), log.take());
      }
    }
  }

  /**
   * Opens the map's reading end. It may outlive the map's object, and then gets no more records.
   *
   * @throws BpfException EINVAL where the map is no ring buffer
   */
  public static RingBuffer open(BpfMap map, Handler handler) {
    requireNonNull(map, "map");
    requireNonNull(handler, "handler");
    if (map.info().type() != Uapi.BPF_MAP_TYPE_RINGBUF) {
      throw new IllegalArgumentException("ring_buffer__new: " + map + " is no ring buffer");
    }
    return map.withFd("ring_buffer__new", fd -> new RingBuffer(map.info().name(), fd, handler));
  }

  private MemorySegment stub() {
    try {
      MethodHandle callback =
          MethodHandles.lookup().findVirtual(RingBuffer.class, "callback", CALLBACK).bindTo(this);
      return Linker.nativeLinker()
          .upcallStub(
              callback,
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG),
              stubs);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the callback is in this class", e);
    }
  }

  /** Called by libbpf. Nothing may be thrown into C: the JVM would end. */
  @SuppressWarnings({"UnusedMethod", "unused"}) // called by libbpf
  private int callback(MemorySegment context, MemorySegment data, long size) {
    try {
      handler.record(data.reinterpret(size, requireNonNull(records), null).asReadOnly());
      return 0;
    } catch (Throwable t) {
      thrown = t;
      return STOP;
    }
  }

  /**
   * Waits until there are records or the time is over, then hands over all there are.
   *
   * @return how many records were handed over
   */
  public int poll(Duration timeout) {
    int millis = Math.toIntExact(requireNonNull(timeout, "timeout").toMillis());
    if (millis < 0) {
      throw new IllegalArgumentException("ring_buffer__poll: the timeout is negative: " + timeout);
    }
    return deliver("ring_buffer__poll", () -> LibBpf.ring_buffer__poll(ring, millis));
  }

  /**
   * Hands over all records there are, without waiting.
   *
   * @return how many records were handed over
   */
  public int consume() {
    return deliver("ring_buffer__consume", () -> LibBpf.ring_buffer__consume(ring));
  }

  private int deliver(String call, IntSupplier body) {
    return lifetime.call(call, () -> deliverLocked(call, body));
  }

  private synchronized int deliverLocked(String call, IntSupplier body) {
    if (records != null) {
      throw new IllegalStateException(call + ": called by the handler of the same ring buffer");
    }
    thrown = null;
    int result;
    try (Arena arena = Arena.ofConfined()) {
      records = arena;
      result = body.getAsInt();
    } finally {
      records = null;
    }
    rethrow(thrown);
    if (result == -Errno.EINTR) {
      return 0;
    }
    if (result < 0) {
      throw new BpfException(call, "", -result);
    }
    return result;
  }

  private static void rethrow(@Nullable Throwable thrown) {
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("the handler threw a checked exception", thrown);
    }
  }

  /**
   * Gives the memory back. Idempotent; waits for a poll in another thread.
   *
   * @throws IllegalStateException when called by the handler
   */
  @Override
  public void close() {
    lifetime.close(() -> {
      LibBpf.ring_buffer__free(ring);
      stubs.close();
    });
  }
}
