package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * An XDP program attached to the loopback device of an empty network of its own, where no packet
 * ever comes. BPF_PROG_RUN with repetitions puts an XDP program in the kernel's dispatcher and
 * takes it out again, and waits for RCU both times, milliseconds each; one that is in it already
 * stays (kernel: bpf_prog_change_xdp, bpf_dispatcher_change_prog).
 */
final class TestNetwork implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int O_RDONLY_CLOEXEC = 0x8_0000;

  /** Of every network namespace. */
  private static final int LOOPBACK = 1;

  private final int network;
  private final BpfLink link;

  private TestNetwork(int network, BpfLink link) {
    this.network = network;
    this.link = link;
  }

  /** Attaches; empty where this kernel or user cannot. The thread is back where it was. */
  static Optional<TestNetwork> of(BpfProgram program) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      int before = open(arena, errno);
      if (before < 0 || LibC.unshare(errno, CLONE_NEWNET) != 0) {
        close(errno, before);
        return Optional.empty();
      }
      try (Elsewhere _ = new Elsewhere(errno, before)) {
        int own = open(arena, errno);
        try {
          return Optional.of(
              new TestNetwork(
                  own, program.attachDevice(LOOPBACK, Uapi.BPF_XDP, Uapi.XDP_FLAGS_SKB_MODE)));
        } catch (BpfException e) {
          close(errno, own);
          return Optional.empty();
        }
      }
    }
  }

  /** The calling thread is in another network until this is closed. */
  private record Elsewhere(MemorySegment errno, int before) implements AutoCloseable {
    @Override
    public void close() {
      int result = LibC.setns(errno, before, CLONE_NEWNET);
      TestNetwork.close(errno, before);
      if (result != 0) {
        throw new IllegalStateException("setns, errno " + Errno.of(errno));
      }
    }
  }

  private static int open(Arena arena, MemorySegment errno) {
    return LibC.open(errno, arena.allocateFrom("/proc/thread-self/ns/net"), O_RDONLY_CLOEXEC, 0);
  }

  private static void close(MemorySegment errno, int descriptor) {
    if (descriptor >= 0) {
      LibC.close(errno, descriptor);
    }
  }

  @Override
  public void close() {
    link.close();
    try (Arena arena = Arena.ofConfined()) {
      close(Errno.allocate(arena), network);
    }
  }
}
