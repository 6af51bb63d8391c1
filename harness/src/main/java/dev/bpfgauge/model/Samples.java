package dev.bpfgauge.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * samples.csv and its header file: one row a second.
 *
 * @param columns names in file order; the six of the 2024 comparison first
 * @param rows one array a row, as long as {@code columns}; {@link Double#NaN} where a value is
 *     missing. The timestamp column holds epoch seconds.
 * @param missing column → reason, for columns this machine cannot fill
 * @param costPercentOfOneCpu what the sampler itself used, NaN while running
 * @param others what else ran, the busiest first; empty where it was not recorded
 */
public record Samples(
    List<String> columns,
    List<double[]> rows,
    SortedMap<String, String> missing,
    double costPercentOfOneCpu,
    List<Other> others) {

  /** The column with the power of the processor packages, in W. */
  public static final String POWER = "power";

  /** The column with the CPU time of processes that are no part of the run, in percent. */
  public static final String OTHERS_CPU = "others_cpu";

  /**
   * A program that ran beside the run.
   *
   * @param name as the kernel has it (comm)
   * @param cpuPercent its processes' share of all CPUs' time, over the whole run
   */
  public record Other(String name, double cpuPercent) {}

  /** Samples of a run that did not look at who else ran. */
  public Samples(
      List<String> columns,
      List<double[]> rows,
      SortedMap<String, String> missing,
      double costPercentOfOneCpu) {
    this(columns, rows, missing, costPercentOfOneCpu, List.of());
  }

  public Samples {
    others = List.copyOf(others);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
  }

  /** A run without samples. */
  public static final Samples NONE = new Samples(List.of(), List.of(), new TreeMap<>(), Double.NaN);

  /** One column's values, empty where there is no such column. */
  public double[] column(String name) {
    int at = columns.indexOf(name);
    return at < 0 ? new double[0] : rows.stream().mapToDouble(row -> row[at]).toArray();
  }
}
