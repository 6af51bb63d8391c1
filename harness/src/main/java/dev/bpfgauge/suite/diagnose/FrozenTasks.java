package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.suite.tools.Attachment;
import java.lang.foreign.ValueLayout;

/** How this kernel marks frozen tasks, which are not blocked (bpf/tools/blocked.h). */
final class FrozenTasks {
  private FrozenTasks() {}

  /** Tells a module's programs. */
  static void tell(BpfObject object) {
    object
        .variable("frozen_is_a_flag")
        .set(
            ValueLayout.JAVA_BOOLEAN,
            0,
            !Attachment.isAtLeast(System.getProperty("os.version", ""), 6, 1));
  }
}
