package dev.bpfgauge.suite.mllb;

/** One call of the kernel's can_migrate_task(): may this task move from that CPU to this one? */
public final class Decision {
  private static final int COLUMNS = Column.values().length;

  private final long[] values;
  private final String comm;
  private final String kernel;
  private final String scenario;

  /**
   * A decision.
   *
   * @param values one for each {@link Column}, in their order; kept, not copied
   * @param comm the task's name
   * @param kernel release of the kernel that decided; empty where that is not known
   * @param scenario what the machine was doing
   */
  public Decision(long[] values, String comm, String kernel, String scenario) {
    if (values.length != COLUMNS) {
      throw new IllegalArgumentException(values.length + " values for " + COLUMNS + " columns");
    }
    this.values = values;
    this.comm = comm;
    this.kernel = kernel;
    this.scenario = scenario;
  }

  public long get(Column column) {
    return values[column.index()];
  }

  public String comm() {
    return comm;
  }

  public String kernel() {
    return kernel;
  }

  public String scenario() {
    return scenario;
  }

  /**
   * Whether the MLLB repository trains on it: the task was not running, and its cache was asked
   * about.
   */
  public boolean isTrainable() {
    return get(Column.P_RUNNING) == 0 && get(Column.TEST_AGGRESSIVE) == 1;
  }
}
