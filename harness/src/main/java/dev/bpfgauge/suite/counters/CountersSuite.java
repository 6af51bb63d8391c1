package dev.bpfgauge.suite.counters;

import dev.bpfgauge.measure.LoopObject;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.MapParams;
import dev.bpfgauge.suite.OptionNumbers;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The suite {@code counters}: one count from one CPU to all of them at once, kept in each way there
 * is. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class CountersSuite implements Suite {
  public static final String NAME = "counters";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return NAME;
  }

  @Override
  public String costOf() {
    return "one addition";
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  /** The loop is subtracted from all but itself. */
  @Override
  public boolean isNet(Cell cell) {
    return !CounterKind.LOOP.is(cell);
  }

  @Override
  public List<String> operationOrder() {
    return CounterKind.words();
  }

  @Override
  public List<Param> params() {
    return List.of(MapParams.THREADS);
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(
        new Extra(CountersMeter.LOST, "%", "additions that are missing", Better.LESS),
        new Extra(CountersMeter.READ, "ns", "reading the whole count", Better.LESS),
        new Extra(CountersMeter.BYTES, "B", "memory of the counter", Better.LESS));
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    OptionNumbers.require("--threads", wanted.threads(), 1, LoopObject.MOST_LOOPS);
    return cells(
        wanted.operations(), wanted.threads().isEmpty() ? upTo(wanted.cpus()) : wanted.threads());
  }

  /** 1, 2, 4 and so on, and all CPUs. */
  static List<Integer> upTo(int cpus) {
    List<Integer> threads = new ArrayList<>();
    for (int n = 1; n < cpus; n *= 2) {
      threads.add(n);
    }
    threads.add(cpus);
    return threads;
  }

  /**
   * The cells asked for.
   *
   * @param operations words for counters; empty: all of them
   * @param threads CPUs that add at once
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> operations, List<Integer> threads) {
    List<Cell> cells = new ArrayList<>();
    for (String operation : operations.isEmpty() ? CounterKind.words() : operations) {
      CounterKind kind = CounterKind.ofWord(operation);
      for (int n : kind == CounterKind.LOOP ? List.of(1) : threads) {
        cells.add(
            new Cell(NAME, NAME + "." + kind.word(), Map.of("threads", Integer.toString(n)), ""));
      }
    }
    return cells.stream().distinct().toList();
  }

  @Override
  public Meter meter() {
    return new CountersMeter();
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice("counterOperations", "  in suite " + NAME + ": --op", CounterKind.words()));
  }

  @Override
  public List<String> options(Cell cell) {
    return MapParams.options(cell);
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new CounterChoice(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(Section.of(NAME, "Which counter?", Place.ANSWER, Map.of("tables", tables)));
  }
}
