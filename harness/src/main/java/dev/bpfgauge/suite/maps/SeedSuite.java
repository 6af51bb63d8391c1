package dev.bpfgauge.suite.maps;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SeedFigures;
import java.util.ArrayList;
import java.util.List;

/**
 * The suite {@code maps-seed}: the founding document's own loop, so that its table can be read
 * beside ours. The measurement is in nanoseconds per call; its tables are in seconds per timing,
 * which is nanoseconds × {@code calls}.
 */
public final class SeedSuite {

  public static final String NAME = SeedCell.SUITE;

  /** The founding document's loop, and ten and a hundred turns of it, for its line charts. */
  public static final List<Integer> CALLS =
      List.of(SeedFigures.CALLS, 10 * SeedFigures.CALLS, 100 * SeedFigures.CALLS);

  private SeedSuite() {}

  /** The cells for these kinds, operation counts and every operation of the founding document. */
  public static List<Cell> cells(List<MapKind> kinds, List<Integer> calls) {
    List<Cell> cells = new ArrayList<>();
    for (SeedCell.Operation operation : SeedCell.Operation.values()) {
      for (MapKind kind : kinds) {
        for (int count : calls) {
          cells.add(new SeedCell(operation, kind, count).cell());
        }
      }
    }
    return cells;
  }
}
