package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.FloorLadder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an operation's time goes: the floor's steps stacked under the operation, one chart an arm.
 */
public final class Ladders {
  private static final int MAX_COLUMNS = 12;

  private final Evidence evidence;
  private final Map<Cell, FloorLadder> ladders = new LinkedHashMap<>();

  Ladders(Evidence evidence) {
    this.evidence = evidence;
    FloorLadder.of(evidence.analysis().run()).forEach(l -> ladders.put(l.operation(), l));
  }

  Optional<FloorLadder> of(Cell operation) {
    return Optional.ofNullable(ladders.get(operation));
  }

  List<Exhibit> exhibits() {
    List<Exhibit> exhibits = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      List<FloorLadder> there =
          evidence.groups().stream()
              .flatMap(group -> group.on(arm).stream())
              .flatMap(cell -> of(cell.cell()).stream())
              .filter(ladder -> ladder.steps().size() > 1)
              .toList();
      if (!there.isEmpty()) {
        exhibits.add(exhibit(arm, there, "ladder-" + exhibits.size()));
      }
    }
    return exhibits;
  }

  private Exhibit exhibit(String arm, List<FloorLadder> there, String id) {
    String variant = evidence.names().variant(there.getFirst().operation());
    List<FloorLadder> drawn =
        there.stream()
            .filter(ladder -> evidence.names().variant(ladder.operation()).equals(variant))
            .limit(MAX_COLUMNS)
            .toList();
    List<String> layers =
        drawn.stream()
            .flatMap(ladder -> ladder.steps().stream())
            .map(step -> layer(step.cell()))
            .distinct()
            .toList();
    List<Charts.Bars> series = new ArrayList<>();
    for (String layer : layers) {
      series.add(
          new Charts.Bars(
              layer,
              drawn.stream()
                  .map(ladder ->
                      Math.max(0, step(ladder, layer).map(s -> s.incrementNanos()).orElse(0.0)))
                  .toList(),
              List.of()));
    }
    Charts.Chart chart =
        Charts.stacked(
            new Charts.Name(
                id,
                "Floor ladder on " + arm + (variant.isEmpty() ? "" : " (" + variant + ")"),
                "Stacked bars of %d operations: %s. The table has every step."
                    .formatted(drawn.size(), String.join(", ", layers))),
            drawn.stream().map(ladder -> column(ladder.operation())).toList(),
            series,
            evidence.unit() + " per operation");
    return new Exhibit(
        chart,
        table(arm, there, layers, id),
        drawn.size() < there.size()
            ? "The chart shows %d of %s; the table has all."
                .formatted(drawn.size(), Words.plural(there.size(), "operation"))
            : "");
  }

  private static String column(Cell cell) {
    return CellNames.operation(cell)
        + (cell.param("map").isEmpty() ? "" : "\n" + cell.param("map"));
  }

  private static Optional<FloorLadder.Step> step(FloorLadder ladder, String layer) {
    return ladder.steps().stream().filter(s -> layer(s.cell()).equals(layer)).findFirst();
  }

  private Table table(String arm, List<FloorLadder> there, List<String> layers, String id) {
    List<String> heads = new ArrayList<>(List.of("~Operation"));
    layers.forEach(layer -> heads.add((heads.size() == 1 ? "" : "+ ") + layer));
    heads.addAll(List.of("95 % interval of that", "= in all", "Its share", "Rounds"));
    Table.Builder table =
        Table.of(
            id + "-table",
            "What each layer adds on " + arm + ", " + evidence.unit() + " per operation",
            heads.toArray(String[]::new));
    for (FloorLadder ladder : there) {
      FloorLadder.Step top = ladder.steps().getLast();
      List<String> row = new ArrayList<>(List.of(evidence.names().name(ladder.operation())));
      layers.forEach(layer ->
          row.add(
              step(ladder, layer).map(s -> Words.nanos(s.incrementNanos())).orElse(Words.NONE)));
      row.add(Words.nanos(top.increment95()));
      row.add(Words.nanos(top.nanosPerOp()));
      row.add(Words.percent(top.incrementNanos() / top.nanosPerOp()));
      row.add(Words.count(ladder.rounds()));
      table.row(row.toArray());
    }
    return table.build();
  }

  /** What a step is called: the floor's by name, all others are the operation. */
  static String layer(Cell cell) {
    return Evidence.isFloor(cell) ? CellNames.rung(cell) : "the operation itself";
  }
}
