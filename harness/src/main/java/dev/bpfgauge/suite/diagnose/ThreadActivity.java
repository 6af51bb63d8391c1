package dev.bpfgauge.suite.diagnose;

/** What a thread does, in the order of bpf/tools/run-trace.h. */
enum ThreadActivity {
  /** On a CPU, for itself. */
  RUNNING(0, "RUN"),
  /** On a CPU that serves a hard interrupt. */
  HARD(1, "HARD"),
  /** On a CPU that serves a soft one. */
  SOFT(2, "SOFT"),
  /** Waits for a CPU. */
  RUNNABLE(3, "RUNNABLE"),
  /** Waits for something else, and a signal would wake it. */
  SLEEPING(4, "SLEEP"),
  /** Waits in state D. */
  BLOCKED(5, "D");

  private final int place;
  private final String title;

  ThreadActivity(int place, String title) {
    this.place = place;
    this.title = title;
  }

  /** Where bpf/tools/run-trace.h counts it. */
  int place() {
    return place;
  }

  /** In a column's head. */
  String title() {
    return title;
  }
}
