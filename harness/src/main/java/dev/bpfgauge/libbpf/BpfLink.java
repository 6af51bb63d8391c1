package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/**
 * A program's attachment. It lasts until it is closed, its object is closed, or this process ends:
 * nothing is pinned.
 */
public final class BpfLink implements AutoCloseable {

  private final BpfObject object;
  private final IntSupplier fd;
  private final Runnable detach;
  private final Lifetime lifetime;

  private BpfLink(BpfObject object, String program, IntSupplier fd, Runnable detach) {
    this.object = object;
    this.fd = fd;
    this.detach = detach;
    this.lifetime = new Lifetime("link of program " + program);
  }

  /** One of libbpf's own. */
  BpfLink(BpfObject object, String program, MemorySegment link) {
    this(object, program, () -> LibBpf.bpf_link__fd(link), () -> LibBpf.bpf_link__destroy(link));
  }

  /** One that the kernel made without libbpf's bookkeeping; the descriptor is the link's now. */
  BpfLink(BpfObject object, String program, int fd) {
    this(object, program, () -> fd, () -> BpfMap.closeFd(fd));
  }

  /** The link's descriptor, or the perf event's on kernels without BPF links (before 5.15). */
  public int fd() {
    return lifetime.call("bpf_link__fd", fd);
  }

  /** Detaches the program. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> {
      detach.run();
      object.unlinked(this);
    });
  }
}
