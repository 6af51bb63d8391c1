package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Suite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The command that measures a cell again. */
public final class Reproduce {
  private final Evidence evidence;

  Reproduce(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One line a benchmark and its parameters; the line runs all profiles of this run. */
  Table table() {
    Table.Builder table =
        Table.of("reproduce-lines", "One command for each cell", "~Cell", "~Command");
    Map<String, Cell> byKey = new LinkedHashMap<>();
    evidence.cells().forEach(c -> byKey.putIfAbsent(c.cell().key(), c.cell()));
    byKey.values().forEach(cell -> table.row(evidence.names().name(cell), command(cell)));
    return table.build();
  }

  String command(Cell cell) {
    RunInfo.PlanInfo plan = evidence.info().plan();
    List<String> words = new ArrayList<>();
    Optional<Suite> suite = Suite.named(cell.suite());
    Optional<List<String>> own = suite.flatMap(it -> it.command(cell, evidence.info()));
    if (own.isPresent()) {
      words.addAll(own.get());
      return line(words);
    }
    if (evidence.info().inLab()) {
      words.addAll(kernels());
      words.addAll(List.of("--mode", plan.mode().replaceFirst("^lab, ", "")));
    } else {
      words.addAll(List.of("run", "-p", arms().collect(Collectors.joining(","))));
    }
    Cell named = suite.filter(it -> !it.isNamedByRun()).map(_ -> beside(cell)).orElse(cell);
    words.addAll(List.of("--suite", named.suite()));
    words.addAll(Suite.named(named.suite()).map(it -> it.options(named)).orElse(List.of()));
    if (plan.mode().equals("quick") || plan.mode().equals("thorough")) {
      words.add("--" + plan.mode());
    }
    words.addAll(List.of("--rounds", Integer.toString(plan.rounds())));
    words.addAll(List.of("--seed", Long.toString(plan.seed())));
    return line(words);
  }

  /** The floor is part of every run of maps: the smallest one is of one other cell. */
  private Cell beside(Cell floor) {
    return evidence.cells(cell -> SuiteWords.isCalled(cell, MapsCalled.FROM_USER_SPACE)).stream()
        .map(CellSummary::cell)
        .findFirst()
        .orElseGet(() -> lookup(floor.profile()));
  }

  private static Cell lookup(String profile) {
    String maps =
        SuiteWords.all().stream()
            .filter(suite -> suite.mapsCalled() == MapsCalled.FROM_USER_SPACE)
            .findFirst()
            .map(SuiteWords::name)
            .orElseThrow();
    return new Cell(maps, maps + ".lookup", Map.of("map", "hash"), profile);
  }

  private Stream<String> arms() {
    return evidence.info().plan().arms().stream().map(RunInfo.ArmInfo::profile);
  }

  /** An arm of the lab is a kernel, or a kernel and a load: {@code 6.12 cpu80}. */
  private List<String> kernels() {
    List<String> loads =
        arms().map(arm -> arm.contains(" ") ? arm.replaceFirst(".* ", "") : "idle").toList();
    String first = loads.getFirst();
    List<String> kernels = arms().map(arm -> arm.replaceFirst(" .*", "")).toList();
    String booted =
        IntStream.range(0, kernels.size())
            .filter(i -> loads.get(i).equals(first))
            .mapToObj(kernels::get)
            .collect(Collectors.joining(","));
    List<String> words = new ArrayList<>(List.of("kernels", "run", "--kernels", booted));
    if (loads.stream().anyMatch(load -> !load.equals("idle"))) {
      words.addAll(List.of("-p", loads.stream().distinct().collect(Collectors.joining(","))));
    }
    return words;
  }

  private static String line(List<String> words) {
    return Program.inCheckout(words.toArray(String[]::new));
  }
}
