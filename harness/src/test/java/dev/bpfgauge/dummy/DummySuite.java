package dev.bpfgauge.dummy;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.OptionNumbers;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * A suite as somebody would add it: this class, its template, and its line in META-INF/services.
 */
public final class DummySuite implements Suite {
  static final String NAME = "dummy";
  private static final int TURNS = 1000;

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

  @Override
  public List<String> operationOrder() {
    return List.of("count");
  }

  @Override
  public List<Param> params() {
    return List.of(Param.of("turns", n -> n + " turns of a loop").telling());
  }

  @Override
  public List<Extra> extras() {
    return List.of(new Extra("last_bytes", "B", "what it counted last", Better.NEITHER));
  }

  /** Its own option. */
  private static final class Own {
    @Option(
        names = "--turns",
        split = ",",
        paramLabel = "N",
        description = "Suite dummy: turns of its loop. Default: " + TURNS + ".")
    List<Integer> turns = List.of(TURNS);
  }

  @Override
  public Optional<Object> ownOptions() {
    return Optional.of(new Own());
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    List<Integer> turns = wanted.own(Own.class).turns;
    OptionNumbers.require("--turns", turns, 1, Integer.MAX_VALUE);
    return turns.stream()
        .map(n -> new Cell(NAME, NAME + ".count", Map.of("turns", Integer.toString(n)), ""))
        .toList();
  }

  @Override
  public Meter meter() {
    return (cell, settings) -> {
      int turns = Integer.parseInt(cell.param("turns"));
      long start = System.nanoTime();
      long sum = 0;
      for (int i = 0; i < turns; i++) {
        sum += i;
      }
      double nanos = (double) (System.nanoTime() - start) / turns;
      return new Outcome.Measured(
          new Measurement(nanos, List.of(nanos), null, turns, null, null)
              .with(Map.of("last_bytes", (double) sum)),
          null);
    };
  }

  @Override
  public List<Choice> choices() {
    return List.of(new Choice("dummyOperations", "  in suite dummy: --op", operationOrder()));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<CellSummary> cells = evidence.cells(cell -> cell.suite().equals(NAME));
    if (cells.isEmpty()) {
      return List.of();
    }
    Table.Builder table = Table.of("dummy-table", "Counted", "~Cell", "Bytes");
    cells.forEach(cell ->
        table.row(
            evidence.names().nameInSuite(cell.cell()),
            Words.count(Math.round(cell.extras().getOrDefault("last_bytes", 0.0)))));
    return List.of(Section.of(NAME, "The dummy", Place.COST, Map.of("table", table.build())));
  }
}
