package dev.bpfgauge.results;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The format of samples.csv, one row a second under a line of column names, and of samples.json,
 * which says why a column is empty. An empty field is a value that could not be had.
 */
public final class SamplesFile {
  private SamplesFile() {}

  /**
   * The content of samples.json.
   *
   * @param formatVersion as in run.json
   * @param intervalMillis wanted distance of two rows
   * @param missing column → reason, for columns this machine cannot fill
   * @param costPercentOfOneCpu what the sampler itself used, NaN while running
   */
  public record Header(
      int formatVersion,
      long intervalMillis,
      SortedMap<String, String> missing,
      double costPercentOfOneCpu) {}

  /** One row without line end; {@link Double#NaN} becomes an empty field. */
  public static String row(double[] values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      line.append(i == 0 ? "" : ",").append(number(values[i]));
    }
    return line.toString();
  }

  /** A number without exponent and without a needless ".0"; empty for NaN and infinities. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return new BigDecimal(Double.toString(value)).toPlainString();
  }

  /**
   * Reads both files; a run without them has no samples.
   *
   * @param warnings gets a sentence about a torn last row
   * @throws Refusal naming file and line of a damaged row
   */
  static Samples read(Path csv, Path header, List<String> warnings) {
    if (!Files.exists(csv)) {
      return Samples.NONE;
    }
    try {
      Header said =
          Files.exists(header)
              ? Json.parse(Files.readString(header), Header.class, header.toString())
              : new Header(RunInfo.FORMAT_VERSION, 0, new TreeMap<>(), Double.NaN);
      return parse(Files.readString(csv), csv.toString(), said, warnings);
    } catch (IOException e) {
      throw DurableFile.refusal("read", csv, e);
    }
  }

  /**
   * @param where the file's name, for messages
   * @param warnings gets a sentence about a torn last row
   */
  static Samples parse(String csv, String where, Header header, List<String> warnings) {
    List<String> lines = csv.lines().toList();
    if (lines.isEmpty()) {
      return new Samples(List.of(), List.of(), header.missing(), header.costPercentOfOneCpu());
    }
    boolean torn = !csv.endsWith("\n");
    List<String> columns = List.of(lines.getFirst().split(",", -1));
    List<double[]> rows = new ArrayList<>();
    for (int number = 2; number <= lines.size(); number++) {
      if (torn && number == lines.size()) {
        warnings.add(where + ", line " + number + ": the last row is torn and left out.");
      } else {
        rows.add(values(lines.get(number - 1), columns, where + ", line " + number));
      }
    }
    return new Samples(columns, rows, header.missing(), header.costPercentOfOneCpu());
  }

  private static double[] values(String line, List<String> columns, String where) {
    String[] fields = line.split(",", -1);
    if (fields.length != columns.size()) {
      throw Refusal.usage(
          where
              + ": "
              + fields.length
              + " fields where the first line names "
              + columns.size()
              + " columns; delete the line or put it right.");
    }
    double[] values = new double[fields.length];
    for (int i = 0; i < fields.length; i++) {
      try {
        values[i] = fields[i].isEmpty() ? Double.NaN : Double.parseDouble(fields[i]);
      } catch (NumberFormatException e) {
        throw new Refusal(
            Refusal.Kind.USAGE,
            where + ": " + columns.get(i) + " is '" + fields[i] + "', not a number.",
            e);
      }
    }
    return values;
  }
}
