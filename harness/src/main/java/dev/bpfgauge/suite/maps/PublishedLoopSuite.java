package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.PublishedFigures;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The suite {@code maps-seed}: the loop of the 2024 comparison, so that its table can be read
 * beside ours. The measurement is in nanoseconds per call; its tables are in seconds per timing,
 * which is nanoseconds × {@code calls}.
 */
public final class PublishedLoopSuite implements Suite {

  public static final String NAME = PublishedLoopCell.SUITE;

  /** The loop of the 2024 comparison, and ten and a hundred turns of it, for its line charts. */
  public static final List<Integer> CALLS =
      List.of(PublishedFigures.CALLS, 10 * PublishedFigures.CALLS, 100 * PublishedFigures.CALLS);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String mark() {
    return "the loop of the 2024 map comparison";
  }

  @Override
  public boolean isReference() {
    return true;
  }

  @Override
  public boolean isMeasuredInGuests() {
    return false;
  }

  @Override
  public List<String> operationOrder() {
    return EnumWords.all(PublishedLoopCell.Operation.class);
  }

  @Override
  public List<Param> params() {
    return List.of(Param.of("calls", n -> n + " calls"));
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(MapsSuite.kinds(wanted), CALLS);
  }

  /**
   * JMH alone measures it.
   *
   * @throws IllegalStateException always
   */
  @Override
  public Meter meter() {
    throw new IllegalStateException("only JMH measures the loop of the 2024 map comparison");
  }

  @Override
  public Optional<OwnProcess> ownProcess() {
    return Optional.of(CellRunner::run);
  }

  @Override
  public List<String> options(Cell cell) {
    return List.of("--op", cell.operation(), "--map", cell.param("map"));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    PublishedLoop loop = new PublishedLoop(evidence);
    return loop.isThere()
        ? List.of(
            Section.of(
                "published",
                "The loop of the 2024 map comparison",
                Place.DETAIL,
                Map.of(
                    "exhibits", loop.lines(),
                    "table", loop.beside(),
                    "source", PublishedFigures.SOURCE)))
        : List.of();
  }

  /** The cells for these kinds, operation counts and every operation of the 2024 comparison. */
  public static List<Cell> cells(List<MapKind> kinds, List<Integer> calls) {
    List<Cell> cells = new ArrayList<>();
    for (PublishedLoopCell.Operation operation : PublishedLoopCell.Operation.values()) {
      for (MapKind kind : kinds) {
        for (int count : calls) {
          cells.add(new PublishedLoopCell(operation, kind, count).cell());
        }
      }
    }
    return cells;
  }
}
