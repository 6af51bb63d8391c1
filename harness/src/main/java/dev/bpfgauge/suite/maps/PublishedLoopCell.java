package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.PublishedFigures;
import dev.bpfgauge.model.Refusal;
import java.util.Map;

/**
 * A cell of the suite {@code maps-seed}.
 *
 * @param operation lookup, insert or delete, as the 2024 comparison calls them
 * @param kind one of its four maps
 * @param calls calls in one timing, a multiple of {@link PublishedFigures#CALLS}
 */
record PublishedLoopCell(Operation operation, MapKind kind, int calls) {

  static final String SUITE = "maps-seed";

  /** What the 2024 comparison times. */
  enum Operation {
    LOOKUP,
    INSERT,
    DELETE
  }

  PublishedLoopCell {
    if (calls < PublishedFigures.CALLS || calls % PublishedFigures.CALLS != 0) {
      throw Refusal.usage(
          "calls=%d is not a multiple of the published %d"
              .formatted(calls, PublishedFigures.CALLS));
    }
  }

  static PublishedLoopCell of(Cell cell) {
    String operation = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    return new PublishedLoopCell(
        EnumWords.parse(Operation.class, "operation", operation),
        MapKind.ofWord(cell.param("map")),
        Integer.parseInt(cell.param("calls")));
  }

  Cell cell() {
    return new Cell(
        SUITE,
        SUITE + "." + EnumWords.of(operation),
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
