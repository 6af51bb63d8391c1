package dev.bpfgauge.lab;

import dev.bpfgauge.results.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * What a guest says.
 *
 * @param kind {@link #HELLO}, {@link #BEGIN}, {@link #ROW} or {@link #BYE}
 * @param index which of the task's cells, for BEGIN and ROW
 * @param end of a ROW: measured, refused, unavailable or failed
 * @param text of HELLO the kernel's release and version; of a ROW the reason
 * @param measurement of a ROW that was measured
 */
record GuestMessage(
    String kind, int index, String end, String text, @Nullable Measurement measurement) {
  /** The JVM is up. */
  static final String HELLO = "hello";

  /** A cell begins: if nothing follows, it was this one. */
  static final String BEGIN = "begin";

  /** A cell's end. */
  static final String ROW = "row";

  /** All cells are done. */
  static final String BYE = "bye";
}
