package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.libbpf.BpfLink;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.ffm.LibC;
import java.util.function.Function;

/** getppid(2), the cheapest system call: what hangs on the way into the kernel shows most. */
final class SystemCall implements Traced {
  private final Function<BpfProgram, BpfLink> attach;

  SystemCall(Function<BpfProgram, BpfLink> attach) {
    this.attach = attach;
  }

  /** The function of the kernel that answers it. */
  static String kernelName() {
    return System.getProperty("os.arch", "").equals("aarch64")
        ? "__arm64_sys_getppid"
        : "__x64_sys_getppid";
  }

  /** The same as BTF knows it, with which fentry and fexit go; as in hooks.bpf.c. */
  static String btfName() {
    String name = kernelName();
    return name.startsWith("__x64") ? "__do_sys_getppid" : name;
  }

  @Override
  public void operate(int count) {
    for (int i = 0; i < count; i++) {
      LibC.getppid();
    }
  }

  @Override
  public Attachment attach(BpfProgram program) {
    return attach.apply(program)::close;
  }
}
