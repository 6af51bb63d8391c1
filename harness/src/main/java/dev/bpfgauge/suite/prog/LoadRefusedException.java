package dev.bpfgauge.suite.prog;

/** A program that a kernel does not take: its message says why in one sentence. */
final class LoadRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean denied;
  private final String log;

  /**
   * @param denied the kernel will not for this user; nothing is said of the program
   * @param log all that libbpf and the verifier said
   */
  LoadRefusedException(String reason, boolean denied, String log) {
    super(reason);
    this.denied = denied;
    this.log = log;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  boolean isDenied() {
    return denied;
  }

  String log() {
    return log;
  }
}
