package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A run by BPF_PROG_RUN on a packet of 64 bytes, many in one system call. Detached there is nothing
 * to do, so what it adds is the program and the kernel's loop around it, in whole nanoseconds.
 */
final class TestRun implements Traced {
  private final MemorySegment packet = MemorySegment.ofArray(new byte[64]);
  private @Nullable BpfProgram program;

  @Override
  public void operate(int count) {
    timed(count);
  }

  /** By the kernel's own clock: before an XDP program is repeated the kernel waits for RCU. */
  @Override
  public long timed(int count) {
    return program == null ? 0 : program.run(RunInput.packet(packet, count)).nanosPerRun() * count;
  }

  @Override
  public Attachment attach(BpfProgram attached) {
    program = attached;
    return () -> program = null;
  }
}
