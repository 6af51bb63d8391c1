package dev.bpfgauge.suite.prog;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Difference;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Suite {@code prog}: where programs load, what the verifier does with them, and what runs cost.
 */
public final class ProgTables {
  /** Columns of {@link #verifier} that a narrow terminal does without, the first one first. */
  public static final List<Integer> LESS_OF_VERIFIER = List.of(9, 6, 2, 5, 7);

  private static final double NANOS_A_MICRO = 1_000;
  private static final double NANOS_A_MILLI = 1_000_000;

  private final Evidence evidence;

  /** In the order of the objects on the command line, and of the programs in each. */
  private final List<String> programs;

  ProgTables(Evidence evidence) {
    this.evidence = evidence;
    // A plan's first round has them in that order.
    this.programs =
        evidence.analysis().run().forks().stream()
            .filter(fork -> isOf(fork.cell(), ProgCell.Task.LOAD))
            .sorted(Comparator.comparingInt(ForkRecord::seq))
            .map(fork -> program(fork.cell()))
            .distinct()
            .toList();
  }

  /** The tables of a run. */
  public static ProgTables of(RunAnalysis run) {
    return new ProgTables(new Evidence(run));
  }

  /** Whether a run has programs and nothing else. */
  public static boolean isAllOf(RunAnalysis analysis) {
    return !analysis.cells().isEmpty()
        && analysis.cells().stream().allMatch(each -> each.cell().suite().equals(ProgSuite.NAME));
  }

  /** Those that have rows, in reading order. */
  List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    for (Table table :
        List.of(loads(), refusals(), returns(), costs(), events(), commands(), verifier())) {
      if (!table.rows().isEmpty()) {
        tables.add(table);
      }
    }
    return tables;
  }

  private static boolean isOf(Cell cell, ProgCell.Task task) {
    return cell.suite().equals(ProgSuite.NAME) && cell.operation().equals(EnumWords.of(task));
  }

  /** In the order of {@link #programs}. */
  private List<CellSummary> cells(ProgCell.Task task) {
    return evidence.cells(cell -> isOf(cell, task)).stream()
        .sorted(Comparator.comparingInt(cell -> programs.indexOf(program(cell.cell()))))
        .toList();
  }

  /** A program of an object, the object named where there are several, and its shape. */
  private String program(Cell cell) {
    boolean several =
        evidence.cells(each -> each.suite().equals(ProgSuite.NAME)).stream()
                .map(each -> each.cell().param(ProgCell.OBJECT))
                .distinct()
                .count()
            > 1;
    String shape = cell.param(ProgCell.SHAPE);
    return (several ? cell.param(ProgCell.OBJECT) + ": " : "")
        + cell.param(ProgCell.PROGRAM)
        + (shape.isEmpty() ? "" : " (" + shape + ")");
  }

  /** Where a cell was measured: here, a kernel, a version, or a version on a kernel. */
  private String place(Cell cell) {
    String kernel = cell.param(ProgCell.KERNEL);
    boolean here = !isCompared() && !evidence.info().inLab();
    return kernel.isEmpty()
        ? here ? "this machine" : cell.profile()
        : kernel + " " + cell.profile();
  }

  /** Where programs load: a row a program, a column a place. */
  public Table loads() {
    List<CellSummary> cells = cells(ProgCell.Task.LOAD);
    List<String> places = cells.stream().map(cell -> place(cell.cell())).distinct().toList();
    List<String> heads = new ArrayList<>(List.of("~Program"));
    places.forEach(place -> heads.add("~" + place));
    Table.Builder table =
        Table.of("prog-loads", "Where the programs load", heads.toArray(String[]::new));
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (CellSummary cell : cells) {
      rows.computeIfAbsent(program(cell.cell()), _ -> new LinkedHashMap<>())
          .put(place(cell.cell()), answer(cell, isNotAttached(cell.cell())));
    }
    rows.forEach((program, answers) -> {
      List<Object> row = new ArrayList<>(List.of(program));
      places.forEach(place -> row.add(answers.getOrDefault(place, Words.NONE)));
      table.row(row.toArray());
    });
    return table.build();
  }

  /** Whether the program loads there and finds nothing to hang on. */
  private boolean isNotAttached(Cell load) {
    return cells(ProgCell.Task.EVENT).stream()
        .filter(cell -> program(cell.cell()).equals(program(load)))
        .filter(cell -> place(cell.cell()).equals(place(load)))
        .anyMatch(cell -> cell.forks() == 0 && cell.reason().startsWith(ProgMeter.NOT_ATTACHED));
  }

  private String answer(CellSummary cell, boolean isNotAttached) {
    return loads(cell)
        ? isNotAttached ? "✗ not attached" : "✓ loads"
        : cell.reason().isEmpty() ? "?" : "✗ " + Words.status(cell);
  }

  /** Whether the program loads there, even where the time that this took is lost. */
  private boolean loads(CellSummary load) {
    return load.forks() > 0 || verified(load).isPresent();
  }

  /** What the verifier said of a program: the same in each fork, whatever else ran meanwhile. */
  private Optional<SortedMap<String, Double>> verified(CellSummary load) {
    return load.forks() > 0
        ? Optional.of(load.extras())
        : evidence.analysis().run().forks().stream()
            .filter(fork -> fork.cell().equals(load.cell()))
            .filter(fork -> fork.status() == ForkStatus.LOAD_NOT_REACHED)
            .flatMap(fork -> Stream.ofNullable(fork.measurement()))
            .flatMap(measured -> Stream.ofNullable(measured.extras()))
            .findFirst();
  }

  /** Why programs do not load: program, places, reason. */
  public Table refusals() {
    Table.Builder table =
        Table.of(
            "prog-refusals",
            "Why programs do not load, are not attached, or not run",
            "~Program",
            "~Where",
            "~Reason");
    Map<List<String>, List<String>> places = new LinkedHashMap<>();
    List<CellSummary> cells = new ArrayList<>(cells(ProgCell.Task.LOAD));
    cells.removeIf(this::loads);
    cells.addAll(ofLoaded(ProgCell.Task.EVENT));
    cells.addAll(ofLoaded(ProgCell.Task.RUN));
    for (CellSummary cell : cells) {
      if (cell.forks() == 0 && !cell.reason().isEmpty()) {
        places
            .computeIfAbsent(List.of(program(cell.cell()), cell.reason()), _ -> new ArrayList<>())
            .add(place(cell.cell()) + input(cell.cell()));
      }
    }
    places.forEach(
        (what, where) -> table.row(what.getFirst(), String.join(", ", where), what.getLast()));
    return table.build();
  }

  /** What returns something else than its earlier version: program, places, both values. */
  public Table returns() {
    Table.Builder table =
        Table.of(
            "prog-returns",
            "Programs that return something else than before",
            "~Program",
            "~Where",
            "~Returned");
    if (hasVersions()) {
      for (CellSummary cell : cells(ProgCell.Task.RUN)) {
        Cell now = cell.cell();
        if (now.profile().equals(ProgSuite.NEW) && cell.forks() > 0) {
          evidence
              .summary(now.on(ProgSuite.OLD))
              .filter(old -> old.forks() > 0 && !returned(old).equals(returned(cell)))
              .ifPresent(old ->
                  table.row(
                      program(now),
                      place(now) + input(now),
                      "it returns %s now, and %s before".formatted(returned(cell), returned(old))));
        }
      }
    }
    return table.build();
  }

  private static String input(Cell cell) {
    String input = cell.param(ProgCell.INPUT);
    return input.isEmpty() ? "" : " (" + input + ")";
  }

  /** What runs cost; with several arms, against the first. */
  public Table costs() {
    return costTable(
        new Heads(
            "prog-costs",
            "What a run costs, in " + evidence.unit(),
            List.of("~Program", "~Input", "A run", "95 % interval"),
            "Difference",
            List.of("Returned", "Forks")),
        ofLoaded(ProgCell.Task.RUN),
        cell -> cell.cell().param(ProgCell.INPUT) + (isSingle(cell) ? " (changed)" : ""),
        this::against,
        cell -> List.of(returned(cell), Words.forks(cell)));
  }

  /**
   * What stands above a table of costs.
   *
   * @param first program, by what, cost, interval
   * @param against how the arms differ
   * @param details the rest
   */
  private record Heads(
      String id, String caption, List<String> first, String against, List<String> details) {}

  private Table costTable(
      Heads heads,
      List<CellSummary> cells,
      Function<CellSummary, String> by,
      Function<CellComparison, String> difference,
      Function<CellSummary, List<String>> details) {
    List<String> all = new ArrayList<>(heads.first);
    if (isCompared()) {
      all.add(2, evidence.armHead());
      all.addAll(List.of(heads.against, "~Verdict"));
    }
    all.addAll(heads.details);
    Table.Builder table = Table.of(heads.id, heads.caption, all.toArray(String[]::new));
    for (CellSummary cell : cells) {
      List<Object> row =
          new ArrayList<>(
              List.of(
                  program(cell.cell()),
                  by.apply(cell),
                  cell.forks() == 0 ? Words.status(cell) : Words.nanos(cell.mean()),
                  Words.interval(cell)));
      if (isCompared()) {
        Optional<CellComparison> compared = evidence.comparison(cell.cell());
        row.add(2, place(cell.cell()));
        row.add(compared.map(difference).orElse(Words.NONE));
        row.add(
            compared
                .<Object>map(it -> Table.verdict(it.verdict(), evidence.unit()))
                .orElse(Words.NONE));
      }
      row.addAll(details.apply(cell));
      table.row(row.toArray());
    }
    return table.build();
  }

  /** With its interval, where there is one. */
  private String against(CellComparison compared) {
    Difference difference = compared.difference();
    String cost = Words.against(compared.ratio(), difference, evidence.unit());
    Interval interval = difference == null ? compared.interval95() : difference.interval95();
    return interval == null
        ? cost
        : cost + " " + Words.against95(compared.ratio(), interval, difference);
  }

  /** What attached programs add to what they hang on; with several arms, against the first. */
  public Table events() {
    return costTable(
        new Heads(
            "prog-events",
            "What an event costs with the program attached, in " + evidence.unit(),
            List.of("~Program", "~Events by", "An event", "95 % interval"),
            "Difference",
            List.of("Events an operation", "Program alone", "Forks")),
        ofLoaded(ProgCell.Task.EVENT).stream().filter(cell -> !isNotAttached(cell.cell())).toList(),
        ProgTables::madeBy,
        this::against,
        cell ->
            List.of(
                decimals(cell, "runs_per_op"),
                decimals(cell, "runtime_stats_ns"),
                Words.forks(cell)));
  }

  /** Columns of {@link #events} that a narrow terminal does without, the first one first. */
  public List<Integer> lessOfEvents() {
    return isCompared() ? List.of(9, 7, 4, 8) : List.of(6, 4);
  }

  private static String madeBy(CellSummary cell) {
    String command = cell.cell().param(ProgCell.INPUT);
    if (!command.isEmpty()) {
      return command;
    }
    if (cell.extras().containsKey(ProgramAlone.BY_STATISTICS)) {
      return "reading it";
    }
    String operations =
        cell.extras().keySet().stream()
            .filter(key -> key.startsWith("made_by_"))
            .map(key -> key.substring("made_by_".length()))
            .collect(Collectors.joining(", ")); // several where forks did not agree
    return operations.isEmpty() ? Words.NONE : operations;
  }

  /** What a command of the user's takes that makes events. */
  public Table commands() {
    Table.Builder table =
        Table.of(
            "prog-commands",
            "What a run of the load takes, in " + evidence.millis(),
            "~Program",
            "~Where",
            "CPU time",
            "With the program",
            "From start to end",
            "With the program");
    for (CellSummary cell : ofLoaded(ProgCell.Task.EVENT)) {
      if (cell.forks() > 0 && cell.extras().containsKey("command_ns")) {
        table.row(
            program(cell.cell()),
            place(cell.cell()),
            millis(cell, "command_cpu_ns"),
            millis(cell, "command_attached_cpu_ns"),
            millis(cell, "command_ns"),
            millis(cell, "command_attached_ns"));
      }
    }
    return table.build();
  }

  private static String millis(CellSummary cell, String name) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : Words.nanos(value / NANOS_A_MILLI);
  }

  private static String decimals(CellSummary cell, String name) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : Words.nanos(value);
  }

  /** Without those of programs that do not load. */
  private List<CellSummary> ofLoaded(ProgCell.Task task) {
    Set<String> refused =
        cells(ProgCell.Task.LOAD).stream()
            .filter(cell -> !loads(cell))
            .map(cell -> program(cell.cell()) + place(cell.cell()))
            .collect(Collectors.toSet());
    return cells(task).stream()
        .filter(cell -> !refused.contains(program(cell.cell()) + place(cell.cell())))
        .toList();
  }

  /** Columns of {@link #costs} that a narrow terminal does without, the first one first. */
  public List<Integer> lessOfCosts() {
    return isCompared() ? List.of(8, 7, 4) : List.of(5);
  }

  private boolean isCompared() {
    return evidence.arms().size() > 1;
  }

  /** Whether the program changes its packet, so that each run is a call of its own. */
  private static boolean isSingle(CellSummary cell) {
    return cell.extras().getOrDefault("single_runs", 0.0) > 0;
  }

  /**
   * What a gate fails for: a program that is refused where its other version loads, or anywhere
   * where there is no other; a run that became slower.
   */
  public List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (CellSummary cell : cells(ProgCell.Task.LOAD)) {
      boolean isNew = !hasVersions() || cell.cell().profile().equals(ProgSuite.NEW);
      boolean loadedBefore =
          !hasVersions()
              || evidence.summary(cell.cell().on(ProgSuite.OLD)).filter(this::loads).isPresent();
      if (!loads(cell) && isNew && loadedBefore) {
        failures.add("%s does not load on %s".formatted(program(cell.cell()), place(cell.cell())));
      } else if (isNew
          && isNotAttached(cell.cell())
          && !(hasVersions() && isNotAttached(cell.cell().on(ProgSuite.OLD)))) {
        failures.add(
            "%s has nothing to be attached to on %s"
                .formatted(program(cell.cell()), place(cell.cell())));
      }
    }
    if (hasVersions()) {
      List<CellSummary> costs = new ArrayList<>(cells(ProgCell.Task.RUN));
      costs.addAll(cells(ProgCell.Task.EVENT));
      for (CellSummary cell : costs) {
        evidence
            .comparison(cell.cell())
            .filter(it -> it.verdict() == Verdict.SLOWER)
            .ifPresent(it ->
                failures.add(
                    "%s costs more%s (%s): %s"
                        .formatted(
                            program(cell.cell()),
                            cell.cell().param(ProgCell.KERNEL).isEmpty()
                                ? ""
                                : " on " + cell.cell().param(ProgCell.KERNEL),
                            cell.cell().param(ProgCell.INPUT).isEmpty()
                                ? "its events"
                                : cell.cell().param(ProgCell.INPUT),
                            Words.against(it.ratio(), it.difference(), evidence.unit()))));
      }
    }
    return failures;
  }

  private boolean hasVersions() {
    return evidence.armLabels().equals(List.of(ProgSuite.OLD, ProgSuite.NEW));
  }

  /** What the verifier did. */
  public Table verifier() {
    Table.Builder table =
        Table.of(
            "prog-verifier",
            "What the verifier does; verification in " + evidence.micros(),
            "~Program",
            evidence.armHead(),
            "Instructions",
            "Processed",
            "States, peak / all",
            "Stack, B",
            "Rewritten, B",
            "Machine code, B",
            "Verification",
            "95 % interval");
    for (CellSummary cell : cells(ProgCell.Task.LOAD)) {
      verified(cell)
          .ifPresent(figures ->
              table.row(
                  program(cell.cell()),
                  place(cell.cell()),
                  extra(figures, "insns"),
                  extra(figures, "processed_insns"),
                  extra(figures, "peak_states") + " / " + extra(figures, "total_states"),
                  extra(figures, "stack_bytes"),
                  extra(figures, "xlated_bytes"),
                  extra(figures, "jited_bytes"),
                  cell.forks() == 0 ? Words.NONE : Words.nanos(cell.mean() / NANOS_A_MICRO),
                  Words.interval(cell, NANOS_A_MICRO)));
    }
    return table.build();
  }

  /** {@code 2}; where single runs gave several values, {@code 2 (61×), 1 (3×)}. */
  private static String returned(CellSummary cell) {
    List<Map.Entry<String, Double>> values =
        cell.extras().entrySet().stream()
            .filter(each -> each.getKey().startsWith(ProgMeter.RETURNED))
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .toList();
    return values.size() < 2
        ? extra(cell.extras(), "returned")
        : values.stream()
            .map(each ->
                "%s (%s×)"
                    .formatted(
                        each.getKey().substring(ProgMeter.RETURNED.length()),
                        Words.count(Math.round(each.getValue()))))
            .collect(Collectors.joining(", "));
  }

  private static String extra(Map<String, Double> figures, String name) {
    Double value = figures.get(name);
    return value == null ? Words.NONE : Words.count(Math.round(value));
  }
}
