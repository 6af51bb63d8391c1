package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What each tool adds to one operation of a load, and to an event. */
final class AddedByTools {
  private static final double NANOS_A_SECOND = 1e9;

  private final Evidence evidence;
  private final ToolRounds rounds;

  AddedByTools(Evidence evidence, ToolRounds rounds) {
    this.evidence = evidence;
    this.rounds = rounds;
  }

  Table table() {
    Table.Builder table =
        Table.of(
            "tools-added",
            "Added to one operation of a load, against " + evidence.reference(),
            "~Tool",
            "~Load",
            "Without, " + evidence.unit(),
            "Added, " + evidence.unit(),
            "95 % interval",
            "~Verdict",
            "Events per operation",
            "Events " + evidence.aSecond(),
            "Added per event, " + evidence.unit(),
            "Programs, " + evidence.unit() + " per operation",
            "Runs per operation",
            "Events lost",
            "p99, " + evidence.unit(),
            "Forks");
    for (CellSummary cell : rounds.cells()) {
      Cell off = cell.cell().on(evidence.reference());
      if (!cell.cell().equals(off)) {
        table.row(addedRow(cell, off));
      }
    }
    return table.build();
  }

  private Object[] addedRow(CellSummary cell, Cell off) {
    Cell on = cell.cell();
    if (cell.forks() == 0) {
      String base = evidence.summary(off).map(o -> Words.nanos(o.mean())).orElse(Words.NONE);
      Object[] row = new Object[14];
      Arrays.fill(row, Words.NONE);
      row[0] = on.profile();
      row[1] = CellNames.operation(on);
      row[2] = base;
      row[5] = cell.reason();
      return row;
    }
    double[] added = rounds.figures().differences(on, off, Measurement::meanNanosPerOp);
    double mean = ToolRounds.mean(added);
    double base =
        ToolRounds.mean(rounds.figures().references(on, off, Measurement::meanNanosPerOp));
    double events = rounds.eventsPerOperation(on);
    Optional<CellComparison> verdict = evidence.comparison(on);
    return new Object[] {
      on.profile(),
      CellNames.operation(on),
      Double.isNaN(base) ? Words.NONE : Words.nanos(base),
      Double.isNaN(mean) ? Words.NONE : Words.nanos(mean),
      Words.nanos(ForkStatistics.interval95(added)),
      verdict.<Object>map(c -> Table.verdict(c.verdict(), evidence.unit())).orElse(Words.NONE),
      ToolRounds.decimals(events, 2),
      Double.isNaN(events)
          ? Words.NONE
          : Words.count(Math.round(ToolRounds.eventsASecond(cell.mean(), events))),
      Double.isNaN(events) ? Words.NONE : Words.nanos(mean / events),
      nanos(on, "bpf_ns_per_op"),
      ToolRounds.decimals(rounds.median(on, "bpf_runs_per_op"), 2),
      count(on, "events_lost"),
      p99(on),
      Words.forks(cell)
    };
  }

  /**
   * Each fork of each tool alone: what its programs take for an event, at the rate of events that
   * it saw.
   */
  List<Exhibit> costAgainstRate() {
    List<Charts.Line> lines = new ArrayList<>();
    Table.Builder table =
        Table.of(
            "tools-rate-table",
            "Cost of an event against the rate of events, medians over the forks",
            "~Tool",
            "~Load",
            "Events " + evidence.aSecond(),
            "Programs, " + evidence.unit() + " per event",
            "Programs, % of one CPU");
    double most = 0;
    double dearest = 0;
    for (CellSummary cell : rounds.cells()) {
      Cell on = cell.cell();
      double events = rounds.eventsPerOperation(on);
      if (Double.isNaN(events) || Double.isNaN(rounds.median(on, "bpf_ns_per_op"))) {
        continue;
      }
      if (isDrawn(on)) {
        NavigableMap<Double, Double> points = new TreeMap<>();
        for (ForkFigures.Fork each : rounds.figures().of(on).values()) {
          Measurement fork = each.measurement();
          double cost = ForkFigures.extra("bpf_ns_per_op").applyAsDouble(fork) / events;
          points.put(ToolRounds.eventsASecond(fork.meanNanosPerOp(), events), cost);
          dearest = Math.max(dearest, cost);
        }
        most = Math.max(most, points.lastKey());
        lines.add(
            new Charts.Line(
                on.profile() + ", " + CellNames.operation(on),
                List.copyOf(points.keySet()),
                List.copyOf(points.values())));
      }
      double rate = ToolRounds.eventsASecond(cell.mean(), events);
      double cost = rounds.median(on, "bpf_ns_per_op") / events;
      table.row(
          on.profile(),
          CellNames.operation(on),
          Words.count(Math.round(rate)),
          Words.nanos(cost),
          ToolRounds.decimals(rate * cost / NANOS_A_SECOND * 100, 2));
    }
    if (lines.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Exhibit(
            Charts.lines(
                new Charts.Name(
                    "tools-rate",
                    "Cost of an event against the rate of events",
                    "A mark for each fork of each of our tools; the table has all medians."),
                lines.stream().limit(Charts.MOST_LINES).toList(),
                Plot.Scale.linear(0, most, 6, Words::axis, "events " + evidence.aSecond()),
                Plot.Scale.linear(
                    0, dearest, 4, Words::axis, evidence.unit() + " of the programs per event"),
                List.of(),
                List.of(),
                true),
            table.build(),
            ""));
  }

  /** Each of our tools alone. */
  private static boolean isDrawn(Cell cell) {
    return !cell.profile().equals(ToolsSuite.ALL) && !cell.profile().startsWith(ToolsSuite.PEER);
  }

  private String p99(Cell cell) {
    double[] all =
        rounds
            .figures()
            .values(
                cell,
                measurement ->
                    measurement.batches() == null ? Double.NaN : measurement.batches().p99());
    return all.length == 0 ? Words.NONE : Words.nanos(ForkStatistics.median(all));
  }

  private String nanos(Cell cell, String extra) {
    double value = rounds.median(cell, extra);
    return Double.isNaN(value) ? Words.NONE : Words.nanos(value);
  }

  private String count(Cell cell, String extra) {
    double value = rounds.median(cell, extra);
    return Double.isNaN(value) ? Words.NONE : Words.count(Math.round(value));
  }
}
