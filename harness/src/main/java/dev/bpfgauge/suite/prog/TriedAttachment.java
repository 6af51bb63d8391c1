package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a program is attached, as often as wanted: where its section says, to a cgroup, or to the
 * page faults of this thread.
 */
final class TriedAttachment implements AutoCloseable {
  private final BpfProgram program;
  private final @Nullable OwnCgroup cgroup;

  private TriedAttachment(BpfProgram program, @Nullable OwnCgroup cgroup) {
    this.program = program;
    this.cgroup = cgroup;
  }

  /**
   * Tries it once; where the program is for cgroups, this process is in one of its own until the
   * result is closed.
   *
   * @throws LoadRefusedException where the kernel does not attach it, with the reason
   */
  static TriedAttachment of(BpfProgram program) throws LoadRefusedException {
    OwnCgroup cgroup =
        Attaching.isForCgroups(program.type(), program.section()) ? OwnCgroup.enter() : null;
    TriedAttachment attachment = new TriedAttachment(program, cgroup);
    try (BpfLink _ = tried(program, attachment::attach)) {
      return attachment;
    } catch (LoadRefusedException | RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  /**
   * Attaches it some way.
   *
   * @throws LoadRefusedException where the kernel does not attach it, with the reason
   */
  static BpfLink tried(BpfProgram program, Supplier<BpfLink> attach) throws LoadRefusedException {
    try {
      return attach.get();
    } catch (BpfException e) {
      if (LoadReason.isDenied(e)) {
        throw new LoadRefusedException(LoadReason.denied(e), true, e.log());
      }
      throw new LoadRefusedException(
          ProgMeter.NOT_ATTACHED + AttachTarget.of(program.section()).missing(e), false, e.log());
    }
  }

  /** Attaches it. */
  BpfLink attach() {
    if (cgroup != null) {
      return program.attachCgroup(cgroup.fd());
    }
    return Attaching.isForPerf(program.type()) ? program.attachPageFaults() : program.attach();
  }

  @Override
  public void close() {
    if (cgroup != null) {
      cgroup.close();
    }
  }
}
