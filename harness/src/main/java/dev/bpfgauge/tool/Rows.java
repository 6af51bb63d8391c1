package dev.bpfgauge.tool;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A table.
 *
 * @param columns what each row has
 * @param rows values in the columns' order: texts, whole numbers or doubles
 * @param headed whether the head is printed above the rows; not where they are shown one by one
 */
public record Rows(List<Column> columns, List<List<Object>> rows, boolean headed)
    implements Findings {

  /**
   * One column.
   *
   * @param title as printed, e.g. {@code LAT(ms)}
   * @param key in JSON, e.g. {@code latency_ms}
   * @param width in characters; negative: to the left
   * @param conversion of a value as {@link String#format} has it: {@code s}, {@code d}, {@code .3f}
   */
  public record Column(String title, String key, int width, String conversion) {
    private String cell(Object value) {
      return String.format(Locale.ROOT, "%" + width + conversion, value);
    }

    private String head() {
      return String.format(Locale.ROOT, "%" + width + "s", title);
    }
  }

  public Rows {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
  }

  @Override
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public void print(PrintWriter out) {
    if (headed) {
      printHead(out);
    }
    for (List<Object> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns.size(); i++) {
        line.append(i == 0 ? "" : " ").append(columns.get(i).cell(row.get(i)));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** The columns' titles. */
  void printHead(PrintWriter out) {
    out.println(String.join(" ", columns.stream().map(Column::head).toList()).stripTrailing());
  }

  @Override
  public Map<String, Object> json() {
    return Map.of("rows", rows.stream().map(this::named).toList());
  }

  /** A row's values by their columns' keys. */
  Map<String, Object> named(List<Object> row) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      json.put(columns.get(i).key(), row.get(i));
    }
    return json;
  }
}
