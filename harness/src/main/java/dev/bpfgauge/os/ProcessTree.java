package dev.bpfgauge.os;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Processes below a process, and their end. */
public final class ProcessTree {
  private ProcessTree() {}

  /** Numbers of the processes that this one started and that live. */
  public static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  /** Those of {@link #children} that were not among them then. */
  public static Stream<ProcessHandle> childrenSince(Set<Long> before) {
    return ProcessHandle.current().children().filter(child -> !before.contains(child.pid()));
  }

  /** Kills all below the process, then the process itself. */
  public static void kill(ProcessHandle root) {
    root.descendants().forEach(ProcessHandle::destroyForcibly);
    root.destroyForcibly();
  }
}
