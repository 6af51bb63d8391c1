package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.AttachTarget;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import org.jspecify.annotations.Nullable;

/** How a program is attached, as often as wanted: where its section says, or to a cgroup. */
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
    try (BpfLink _ = attachment.attach()) {
      return attachment;
    } catch (BpfException e) {
      attachment.close();
      if (LoadReason.isDenied(e)) {
        throw new LoadRefusedException(LoadReason.denied(e), true, e.log());
      }
      throw new LoadRefusedException(
          ProgMeter.NOT_ATTACHED + AttachTarget.of(program.section()).missing(e), false, e.log());
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  /** Attaches it. */
  BpfLink attach() {
    return cgroup == null ? program.attach() : program.attachCgroup(cgroup.fd());
  }

  @Override
  public void close() {
    if (cgroup != null) {
      cgroup.close();
    }
  }
}
