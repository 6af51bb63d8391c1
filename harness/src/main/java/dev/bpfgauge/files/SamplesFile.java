package dev.bpfgauge.files;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

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
   * @param columns the columns of samples.csv, in order
   * @param costPercentOfOneCpu what the sampler itself used, NaN while running
   * @param notes what the reader should know: a clock that was set, rows that are missing; null in
   *     files of early versions
   * @param others what else ran, the busiest first; absent in older runs
   */
  public record Header(
      int formatVersion,
      List<Column> columns,
      double costPercentOfOneCpu,
      @Nullable List<String> notes,
      @Nullable List<Samples.Other> others) {
    public Header {
      columns = List.copyOf(columns);
      notes = notes == null ? null : List.copyOf(notes);
      others = others == null ? null : List.copyOf(others);
    }

    List<Samples.Other> known() {
      return others == null ? List.of() : others;
    }
  }

  /**
   * One column of samples.csv.
   *
   * @param name the name in the first line
   * @param unit e.g. {@code %}, {@code 1/s}, {@code bytes}
   * @param meaning what the number is and where it comes from
   * @param missing why this machine cannot fill it, empty where it can
   */
  public record Column(String name, String unit, String meaning, String missing) {
    /** A column that can be filled. */
    public Column(String name, String unit, String meaning) {
      this(name, unit, meaning, "");
    }

    /** The same column on a machine that cannot fill it. */
    public Column without(String reason) {
      return new Column(name, unit, meaning, reason);
    }
  }

  /** samples.csv's first line, without line end. */
  public static String firstLine(List<Column> columns) {
    return Csv.line(columns.stream().map(Column::name).toList());
  }

  /** One row without line end; {@link Double#NaN} becomes an empty field. */
  public static String row(double[] values) {
    return Csv.line(DoubleStream.of(values).mapToObj(Csv::number).toList());
  }

  /**
   * Reads both files; a run without them has no samples.
   *
   * @param warnings gets the sampler's notes, and a sentence about a torn last row
   * @throws Refusal naming file and line of a damaged row
   */
  static Samples read(Path csv, Path header, List<String> warnings) {
    Path rows = KeptFile.of(csv);
    if (!Files.exists(rows)) {
      return Samples.NONE;
    }
    Path meanings = KeptFile.of(header);
    Header said =
        Files.exists(meanings)
            ? Json.parse(KeptFile.text(meanings), Header.class, meanings.toString())
            : new Header(RunInfo.FORMAT_VERSION, List.of(), Double.NaN, List.of(), null);
    return parse(KeptFile.text(rows), rows.toString(), said, warnings);
  }

  /** What the sampler noted, as the run's warning; run.json has the note itself. */
  public static String asWarning(String note) {
    return "While it ran: " + note + ".";
  }

  /**
   * @param where the file's name, for messages
   * @param warnings gets a sentence about a torn last row
   */
  static Samples parse(String csv, String where, Header header, List<String> warnings) {
    List<String> notes = header.notes();
    if (notes != null) {
      notes.forEach(note -> warnings.add(asWarning(note)));
    }
    SortedMap<String, String> missing = new TreeMap<>();
    header.columns().stream()
        .filter(column -> !column.missing().isEmpty())
        .forEach(column -> missing.put(column.name(), column.missing()));
    List<String> lines = csv.lines().toList();
    if (lines.isEmpty()) {
      return new Samples(
          List.of(), List.of(), missing, header.costPercentOfOneCpu(), header.known());
    }
    boolean torn = !csv.endsWith("\n");
    List<String> columns = List.copyOf(Csv.fields(lines.getFirst(), ','));
    List<double[]> rows = new ArrayList<>();
    for (int number = 2; number <= lines.size(); number++) {
      if (torn && number == lines.size()) {
        warnings.add(where + ", line " + number + ": the last row is torn and left out.");
      } else {
        rows.add(values(lines.get(number - 1), columns, where + ", line " + number));
      }
    }
    return new Samples(columns, rows, missing, header.costPercentOfOneCpu(), header.known());
  }

  private static double[] values(String line, List<String> columns, String where) {
    List<String> fields = Csv.fields(line, ',');
    if (fields.size() != columns.size()) {
      throw Refusal.usage(
          where
              + ": "
              + fields.size()
              + " fields where the first line names "
              + columns.size()
              + " columns; delete the line or put it right.");
    }
    double[] values = new double[fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      try {
        values[i] = fields.get(i).isEmpty() ? Double.NaN : Double.parseDouble(fields.get(i));
      } catch (NumberFormatException e) {
        throw new Refusal(
            Refusal.Kind.USAGE,
            where + ": " + columns.get(i) + " is '" + fields.get(i) + "', not a number.",
            e);
      }
    }
    return values;
  }
}
