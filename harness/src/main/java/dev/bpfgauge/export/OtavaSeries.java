package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.files.Csv;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Runs as Apache Otava's CSV importer reads them: time, attributes, a column for each metric. It
 * stops at a field that is no number, so only cells that every run has are columns.
 */
final class OtavaSeries {
  private static final List<String> ATTRIBUTES = List.of("commit", "run");

  private OtavaSeries() {}

  static String csv(List<RunData> runs) {
    List<Figures> all = Figures.of(runs);
    List<Cell> cells = common(all);
    StringBuilder out = new StringBuilder();
    List<String> header = new ArrayList<>(List.of("time"));
    header.addAll(ATTRIBUTES);
    header.add("branch");
    cells.forEach(cell -> header.add(cell.id()));
    Csv.row(out, header);
    for (Figures figures : all) {
      List<String> row =
          new ArrayList<>(
              List.of(
                  figures.run().startedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                  figures.environment("git commit"),
                  figures.run().id(),
                  figures.environment("git branch")));
      cells.forEach(cell -> row.add(Csv.number(figure(figures, cell).mean())));
      Csv.row(out, row);
    }
    return out.toString();
  }

  /** A test {@code bpfgauge} for otava.yaml; every metric is better when lower. */
  static String config(List<RunData> runs) {
    StringBuilder out =
        new StringBuilder(
            """
            tests:
              bpfgauge:
                type: csv
                file: bpfgauge.csv
                time_column: time
                attributes: [%s]
                csv_options:
                  delimiter: ","
                  quote_char: '"'
                metrics:
            """
                .formatted(String.join(", ", ATTRIBUTES)));
    for (Cell cell : common(Figures.of(runs))) {
      // A JSON string is one of YAML too, whatever is in it.
      out.append("      ").append(Json.line(name(cell))).append(":\n");
      out.append("        column: ").append(Json.line(cell.id())).append('\n');
      out.append("        direction: -1\n");
    }
    return out.toString();
  }

  /** Otava's options take lists of names with commas between, so that a name has none. */
  private static String name(Cell cell) {
    String params =
        cell.params().entrySet().stream()
            .map(param -> " " + param.getKey() + "=" + param.getValue())
            .collect(Collectors.joining());
    return (cell.benchmark() + params + " on " + cell.profile()).replace(',', ';');
  }

  /**
   * @throws Refusal where no cell is in all of them
   */
  private static List<Cell> common(List<Figures> all) {
    List<Cell> cells = new ArrayList<>(all.getFirst().cells().keySet());
    all.forEach(figures -> cells.retainAll(figures.cells().keySet()));
    if (cells.isEmpty()) {
      throw Refusal.usage(
          "no cell was measured in all of these runs, and Otava takes no gap: export runs of one"
              + " plan.");
    }
    return cells;
  }

  private static CellSummary figure(Figures figures, Cell cell) {
    return Objects.requireNonNull(figures.cells().get(cell));
  }
}
