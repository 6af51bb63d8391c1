package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.Words;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.SeedFigures;
import java.util.Map;

/**
 * A cell of the suite {@code maps-seed}.
 *
 * @param operation lookup, insert or delete, as the founding document calls them
 * @param kind one of its four maps
 * @param calls calls in one timing, a multiple of {@link SeedFigures#CALLS}
 */
record SeedCell(Operation operation, MapKind kind, int calls) {

  static final String SUITE = "maps-seed";

  /** What the founding document times. */
  enum Operation {
    LOOKUP,
    INSERT,
    DELETE
  }

  SeedCell {
    if (calls < SeedFigures.CALLS || calls % SeedFigures.CALLS != 0) {
      throw Refusal.usage(
          "calls=%d is no multiple of the seeds' %d".formatted(calls, SeedFigures.CALLS));
    }
  }

  static SeedCell of(Cell cell) {
    String operation = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    return new SeedCell(
        Words.parse(Operation.class, "operation", operation),
        MapKind.ofWord(cell.param("map")),
        Integer.parseInt(cell.param("calls")));
  }

  Cell cell() {
    return new Cell(
        SUITE,
        SUITE + "." + Words.of(operation),
        Map.of(
            "map",
            kind.word(),
            "calls",
            Integer.toString(calls),
            "entries",
            "1024",
            "key",
            "4",
            "value",
            "8",
            "path",
            "libbpf",
            "runtime",
            "java"),
        "");
  }
}
