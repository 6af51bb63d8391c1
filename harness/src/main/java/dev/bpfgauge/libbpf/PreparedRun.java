package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program and the context that BPF_PROG_RUN runs it with, ready to be run again and again by one
 * system call each: for types that the kernel neither repeats nor times, such as syscall and raw
 * tracepoint programs. What a call takes beside its program is the same for all of these. To be
 * closed before its program; for one thread.
 */
public final class PreparedRun implements AutoCloseable {
  private static final String CALL = "bpf_prog_test_run_opts";

  private final Lifetime lifetime;
  private final int fd;
  private final String about;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment opts = Uapi.bpf_test_run_opts.allocate(arena);

  /** A program may write its context, so each call begins with what was given. */
  private final MemorySegment given;

  private final MemorySegment context;

  PreparedRun(Lifetime program, int fd, String about, MemorySegment bytes) {
    this.lifetime = program;
    this.fd = fd;
    this.about = about;
    given = arena.allocate(bytes.byteSize(), Long.BYTES).copyFrom(bytes);
    context = arena.allocate(bytes.byteSize(), Long.BYTES);
    Uapi.bpf_test_run_opts.setLong(opts, "sz", opts.byteSize());
    Uapi.bpf_test_run_opts.setPointer(opts, "ctx_in", context);
    Uapi.bpf_test_run_opts.setInt(opts, "ctx_size_in", Math.toIntExact(bytes.byteSize()));
  }

  /**
   * Runs it once.
   *
   * @return what it gave
   * @throws BpfException where its type does not take such a context
   */
  public int run() {
    return lifetime.call(CALL, this::once);
  }

  /** Nanoseconds of so many runs, their calls included. */
  public long nanos(int count) {
    return lifetime.get(
        CALL,
        () -> {
          long start = System.nanoTime();
          for (int i = 0; i < count; i++) {
            once();
          }
          return System.nanoTime() - start;
        });
  }

  private int once() {
    context.copyFrom(given);
    int result = LibBpf.bpf_prog_test_run_opts(fd, opts);
    if (result < 0) {
      throw new BpfException(CALL, about, -result);
    }
    return Uapi.bpf_test_run_opts.getInt(opts, "retval");
  }

  /** Gives the memory back; once only. */
  @Override
  public void close() {
    arena.close();
  }
}
