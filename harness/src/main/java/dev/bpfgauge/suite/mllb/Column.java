package dev.bpfgauge.suite.mllb;

import java.util.Locale;

/**
 * The whole-number columns of a file of decisions. The first thirty are those of Keitokuch/MLLB, in
 * its order; the rest are ours, between words ({@link DecisionCsv.Format}).
 */
public enum Column {
  /** When, in nanoseconds of the kernel's monotonic clock. */
  TS,
  CURR_PID,
  PID,
  SRC_CPU,
  DST_CPU,
  IMBALANCE,
  /** Tasks on the source's run queue. */
  SRC_LEN,
  SRC_NUMA_LEN,
  SRC_PREFERRED_LEN,
  /** Nanoseconds since the task ran last: rq_clock_task(src_rq) − p->se.exec_start. */
  DELTA,
  CPU_IDLE(Allowed.FLAG),
  CPU_NOT_IDLE(Allowed.FLAG),
  CPU_NEWLY_IDLE(Allowed.FLAG),
  SAME_NODE(Allowed.FLAG),
  PREFER_SRC(Allowed.FLAG),
  PREFER_DST(Allowed.FLAG),
  /** NUMA faults at the destination less those at the source. */
  DELTA_FAULTS,
  TOTAL_FAULTS,
  DST_LEN,
  /** cfs.avg.load_avg of the source's run queue. */
  SRC_LOAD,
  DST_LOAD,
  NR_FAILS,
  CACHE_NICE_TRIES,
  BUDDY_HOT(Allowed.FLAG),
  THROTTLED(Allowed.FLAG),
  P_RUNNING(Allowed.FLAG),
  TEST_AGGRESSIVE(Allowed.FLAG),
  /** What the kernel decided: the label to imitate. */
  CAN_MIGRATE(Allowed.FLAG),
  PC_0,
  PC_1,
  /** Level of the scheduling domain. */
  SD_LEVEL,
  SD_FLAGS,
  /** Nanoseconds until the task ran next after the decision; −1 where that is not known. */
  WAITED,
  /** 1 where the decision proved good, 0 where bad, −1 where that is not known. */
  OUTCOME(Allowed.OUTCOME);

  enum Allowed {
    ANY,
    /** 0 or 1. */
    FLAG,
    /** −1, 0 or 1. */
    OUTCOME
  }

  /** How many of them, from the first on, the MLLB repository has as well. */
  static final int REPOSITORY = 30;

  private final Allowed allowed;

  Column() {
    this(Allowed.ANY);
  }

  Column(Allowed allowed) {
    this.allowed = allowed;
  }

  /** As in a file's header. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its place among the values of a decision. */
  @SuppressWarnings("EnumOrdinal") // the order is the file's
  public int index() {
    return ordinal();
  }

  boolean allows(long value) {
    return switch (allowed) {
      case ANY -> true;
      case FLAG -> value == 0 || value == 1;
      case OUTCOME -> value >= -1 && value <= 1;
    };
  }

  String range() {
    return switch (allowed) {
      case ANY -> "a whole number";
      case FLAG -> "0 or 1";
      case OUTCOME -> "1 (good), 0 (bad) or -1 (not known)";
    };
  }
}
