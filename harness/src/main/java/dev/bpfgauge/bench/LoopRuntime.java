package dev.bpfgauge.bench;

/** What the measured loop is written in. */
public enum LoopRuntime {
  JAVA,
  /** C, in a process with one thread, where a file descriptor look-up is cheaper. */
  C,
  /** C, with a second thread that sleeps: what Java is fairly compared with. */
  C_THREAD,
  /** Both by turns in one JVM, so that whatever the machine does meanwhile hits them alike. */
  JAVA_AND_C;

  public String word() {
    return Words.of(this);
  }

  public static LoopRuntime ofWord(String word) {
    return Words.parse(LoopRuntime.class, "runtime", word);
  }
}
