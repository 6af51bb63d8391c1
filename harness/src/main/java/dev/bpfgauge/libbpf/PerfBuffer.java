package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The reading end of a perf event array: one buffer for each CPU, read by libbpf. Records reach the
 * handler inside {@link #poll} or {@link #consume}, in the thread that calls it; one thread at a
 * time. What the handler throws comes out of that call, after the records of the call.
 */
public final class PerfBuffer implements AutoCloseable {
  private final Lifetime lifetime;
  private final RingBuffer.Handler handler;
  private final Arena stubs = Arena.ofShared();
  private final MemorySegment buffer;

  /** Of the records of the call in progress; null between calls. Guarded by this. */
  private @Nullable Arena records;

  private @Nullable RuntimeException thrown;
  private int delivered;
  private long lost;

  private PerfBuffer(String map, int fd, long pages, RingBuffer.Handler handler) {
    this.lifetime = new Lifetime("perf buffer " + map);
    this.handler = handler;
    try (Arena arena = Arena.ofConfined();
        LibBpfLog.Capture log = LibBpfLog.capture()) {
      MemorySegment errno = Errno.allocate(arena);
      MemorySegment sample =
          stub(
              "sample",
              MethodType.methodType(
                  void.class, MemorySegment.class, int.class, MemorySegment.class, int.class),
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));
      MemorySegment gap =
          stub(
              "gap",
              MethodType.methodType(void.class, MemorySegment.class, int.class, long.class),
              FunctionDescriptor.ofVoid(
                  ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
      buffer =
          LibBpf.perf_buffer__new(
              errno, fd, pages, sample, gap, MemorySegment.NULL, MemorySegment.NULL);
      if (buffer.equals(MemorySegment.NULL)) {
        stubs.close();
        throw new BpfException("perf_buffer__new", map, Errno.of(errno), log.take());
      }
    }
  }

  /**
   * Opens a buffer for each CPU.
   *
   * @param bytes of each buffer, a power of two and at least a page (which has 64 KiB on some
   *     arm64)
   * @param handler takes the records; a record may be some bytes longer than what was sent
   * @throws BpfException where the kernel refuses, e.g. EPERM for the locked memory
   */
  public static PerfBuffer open(BpfMap map, long bytes, RingBuffer.Handler handler) {
    requireNonNull(map, "map");
    requireNonNull(handler, "handler");
    if (map.info().type() != Uapi.BPF_MAP_TYPE_PERF_EVENT_ARRAY) {
      throw new IllegalArgumentException("perf_buffer__new: " + map + " is no perf event array");
    }
    long pages = bytes / LibC.getpagesize();
    return map.withFd(
        "perf_buffer__new", fd -> new PerfBuffer(map.info().name(), fd, pages, handler));
  }

  private MemorySegment stub(String method, MethodType type, FunctionDescriptor descriptor) {
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup().findVirtual(PerfBuffer.class, method, type).bindTo(this),
              descriptor,
              stubs);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the callback is in this class", e);
    }
  }

  /** Called by libbpf. Nothing may be thrown into C: the JVM would end. */
  @SuppressWarnings({"UnusedMethod", "unused"}) // called by libbpf
  private void sample(MemorySegment context, int cpu, MemorySegment data, int size) {
    try {
      delivered++;
      handler.record(data.reinterpret(size, requireNonNull(records), null).asReadOnly());
    } catch (RuntimeException e) {
      thrown = thrown == null ? e : thrown;
    }
  }

  /** Called by libbpf where the kernel says that it left records out. */
  @SuppressWarnings({"UnusedMethod", "unused"}) // called by libbpf
  private void gap(MemorySegment context, int cpu, long count) {
    lost += count;
  }

  /**
   * Waits until there are records or the time is over, then hands over all there are.
   *
   * @return how many records were handed over
   */
  public int poll(Duration timeout) {
    int millis = Math.toIntExact(requireNonNull(timeout, "timeout").toMillis());
    return deliver("perf_buffer__poll", () -> LibBpf.perf_buffer__poll(buffer, millis));
  }

  /**
   * Hands over all records there are, without waiting.
   *
   * @return how many records were handed over
   */
  public int consume() {
    return deliver("perf_buffer__consume", () -> LibBpf.perf_buffer__consume(buffer));
  }

  /** Records left out so far, as the kernel reported them in the buffers. */
  public synchronized long lost() {
    return lost;
  }

  private int deliver(String call, IntSupplier body) {
    return lifetime.call(call, () -> deliverOpen(call, body));
  }

  private synchronized int deliverOpen(String call, IntSupplier body) {
    thrown = null;
    delivered = 0;
    int result;
    try (Arena arena = Arena.ofConfined()) {
      records = arena;
      result = body.getAsInt();
    } finally {
      records = null;
    }
    if (thrown != null) {
      throw thrown;
    }
    if (result < 0 && result != -Errno.EINTR) {
      throw new BpfException(call, "", -result);
    }
    return delivered;
  }

  /** Gives the memory back. Idempotent; waits for a poll in another thread. */
  @Override
  public void close() {
    lifetime.close(() -> {
      LibBpf.perf_buffer__free(buffer);
      stubs.close();
    });
  }
}
