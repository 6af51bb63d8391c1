package dev.bpfgauge.libbpf;

import static java.util.Objects.requireNonNull;

import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * The reading end of a ring buffer map without libbpf: this JVM reads the pages it shares with the
 * kernel (kernel: Documentation/bpf/ringbuf.rst). The consumer's page holds how far we have read;
 * the producers' page how far they have reserved; the data follow twice in a row, so that a record
 * over the end lies in one piece. A record begins with its length, whose top bits say that it is
 * still being written or was discarded.
 *
 * <p>One thread at a time, and no other reader of the same map.
 */
public final class MappedRing implements AutoCloseable {
  private static final VarHandle POSITION = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle LENGTH = ValueLayout.JAVA_INT.varHandle();
  private static final int BUSY = 1 << 31;
  private static final int DISCARDED = 1 << 30;
  private static final int HEADER_BYTES = 8;

  /** Records read before the kernel is told: each telling takes a cache line from the producer. */
  private static final int TOLD_AFTER = 64;

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int EPOLL_EVENT_BYTES = 16;

  /** What is done with a record. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Takes one record.
     *
     * @param data the kernel's own memory, read-only
     * @param offset where the record begins in it
     * @param bytes its length
     */
    void record(MemorySegment data, long offset, int bytes);
  }

  private final Lifetime lifetime;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment consumer;
  private final MemorySegment producers;
  private final MemorySegment data;
  private final MemorySegment errno = Errno.allocate(arena);
  private final MemorySegment event = arena.allocate(EPOLL_EVENT_BYTES, Long.BYTES);
  private final long mask;
  private final int epoll;
  private long read;

  private MappedRing(String map, int fd, long bytes) {
    lifetime = new Lifetime("ring buffer " + map);
    mask = bytes - 1;
    int page = LibC.getpagesize();
    try {
      consumer = pages(map, fd, 0, page, PROT_READ | PROT_WRITE);
      MemorySegment rest = pages(map, fd, page, page + 2 * bytes, PROT_READ).asReadOnly();
      producers = rest.asSlice(0, page);
      data = rest.asSlice(page);
      epoll = watching(map, fd);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
    read = (long) POSITION.getAcquire(consumer, 0L);
  }

  /**
   * Maps the ring buffer. It may outlive the map's object, and then gets no more records.
   *
   * @throws BpfException where the kernel refuses the mapping
   */
  public static MappedRing open(BpfMap map) {
    requireNonNull(map, "map");
    if (map.info().type() != Uapi.BPF_MAP_TYPE_RINGBUF) {
      throw new IllegalArgumentException("mmap: " + map + " is no ring buffer");
    }
    return map.withFd("mmap", fd -> new MappedRing(map.info().name(), fd, map.info().maxEntries()));
  }

  private MemorySegment pages(String map, int fd, long offset, long bytes, int protection) {
    MemorySegment mapped =
        LibC.mmap(errno, MemorySegment.NULL, bytes, protection, MAP_SHARED, fd, offset);
    if (mapped.address() == -1) {
      throw new BpfException("mmap", "ring buffer " + map, Errno.of(errno));
    }
    return mapped.reinterpret(bytes, arena, MappedRing::unmap);
  }

  private static void unmap(MemorySegment mapped) {
    try (Arena scratch = Arena.ofConfined()) {
      LibC.munmap(Errno.allocate(scratch), mapped, mapped.byteSize());
    }
  }

  private int watching(String map, int fd) {
    int made = LibC.epoll_create1(errno, EPOLL_CLOEXEC);
    if (made < 0) {
      throw new BpfException("epoll_create1", "ring buffer " + map, Errno.of(errno));
    }
    event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
    if (LibC.epoll_ctl(errno, made, EPOLL_CTL_ADD, fd, event) < 0) {
      int refused = Errno.of(errno);
      BpfMap.closeFd(made);
      throw new BpfException("epoll_ctl", "ring buffer " + map, refused);
    }
    return made;
  }

  /**
   * Hands over all records there are, without waiting and without a system call. What the handler
   * throws comes out; the record counts as read.
   *
   * @return how many records were handed over
   */
  public int consume(Handler handler) {
    requireNonNull(handler, "handler");
    return lifetime.call("consume", () -> consumeOpen(handler));
  }

  private synchronized int consumeOpen(Handler handler) {
    int records = 0;
    long told = read;
    try {
      while (true) {
        int length = next();
        if (length < 0 && told == read) {
          return records;
        }
        if (length < 0 || records % TOLD_AFTER == TOLD_AFTER - 1) {
          POSITION.setRelease(consumer, 0L, read);
          told = read;
          // A record that came meanwhile must be seen now: its producer saw the old position, and
          // woke nobody.
          VarHandle.fullFence();
        }
        if (length >= 0) {
          records += take(length, handler);
        }
      }
    } finally {
      POSITION.setRelease(consumer, 0L, read);
    }
  }

  /** The head of the next record, or a negative number where none is ready. */
  private int next() {
    return read < (long) POSITION.getAcquire(producers, 0L)
        ? (int) LENGTH.getAcquire(data, read & mask)
        : BUSY;
  }

  private int take(int head, Handler handler) {
    long start = (read & mask) + HEADER_BYTES;
    int bytes = head & ~DISCARDED;
    read += (bytes + HEADER_BYTES + 7L) & ~7L;
    if ((head & DISCARDED) != 0) {
      return 0;
    }
    handler.record(data, start, bytes);
    return 1;
  }

  /** Counts every record as read, unseen. Only while no program is writing one. */
  public void discardAll() {
    lifetime.call(
        "discard",
        () -> {
          synchronized (this) {
            read = (long) POSITION.getAcquire(producers, 0L);
            POSITION.setRelease(consumer, 0L, read);
            return 0;
          }
        });
  }

  /** Waits until the kernel says that there are records, or the time is over. */
  public void await(Duration timeout) {
    int millis = Math.toIntExact(requireNonNull(timeout, "timeout").toMillis());
    lifetime.call(
        "epoll_wait",
        () -> {
          int result = LibC.epoll_wait(errno, epoll, event, 1, millis);
          if (result < 0 && Errno.of(errno) != Errno.EINTR) {
            throw new BpfException("epoll_wait", "", Errno.of(errno));
          }
          return result;
        });
  }

  /** Gives the memory back. Idempotent; waits for a call in another thread. */
  @Override
  public void close() {
    lifetime.close(() -> {
      BpfMap.closeFd(epoll);
      arena.close();
    });
  }
}
