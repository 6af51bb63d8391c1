package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Difference;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.PairedComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The same loop in Java and in C: what the harness itself adds to the figures. */
final class JavaAgainstC {
  private static final int MAX_CHARTS = 4;

  private final Evidence evidence;

  JavaAgainstC(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One loop in each language. */
  private record Loop(
      Optional<CellSummary> java, Optional<CellSummary> c, Optional<CellSummary> cThread) {

    Cell any() {
      return cThread.or(this::c).or(this::java).orElseThrow().cell();
    }

    /** What Java is fairly compared with. */
    Optional<CellSummary> partner() {
      return cThread.or(this::c);
    }
  }

  List<Exhibit> exhibits() {
    Map<String, List<Loop>> byOperation = new LinkedHashMap<>();
    for (Loop loop : loops()) {
      byOperation.computeIfAbsent(title(loop.any()), k -> new ArrayList<>()).add(loop);
    }
    List<Exhibit> exhibits = new ArrayList<>();
    byOperation.forEach((title, loops) ->
        exhibits.add(exhibit(title, loops, "java-" + exhibits.size(), exhibits.size())));
    return exhibits;
  }

  private static String title(Cell cell) {
    Optional<SuiteWords> suite = SuiteWords.named(cell.suite());
    String costOf = suite.map(SuiteWords::costOf).orElse("");
    if (!costOf.isEmpty()) {
      return costOf;
    }
    String mark = suite.map(SuiteWords::mark).orElse("");
    String path = cell.param("path");
    return CellNames.operation(cell)
        + (mark.isEmpty() ? "" : " " + mark)
        + (path.isEmpty() ? "" : " by " + path);
  }

  private List<Loop> loops() {
    Map<String, List<CellSummary>> grouped = new LinkedHashMap<>();
    for (CellSummary cell : evidence.cells()) {
      if (cell.forks() > 0
          && (Evidence.isFloor(cell.cell()) || !Evidence.isReference(cell.cell()))) {
        grouped.computeIfAbsent(withoutRuntime(cell.cell()), k -> new ArrayList<>()).add(cell);
      }
    }
    return grouped.values().stream()
        .filter(g -> g.stream().anyMatch(c -> !Evidence.isJava(c.cell())))
        .map(g -> new Loop(of(g, "java"), of(g, "c"), of(g, "c-thread")))
        .toList();
  }

  private static String withoutRuntime(Cell cell) {
    TreeMap<String, String> params = new TreeMap<>(cell.params());
    params.remove("runtime");
    return new Cell("", cell.benchmark(), params, cell.profile()).id();
  }

  private static Optional<CellSummary> of(List<CellSummary> cells, String runtime) {
    return cells.stream()
        .filter(c ->
            runtime.equals("java")
                ? Evidence.isJava(c.cell())
                : c.cell().param("runtime").equals(runtime))
        .findFirst();
  }

  private Exhibit exhibit(String title, List<Loop> loops, String id, int index) {
    List<Charts.Bars> bars = new ArrayList<>();
    bars.add(bars("C, one thread", loops.stream().map(Loop::c).toList()));
    if (loops.stream().anyMatch(loop -> loop.cThread.isPresent())) {
      bars.add(bars("C, second thread", loops.stream().map(Loop::cThread).toList()));
    }
    bars.add(bars("Java", loops.stream().map(Loop::java).toList()));
    Charts.Chart chart =
        index >= MAX_CHARTS
            ? null
            : Charts.grouped(
                new Charts.Name(
                    id,
                    title + " in Java and in C",
                    "Grouped bars with 95 % intervals; the table has every figure and the ratio."),
                loops.stream().map(loop -> label(loop)).toList(),
                bars,
                "ns per operation");
    return new Exhibit(chart, table(title, loops, id), "");
  }

  private String label(Loop loop) {
    String profile = loop.any().profile();
    return name(loop.any()) + (profile.equals(evidence.reference()) ? "" : "\n" + profile);
  }

  private static String name(Cell cell) {
    String map = cell.param("map");
    return map.isEmpty()
        ? Stream.concat(Stream.of(cell.operation()), CellNames.telling(cell))
            .collect(Collectors.joining(", "))
        : map;
  }

  private static Charts.Bars bars(String name, List<Optional<CellSummary>> cells) {
    return new Charts.Bars(
        name,
        cells.stream().map(c -> c.map(CellSummary::mean).orElse(Double.NaN)).toList(),
        cells.stream().map(c -> c.map(Words::whisker).orElse(Double.NaN)).toList());
  }

  private Table table(String title, List<Loop> loops, String id) {
    Table.Builder table =
        Table.of(
            id + "-table",
            title + ", ns per operation",
            "~What",
            "~Profile",
            "C, one thread",
            "C, second thread",
            "Java",
            "Java ÷ C",
            "95 % interval",
            "Median over rounds");
    for (Loop loop : loops) {
      row(table, loop);
    }
    return table.build();
  }

  private void row(Table.Builder table, Loop loop) {
    boolean both = loop.java().isPresent() && loop.partner().isPresent();
    PairedComparison ratio =
        both
            ? evidence.compare(
                loop.java().orElseThrow().cell(), loop.partner().orElseThrow().cell())
            : null;
    Difference difference = ratio == null ? null : Difference.of(ratio);
    table.row(
        name(loop.any()),
        loop.any().profile(),
        mean(loop.c()),
        mean(loop.cThread()),
        mean(loop.java()),
        ratio == null ? Words.NONE : Words.against(ratio.ratio(), difference, evidence.unit()),
        ratio == null ? Words.NONE : Words.against95(ratio.ratio(), ratio.shown95(), difference),
        both
            ? Words.ratio(
                evidence.medianRatio(
                    loop.java().orElseThrow().cell(), loop.partner().orElseThrow().cell()))
            : Words.NONE);
  }

  private static String mean(Optional<CellSummary> cell) {
    return cell.map(c -> Words.nanos(c.mean())).orElse(Words.NONE);
  }
}
