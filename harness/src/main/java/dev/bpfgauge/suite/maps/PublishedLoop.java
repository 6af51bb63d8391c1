package dev.bpfgauge.suite.maps;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.PublishedFigures;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Marks;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The loop of the 2024 comparison: seconds over the number of calls, and their table beside ours,
 * so that a reader sees how much of their per-CPU figures was the method.
 */
final class PublishedLoop {
  private static final double NANOS = 1e-9;

  private final Evidence evidence;

  PublishedLoop(Evidence evidence) {
    this.evidence = evidence;
  }

  boolean isThere() {
    return !loops().isEmpty();
  }

  private List<CellSummary> loops() {
    return evidence.cells(c -> c.suite().equals(PublishedLoopSuite.NAME)).stream()
        .filter(c -> c.forks() > 0 && !c.cell().param("calls").isEmpty())
        .toList();
  }

  private static int calls(Cell cell) {
    return Integer.parseInt(cell.param("calls"));
  }

  /** One exhibit an operation and arm: seconds over calls, one line a map. */
  List<Exhibit> lines() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      for (String operation : operations(arm)) {
        exhibits.add(line(arm, operation, "seed-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  private List<String> operations(String arm) {
    return loops().stream()
        .filter(c -> c.cell().profile().equals(arm))
        .map(c -> CellNames.operation(c.cell()))
        .distinct()
        .toList();
  }

  private Exhibit line(String arm, String operation, String id) {
    List<CellSummary> cells =
        loops().stream()
            .filter(c -> c.cell().profile().equals(arm))
            .filter(c -> CellNames.operation(c.cell()).equals(operation))
            .toList();
    List<String> maps = maps(cells);
    List<Integer> counts = cells.stream().map(c -> calls(c.cell())).distinct().sorted().toList();
    List<Charts.Line> lines = new ArrayList<>();
    double low = Double.MAX_VALUE;
    double high = 0;
    for (String map : maps.subList(0, Math.min(Marks.MAX_SERIES, maps.size()))) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (int count : counts) {
        double seconds = find(cells, map, count).map(c -> seconds(c)).orElse(Double.NaN);
        if (seconds > 0) {
          x.add(Math.log10(count));
          y.add(Math.log10(seconds));
          low = Math.min(low, seconds);
          high = Math.max(high, seconds);
        }
      }
      if (!x.isEmpty()) {
        lines.add(new Charts.Line(map, x, y));
      }
    }
    Charts.Chart chart =
        Charts.lines(
            new Charts.Name(
                id,
                operation + " on " + arm + ": seconds over calls",
                "Lines on two logarithmic axes, one a map; the table has every figure."),
            lines,
            countScale(counts),
            secondScale(low, high),
            List.of(),
            List.of(),
            true);
    return new Exhibit(chart, lineTable(arm, operation, maps, counts, cells, id), "");
  }

  private static List<String> maps(List<CellSummary> cells) {
    return cells.stream()
        .map(c -> c.cell().param("map"))
        .distinct()
        .sorted(Comparator.comparingInt(CellNames::mapRank))
        .toList();
  }

  private static Optional<CellSummary> find(List<CellSummary> cells, String map, int count) {
    return cells.stream()
        .filter(c -> c.cell().param("map").equals(map) && calls(c.cell()) == count)
        .findFirst();
  }

  private static double seconds(CellSummary cell) {
    return cell.mean() * calls(cell.cell()) * NANOS;
  }

  private static Plot.Scale countScale(List<Integer> counts) {
    return new Plot.Scale(
        Math.log10(counts.getFirst()) - 0.1,
        Math.log10(counts.getLast()) + 0.1,
        counts.stream().map(c -> new Plot.Tick(Math.log10(c), Words.count(c))).toList(),
        "calls in one timing, logarithmic");
  }

  private static Plot.Scale secondScale(double low, double high) {
    int from = (int) Math.floor(Math.log10(low));
    int to = (int) Math.ceil(Math.log10(high));
    List<Plot.Tick> ticks = new ArrayList<>();
    for (int power = from; power <= to; power++) {
      ticks.add(new Plot.Tick(power, Words.axis(Math.pow(10, power))));
    }
    return new Plot.Scale(from, Math.max(to, from + 1), ticks, "seconds, logarithmic");
  }

  private static Table lineTable(
      String arm,
      String operation,
      List<String> maps,
      List<Integer> counts,
      List<CellSummary> cells,
      String id) {
    List<String> heads = new ArrayList<>(List.of("~Map"));
    counts.forEach(count -> heads.add(Words.count(count) + " calls, s"));
    Table.Builder table =
        Table.of(
            id + "-table", operation + " on " + arm + ", seconds", heads.toArray(String[]::new));
    for (String map : maps) {
      List<String> row = new ArrayList<>(List.of(map));
      counts.forEach(count ->
          row.add(find(cells, map, count).map(c -> second(seconds(c))).orElse(Words.NONE)));
      table.row(row.toArray());
    }
    return table.build();
  }

  /**
   * Three figures for {@value PublishedFigures#CALLS} calls: as published, the same loop here, and
   * this run's cost of one operation times the calls.
   */
  Table beside() {
    Table.Builder table =
        Table.of(
            "seed-table",
            "Seconds for " + Words.count(PublishedFigures.CALLS) + " calls",
            "~Operation",
            "~Map",
            "~Profile",
            "Published",
            "The same loop here",
            "Our ns per operation × calls",
            "Their loop ÷ ours");
    for (String arm : evidence.armLabels()) {
      for (String operation : PublishedFigures.OPERATIONS) {
        for (String map : PublishedFigures.MAPS) {
          besideRow(table, arm, operation, map);
        }
      }
    }
    return table.build();
  }

  private void besideRow(Table.Builder table, String arm, String operation, String map) {
    OptionalDouble published = PublishedFigures.seconds(profile(arm), operation, map);
    Optional<Double> loop =
        loops().stream()
            .filter(c -> c.cell().profile().equals(arm))
            .filter(c -> CellNames.operation(c.cell()).equals(operation))
            .filter(c -> c.cell().param("map").equals(map))
            .filter(c -> calls(c.cell()) == PublishedFigures.CALLS)
            .map(PublishedLoop::seconds)
            .findFirst();
    Optional<Double> ours =
        evidence.groups().stream()
            .findFirst()
            .flatMap(g -> g.cell(ourOperation(operation), map, arm))
            .filter(c -> c.forks() > 0)
            .map(c -> c.mean() * PublishedFigures.CALLS * NANOS);
    if (published.isEmpty() && loop.isEmpty()) {
      return;
    }
    table.row(
        operation,
        map,
        arm,
        published.isPresent() ? second(published.getAsDouble()) : Words.NONE,
        loop.map(PublishedLoop::second).orElse(Words.NONE),
        ours.map(PublishedLoop::second).orElse(Words.NONE),
        loop.isPresent() && ours.isPresent() ? Words.ratio(loop.get() / ours.get()) : Words.NONE);
  }

  /** Their insert writes keys that are mostly there already: our update. */
  private static String ourOperation(String theirs) {
    return theirs.equals("insert") ? "update" : theirs;
  }

  private String profile(String arm) {
    return evidence.arms().stream()
        .filter(a -> a.label().equals(arm))
        .map(a -> a.profile())
        .findFirst()
        .orElse(arm);
  }

  private static String second(double seconds) {
    return Words.decimals(seconds, seconds < 0.1 ? 6 : seconds < 10 ? 4 : 2);
  }
}
