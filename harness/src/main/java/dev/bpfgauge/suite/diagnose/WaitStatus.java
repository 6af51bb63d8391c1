package dev.bpfgauge.suite.diagnose;

import java.util.List;

/**
 * How a process ended, as wait(2) tells it.
 *
 * @param status its number
 */
record WaitStatus(int status) {
  private static final int SIGNAL = 0x7f;
  private static final int CORE = 0x80;

  /** SIGRTMIN of glibc and musl, which keep the two and three before for themselves. */
  private static final int FIRST_REAL_TIME = 34;

  private static final int LAST = 64;

  /** From 1 on, on x86-64 and aarch64 (asm-generic/signal.h). */
  private static final List<String> SIGNALS =
      List.of(
          "SIGHUP",
          "SIGINT",
          "SIGQUIT",
          "SIGILL",
          "SIGTRAP",
          "SIGABRT",
          "SIGBUS",
          "SIGFPE",
          "SIGKILL",
          "SIGUSR1",
          "SIGSEGV",
          "SIGUSR2",
          "SIGPIPE",
          "SIGALRM",
          "SIGTERM",
          "SIGSTKFLT",
          "SIGCHLD",
          "SIGCONT",
          "SIGSTOP",
          "SIGTSTP",
          "SIGTTIN",
          "SIGTTOU",
          "SIGURG",
          "SIGXCPU",
          "SIGXFSZ",
          "SIGVTALRM",
          "SIGPROF",
          "SIGWINCH",
          "SIGIO",
          "SIGPWR",
          "SIGSYS");

  /** The signal that ended it, from 1; 0 where it ended by itself. */
  int signal() {
    return status & SIGNAL;
  }

  /** What it gave to exit(3), 0 to 255. */
  int code() {
    return status >> 8 & 0xff;
  }

  /** Whether the kernel wrote its memory into a file or to a program (core(5)). */
  boolean isDumped() {
    return (status & CORE) != 0;
  }

  /** E.g. {@code SIGKILL}, {@code SIGRTMIN+3}. */
  static String signalName(int signal) {
    if (signal >= 1 && signal <= SIGNALS.size()) {
      return SIGNALS.get(signal - 1);
    }
    if (signal < FIRST_REAL_TIME || signal > LAST) {
      return "signal " + signal;
    }
    return signal == FIRST_REAL_TIME ? "SIGRTMIN" : "SIGRTMIN+" + (signal - FIRST_REAL_TIME);
  }

  /** E.g. {@code code 3}, {@code SIGSEGV, core}. */
  @Override
  public String toString() {
    if (signal() == 0) {
      return "code " + code();
    }
    return signalName(signal()) + (isDumped() ? ", core" : "");
  }
}
