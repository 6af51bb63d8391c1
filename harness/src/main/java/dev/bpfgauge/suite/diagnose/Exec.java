package dev.bpfgauge.suite.diagnose;

/**
 * One exec.
 *
 * @param when ns, by {@link dev.bpfgauge.libbpf.KernelClock}
 * @param result 0, or the errno, negative
 * @param file as it was given, with a descriptor of execveat as {@code /dev/fd/N}
 */
record Exec(long when, int result, Identity who, String comm, String file, Arguments arguments) {
  /** {@code ok}, or the error's name. */
  String answer() {
    return result == 0 ? "ok" : ErrnoName.of(-result);
  }
}
