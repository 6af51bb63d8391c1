package dev.bpfgauge.suite.helpers;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.List;
import java.util.Map;

/**
 * The suite {@code helpers}: what the building blocks of BPF programs cost, by turns with a loop
 * without them. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class HelpersSuite implements Suite {
  public static final String NAME = "helpers";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return NAME;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  /** The loop is subtracted from all but itself. */
  @Override
  public boolean isNet(Cell cell) {
    return !BuildingBlock.LOOP.is(cell);
  }

  @Override
  public List<String> operationOrder() {
    return BuildingBlock.words();
  }

  @Override
  public List<Extra> extras() {
    return Turns.EXTRAS;
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(wanted.operations());
  }

  /**
   * The cells asked for.
   *
   * @param operations words for building blocks; empty: all of them
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> operations) {
    return (operations.isEmpty() ? BuildingBlock.words() : operations)
        .stream()
            .map(BuildingBlock::ofWord)
            .distinct()
            .map(block -> new Cell(NAME, NAME + "." + block.word(), Map.of(), ""))
            .toList();
  }

  @Override
  public Meter meter() {
    return new HelpersMeter();
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice("helperOperations", "  in suite " + NAME + ": --op", BuildingBlock.words()));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new HelperCosts(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(Section.of(NAME, "Building blocks", Place.COST, Map.of("tables", tables)));
  }
}
