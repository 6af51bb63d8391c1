package dev.bpfgauge.suite.diagnose;

/** Kinds of the kernel's locks, in bits as bpf/tools/mutex-monitor.h has them. */
final class LockKind {
  private static final int SPIN = 1;
  private static final int READ = 2;
  private static final int WRITE = 4;
  private static final int RT = 8;
  private static final int PERCPU = 16;
  private static final int MUTEX = 32;
  private static final int OF_MEMORY = 0x100;

  private LockKind() {}

  /** E.g. {@code rwsem write}. */
  static String words(int kind) {
    String use = (kind & READ) != 0 ? " read" : (kind & WRITE) != 0 ? " write" : "";
    if ((kind & MUTEX) != 0) {
      return "mutex";
    }
    if ((kind & SPIN) != 0) {
      return (use.isEmpty() ? "spinlock" : "rwlock") + use;
    }
    if ((kind & RT) != 0) {
      return "rt" + (use.isEmpty() ? "mutex" : "lock") + use;
    }
    return ((kind & PERCPU) != 0 ? "percpu-rwsem" : "rwsem") + use;
  }

  /** Whether it is that of the waiting process's own memory map. */
  static boolean isOfMemory(int kind) {
    return (kind & OF_MEMORY) != 0;
  }
}
