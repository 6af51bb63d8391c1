package dev.bpfgauge.files;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values after RFC 4180, but with bare line feeds as every Unix tool wants them.
 */
public final class Csv {
  private Csv() {}

  /** Appends one row with its line end. */
  public static void row(StringBuilder out, List<String> fields) {
    out.append(fields.stream().map(Csv::quoted).collect(Collectors.joining(","))).append('\n');
  }

  /** As RFC 4180 has it. */
  public static String quoted(String field) {
    boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }

  /** A number without exponent and without a needless ".0"; empty for NaN and infinities. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return new BigDecimal(Double.toString(value)).toPlainString();
  }
}
