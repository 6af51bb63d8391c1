package dev.bpfgauge.suite.diagnose;

import java.util.Map;

/** What a system call answered, as people know it. */
final class ErrnoName {
  private static final Map<Integer, String> NAMES = NumberedNames.read("errors");

  private ErrnoName() {}

  /**
   * E.g. {@code ENOENT}; {@code ERESTARTSYS} and its kin are of calls that a signal broke off;
   * {@code errno 999} for one without a name.
   *
   * @param errno positive
   */
  static String of(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno);
  }
}
