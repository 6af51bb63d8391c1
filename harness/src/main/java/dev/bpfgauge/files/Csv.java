package dev.bpfgauge.files;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values after RFC 4180, but with bare line feeds as every Unix tool wants them.
 */
public final class Csv {
  private Csv() {}

  /** Appends one row with its line end. */
  public static void row(StringBuilder out, List<String> fields) {
    out.append(line(fields)).append('\n');
  }

  /** One row without its line end. */
  public static String line(List<String> fields) {
    return fields.stream().map(Csv::quoted).collect(Collectors.joining(","));
  }

  /**
   * A line's fields, their quotes taken off.
   *
   * @param line a whole row: line ends inside quotes are not known here
   * @param separator a comma, a semicolon or a tab
   */
  public static List<String> fields(String line, char separator) {
    if (line.indexOf('"') < 0) {
      return Arrays.asList(line.split(String.valueOf(separator), -1));
    }
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
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
