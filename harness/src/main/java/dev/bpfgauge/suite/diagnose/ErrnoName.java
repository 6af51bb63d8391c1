package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.ffm.LibC;

/** What a system call answered, as people know it. */
final class ErrnoName {
  private ErrnoName() {}

  /**
   * E.g. {@code ENOENT}; {@code errno 524} for one that the C library has no name for.
   *
   * @param errno positive
   */
  static String of(int errno) {
    String name = LibC.has("strerrorname_np") ? LibC.strerrorname_np(errno) : "";
    return name.isEmpty() ? "errno " + errno : name;
  }
}
