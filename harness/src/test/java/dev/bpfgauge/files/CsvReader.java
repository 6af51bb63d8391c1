package dev.bpfgauge.files;

import java.util.ArrayList;
import java.util.List;

/** A reader after RFC 4180, written apart from the writer. */
public final class CsvReader {
  private CsvReader() {}

  /** The rows' fields. */
  public static List<List<String>> read(String csv) {
    List<List<String>> table = new ArrayList<>(List.of(new ArrayList<>()));
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (quoted && c == '"' && i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || (c != ',' && c != '\n')) {
        field.append(c);
      } else {
        table.getLast().add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          table.add(new ArrayList<>());
        }
      }
    }
    table.removeLast();
    return table;
  }
}
