package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.PairedComparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Suite {@code tools}: what tools cost while they look on, ours and libbpf-tools', and the host
 * before and after.
 */
public final class ToolCosts {
  private static final double NANOS_A_SECOND = 1e9;
  private static final double KIBI = 1024;
  private static final double MEBI = 1024 * 1024;

  private final Evidence evidence;
  private final List<CellSummary> cells;
  private final ToolsOverTime overTime;

  /** The OK forks' measurements by cell and round. */
  private final Map<Cell, NavigableMap<Integer, Measurement>> rounds = new HashMap<>();

  public ToolCosts(Evidence evidence) {
    this.evidence = evidence;
    this.overTime = new ToolsOverTime(evidence);
    this.cells = evidence.cells(cell -> cell.suite().equals(ToolsSuite.NAME));
    for (ForkRecord fork : evidence.analysis().run().forks()) {
      Measurement measurement = fork.measurement();
      if (fork.status() == ForkStatus.OK && measurement != null) {
        rounds.computeIfAbsent(fork.cell(), _ -> new TreeMap<>()).put(fork.round(), measurement);
      }
    }
  }

  public boolean isThere() {
    return !cells.isEmpty();
  }

  /** What each tool adds, ours beside the others, and what it takes; nothing without the suite. */
  public List<Table> tables() {
    return isThere()
        ? List.of(added(), beside(), presence()).stream()
            .filter(table -> !table.rows().isEmpty())
            .toList()
        : List.of();
  }

  private Table added() {
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
    for (CellSummary cell : cells) {
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
    double[] added = differences(on, off, Measurement::meanNanosPerOp);
    double mean = mean(added);
    double base = mean(without(on, off));
    double events = eventsPerOperation(on);
    Optional<CellComparison> verdict = evidence.comparison(on);
    return new Object[] {
      on.profile(),
      CellNames.operation(on),
      Double.isNaN(base) ? Words.NONE : Words.nanos(base),
      Double.isNaN(mean) ? Words.NONE : Words.nanos(mean),
      Words.nanos(ForkStatistics.interval95(added)),
      verdict.<Object>map(c -> Table.verdict(c.verdict(), evidence.unit())).orElse(Words.NONE),
      decimals(events, 2),
      Double.isNaN(events)
          ? Words.NONE
          : Words.count(Math.round(eventsASecond(cell.mean(), events))),
      Double.isNaN(events) ? Words.NONE : Words.nanos(mean / events),
      nanos(on, "bpf_ns_per_op"),
      decimals(median(on, "bpf_runs_per_op"), 2),
      count(on, "events_lost"),
      p99(on),
      Words.forks(cell)
    };
  }

  private static double eventsASecond(double nanosPerOperation, double eventsPerOperation) {
    return NANOS_A_SECOND / nanosPerOperation * eventsPerOperation;
  }

  /**
   * Each fork of each tool alone: what its programs take for an event, at the rate of events that
   * it saw.
   */
  public List<Exhibit> costAgainstRate() {
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
    for (CellSummary cell : cells) {
      Cell on = cell.cell();
      double events = eventsPerOperation(on);
      if (Double.isNaN(events) || Double.isNaN(median(on, "bpf_ns_per_op"))) {
        continue;
      }
      if (isDrawn(on)) {
        NavigableMap<Double, Double> points = new TreeMap<>();
        for (Measurement fork : of(on).values()) {
          double cost = extra(fork, "bpf_ns_per_op") / events;
          points.put(eventsASecond(fork.meanNanosPerOp(), events), cost);
          dearest = Math.max(dearest, cost);
        }
        most = Math.max(most, points.lastKey());
        lines.add(
            new Charts.Line(
                on.profile() + ", " + CellNames.operation(on),
                List.copyOf(points.keySet()),
                List.copyOf(points.values())));
      }
      double rate = eventsASecond(cell.mean(), events);
      double cost = median(on, "bpf_ns_per_op") / events;
      table.row(
          on.profile(),
          CellNames.operation(on),
          Words.count(Math.round(rate)),
          Words.nanos(cost),
          decimals(rate * cost / NANOS_A_SECOND * 100, 2));
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
        of(cell).values().stream()
            .map(Measurement::batches)
            .filter(batches -> batches != null)
            .mapToDouble(Measurement.Batches::p99)
            .toArray();
    return all.length == 0 ? Words.NONE : Words.nanos(ForkStatistics.median(all));
  }

  /** As our tool counted; a peer, which does not tell, saw the same events. */
  private double eventsPerOperation(Cell cell) {
    String label = cell.profile();
    Cell ours = label.startsWith(ToolsSuite.PEER) ? cell.on(counterpart(label)) : cell;
    return median(ours, "events_per_op");
  }

  /** Ours for one of libbpf-tools. */
  private static String counterpart(String label) {
    String theirs = label.substring(ToolsSuite.PEER.length());
    return ToolSpec.withPeer(theirs).map(ToolSpec::name).orElse(theirs);
  }

  private Table beside() {
    Table.Builder table =
        Table.of(
            "tools-beside",
            "Ours divided by libbpf-tools', same load, same run; below 1 ours costs less",
            "~Tool",
            "~Load",
            "Programs, " + evidence.unit() + " per operation",
            "95 % interval",
            "Operation",
            "95 % interval",
            "CPU outside the kernel",
            "95 % interval",
            "Maps and programs, bytes",
            "Process memory");
    for (CellSummary cell : cells) {
      String label = cell.cell().profile();
      if (!label.startsWith(ToolsSuite.PEER) || cell.forks() == 0) {
        continue;
      }
      Cell theirs = cell.cell();
      Cell ours = theirs.on(counterpart(label));
      String peer = label.substring(ToolsSuite.PEER.length());
      PairedComparison programs = compare(ours, theirs, "bpf_ns_per_op");
      PairedComparison operation = evidence.compare(ours, theirs);
      PairedComparison cpu = compare(ours, theirs, "tool_cpu_percent");
      table.row(
          peer.equals(ours.profile())
              ? peer
              : ours.profile() + " against " + peer + ", the nearest counterpart",
          CellNames.operation(ours),
          Words.ratio(programs.ratio()),
          Words.ratio(programs.ratio(), programs.shown95()),
          Words.ratio(operation.ratio()),
          Words.ratio(operation.ratio(), operation.shown95()),
          Words.ratio(cpu.ratio()),
          Words.ratio(cpu.ratio(), cpu.shown95()),
          Words.ratio(held(ours) / held(theirs)),
          Words.ratio(median(ours, "tool_resident_bytes") / median(theirs, "tool_resident_bytes")));
    }
    return table.build();
  }

  private double held(Cell cell) {
    return median(cell, "tool_map_bytes") + median(cell, "tool_program_bytes");
  }

  private PairedComparison compare(Cell subject, Cell reference, String extra) {
    List<double[]> pairs = new ArrayList<>();
    of(subject)
        .forEach((round, measurement) -> {
          Measurement other = of(reference).get(round);
          double left = extra(measurement, extra);
          double right = other == null ? Double.NaN : extra(other, extra);
          if (left > 0 && right > 0) {
            pairs.add(new double[] {left, right});
          }
        });
    return PairedComparison.of(
        pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
        pairs.stream().mapToDouble(pair -> pair[1]).toArray(),
        evidence.info().plan().margin());
  }

  private Table presence() {
    Table.Builder table =
        Table.of(
            "tools-presence",
            "What a tool takes while it is attached",
            "~Tool",
            "~Load",
            "CPU outside the kernel, % of one",
            "Process memory, MiB",
            "Maps, KiB",
            "Programs, KiB",
            "CPU in use, %",
            "Context switches per second");
    for (CellSummary cell : cells) {
      if (cell.forks() == 0) {
        continue;
      }
      Cell on = cell.cell();
      table.row(
          on.profile(),
          CellNames.operation(on),
          decimals(median(on, "tool_cpu_percent"), 2),
          decimals(median(on, "tool_resident_bytes") / MEBI, 1),
          decimals(median(on, "tool_map_bytes") / KIBI, 0),
          decimals(median(on, "tool_program_bytes") / KIBI, 0),
          decimals(mean(overTime.cpu(on)), 1),
          decimals(mean(overTime.switches(on)), 0));
    }
    return table.build();
  }

  private NavigableMap<Integer, Measurement> of(Cell cell) {
    return rounds.getOrDefault(cell, new TreeMap<>());
  }

  /** The times without a tool in the rounds that have both: what the differences are from. */
  private double[] without(Cell on, Cell off) {
    return of(off).entrySet().stream()
        .filter(round -> of(on).containsKey(round.getKey()))
        .mapToDouble(round -> round.getValue().meanNanosPerOp())
        .toArray();
  }

  private double[] differences(Cell on, Cell off, ToDoubleFunction<Measurement> value) {
    List<Double> differences = new ArrayList<>();
    of(on)
        .forEach((round, measurement) -> {
          Measurement other = of(off).get(round);
          if (other != null) {
            differences.add(value.applyAsDouble(measurement) - value.applyAsDouble(other));
          }
        });
    return differences.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double extra(Measurement measurement, String name) {
    @Nullable Map<String, Double> extras = measurement.extras();
    return extras == null ? Double.NaN : extras.getOrDefault(name, Double.NaN);
  }

  /** Over the forks; NaN where none has it. */
  private double median(Cell cell, String extra) {
    double[] values =
        of(cell).values().stream()
            .mapToDouble(measurement -> extra(measurement, extra))
            .filter(Double::isFinite)
            .toArray();
    return values.length == 0 ? Double.NaN : ForkStatistics.median(values);
  }

  private String nanos(Cell cell, String extra) {
    double value = median(cell, extra);
    return Double.isNaN(value) ? Words.NONE : Words.nanos(value);
  }

  private String count(Cell cell, String extra) {
    double value = median(cell, extra);
    return Double.isNaN(value) ? Words.NONE : Words.count(Math.round(value));
  }

  private static double mean(double[] values) {
    return values.length == 0 ? Double.NaN : ForkStatistics.mean(values);
  }

  private static String decimals(double value, int decimals) {
    return Double.isFinite(value) ? Words.decimals(value, decimals) : Words.NONE;
  }
}
