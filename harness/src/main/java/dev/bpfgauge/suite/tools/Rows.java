package dev.bpfgauge.suite.tools;

import dev.bpfgauge.files.JsonText;
import java.util.ArrayList;
import java.util.List;

/**
 * A table.
 *
 * @param columns what each row has
 * @param rows values in the columns' order: texts, whole numbers or {@link Decimal}s
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
   * @param decimals of a {@link Decimal} as printed; JSON has all
   */
  public record Column(String title, String key, int width, int decimals) {
    /** Of texts and whole numbers. */
    public Column(String title, String key, int width) {
      this(title, key, width, 0);
    }

    private void print(StringBuilder line, Object value) {
      int start = line.length();
      switch (value) {
        case String text -> line.append(text);
        case Decimal decimal -> decimal.append(line, decimals);
        default -> line.append(((Number) value).longValue());
      }
      int blanks = Math.max(0, Math.abs(width) - (line.length() - start));
      if (width < 0) {
        line.repeat(' ', blanks);
      } else if (blanks > 0) {
        line.insert(start, " ".repeat(blanks));
      }
    }
  }

  public Rows {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** A row's values as they are printed, one a column. */
  public List<String> texts(List<Object> row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      StringBuilder text = new StringBuilder();
      columns.get(i).print(text, row.get(i));
      texts.add(text.toString().strip());
    }
    return texts;
  }

  /** A row's value of a column, by its key: a text, a whole number or a {@link Decimal}. */
  public Object value(List<Object> row, String key) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).key.equals(key)) {
        return row.get(i);
      }
    }
    throw new IllegalArgumentException("no column " + key);
  }

  /** The same as a number. */
  public double number(List<Object> row, String key) {
    return switch (value(row, key)) {
      case Decimal decimal -> decimal.value();
      case Number number -> number.doubleValue();
      case Object other -> throw new IllegalArgumentException(key + " is " + other);
    };
  }

  @Override
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public void print(StringBuilder text) {
    if (headed) {
      String between = "";
      for (Column column : columns) {
        Texts.pad(text.append(between), column.title, column.width);
        between = " ";
      }
      Texts.endLine(text);
    }
    for (List<Object> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        columns.get(i).print(i == 0 ? text : text.append(' '), row.get(i));
      }
      Texts.endLine(text);
    }
  }

  @Override
  public void json(JsonText json) {
    json.key("rows").array();
    for (List<Object> row : rows) {
      json.object();
      for (int i = 0; i < row.size(); i++) {
        value(json.key(columns.get(i).key), row.get(i));
      }
      json.endObject();
    }
    json.endArray();
  }

  private static void value(JsonText json, Object value) {
    var _ =
        switch (value) {
          case String text -> json.value(text);
          case Decimal decimal -> json.number(decimal::appendAll);
          default -> json.value(((Number) value).longValue());
        };
  }
}
