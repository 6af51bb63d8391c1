package dev.bpfgauge.machine.sample;

import dev.bpfgauge.files.SamplesFile.Column;
import java.util.List;

/**
 * One source of columns. It proves in its factory what it can read, and says in {@link
 * Column#missing()} what it cannot. Reading is for one thread.
 */
interface Gauge extends AutoCloseable {

  /** The columns, always the same ones in the same order. */
  List<Column> columns();

  /**
   * Reads the machine once.
   *
   * @param seconds since the previous reading; rates are over this span. 0 at the first reading,
   *     whose values nobody looks at
   * @param row gets the values from {@code at} on, {@link Double#NaN} for what is missing
   */
  void read(double seconds, double[] row, int at);

  /** What happened to the machine since this was asked for last, as sentences. */
  default List<String> news() {
    return List.of();
  }

  @Override
  default void close() {}
}
