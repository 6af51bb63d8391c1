package dev.bpfgauge.results;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * samples.csv and its header file: one row a second.
 *
 * @param columns names in file order; the seeds' six first
 * @param rows one array a row, as long as {@code columns}; {@link Double#NaN} where a value is
 *     missing. The timestamp column holds epoch seconds.
 * @param missing column → reason, for columns this machine cannot fill
 * @param costPercentOfOneCpu what the sampler itself used, NaN while running
 */
public record Samples(
    List<String> columns,
    List<double[]> rows,
    SortedMap<String, String> missing,
    double costPercentOfOneCpu) {

  /** The column with the power of the processor packages, in W. */
  public static final String POWER = "power";

  public Samples {
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
