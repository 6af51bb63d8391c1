package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.LibBpf;
import java.lang.foreign.MemorySegment;

/**
 * A program's attachment. It lasts until it is closed, its object is closed, or this process ends:
 * nothing is pinned.
 */
public final class BpfLink implements AutoCloseable {

  private final BpfObject object;
  private final MemorySegment link;
  private final Lifetime lifetime;

  BpfLink(BpfObject object, String program, MemorySegment link) {
    this.object = object;
    this.link = link;
    this.lifetime = new Lifetime("link of program " + program);
  }

  /** The link's descriptor, or the perf event's on kernels without BPF links (before 5.15). */
  public int fd() {
    return lifetime.call("bpf_link__fd", () -> LibBpf.bpf_link__fd(link));
  }

  /** Detaches the program. Idempotent. */
  @Override
  public void close() {
    lifetime.close(() -> {
      LibBpf.bpf_link__destroy(link);
      object.unlinked(this);
    });
  }
}
