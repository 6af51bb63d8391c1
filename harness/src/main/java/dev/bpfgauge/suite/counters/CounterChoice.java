package dev.bpfgauge.suite.counters;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** Which counter: what each costs on one CPU and on more, and what is to be said for it. */
final class CounterChoice {
  private final Evidence evidence;
  private final List<CellSummary> cells;

  CounterChoice(Evidence evidence) {
    this.evidence = evidence;
    this.cells = evidence.cells(cell -> cell.suite().equals(CountersSuite.NAME));
  }

  /** The advice, then for each profile or kernel every counter; none without the suite. */
  List<Table> tables() {
    if (cells.isEmpty()) {
      return List.of();
    }
    List<Table> tables = new ArrayList<>();
    tables.add(advice());
    for (String arm : evidence.armLabels()) {
      if (cells.stream().anyMatch(cell -> cell.cell().profile().equals(arm))) {
        tables.add(costs(arm, "counters-" + tables.size()));
      }
    }
    return tables.stream().filter(table -> !table.rows().isEmpty()).toList();
  }

  private List<Integer> threads() {
    return cells.stream()
        .filter(cell -> !CounterKind.LOOP.is(cell.cell()))
        .map(CounterChoice::threads)
        .distinct()
        .sorted()
        .toList();
  }

  private static int threads(CellSummary cell) {
    return Integer.parseInt(cell.cell().param("threads"));
  }

  private Optional<CellSummary> cell(CounterKind kind, int threads, String arm) {
    return cells.stream()
        .filter(cell -> kind.is(cell.cell()) && cell.cell().profile().equals(arm))
        .filter(cell -> threads(cell) == threads)
        .findFirst();
  }

  private Table costs(String arm, String id) {
    List<Integer> threads = threads();
    List<String> heads = new ArrayList<>(List.of("~Counter", "~Kept in"));
    threads.forEach(n -> heads.add(Words.plural(n, "CPU") + ", " + evidence.unit()));
    heads.addAll(List.of("Lost", "Read, " + evidence.unit(), "Memory, B"));
    Table.Builder table =
        Table.of(
            id,
            "Each of the CPUs adds one to the same count, again and again, on " + arm,
            heads.toArray(String[]::new));
    for (CounterKind kind : CounterKind.values()) {
      List<CellSummary> own = threads.stream().flatMap(n -> cell(kind, n, arm).stream()).toList();
      if (!own.isEmpty()) {
        List<String> row = new ArrayList<>(List.of(kind.word(), kind.what()));
        threads.forEach(n -> row.add(cell(kind, n, arm).map(this::cost).orElse(Words.NONE)));
        CellSummary most = own.getLast();
        row.add(extra(most, CountersMeter.LOST, lost -> Words.percent(lost / 100)));
        row.add(extra(most, CountersMeter.READ, Words::nanos));
        row.add(extra(most, CountersMeter.BYTES, bytes -> Words.count(Math.round(bytes))));
        table.row(row.toArray());
      }
    }
    return table.build();
  }

  private String cost(CellSummary cell) {
    return cell.forks() > 0 ? Words.meanAndSpread(cell, evidence.unit()) : Words.why(cell);
  }

  private static String extra(CellSummary cell, String name, DoubleFunction<String> words) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : words.apply(value);
  }

  /** For each number of CPUs the exact counter that adds at least cost, and when to read it. */
  private Table advice() {
    Table.Builder table =
        Table.of(
            "counter-choice",
            "The exact counter whose addition costs least",
            evidence.armHead(),
            "CPUs at once",
            "~Recommended",
            "~Argued from");
    for (String arm : evidence.armLabels()) {
      for (int n : threads()) {
        List<CellSummary> rivals =
            Arrays.stream(CounterKind.values())
                .filter(kind -> kind.isExact() && !kind.isStorage() && kind != CounterKind.LOOP)
                .flatMap(kind -> cell(kind, n, arm).stream())
                .filter(cell -> cell.forks() > 0)
                .sorted(Comparator.comparingDouble(CellSummary::mean))
                .toList();
        if (rivals.size() > 1) {
          table.row(arm, Words.count(n), name(rivals.getFirst()), why(rivals));
        }
      }
    }
    return table.build();
  }

  private static String name(CellSummary cell) {
    return cell.cell().operation();
  }

  private String why(List<CellSummary> rivals) {
    CellSummary least = rivals.getFirst();
    if (rivals.stream().anyMatch(cell -> cell.forks() < 2)) {
      return "Measured once, a figure has no error: measure again with --rounds 3 or more.";
    }
    List<String> alike =
        rivals.stream()
            .skip(1)
            .filter(cell -> evidence.compare(cell.cell(), least.cell()).verdict() != Verdict.SLOWER)
            .map(CounterChoice::name)
            .toList();
    return "%s adds for %s%s%s."
        .formatted(
            name(least),
            Words.cost(least, evidence.unit()),
            alike.isEmpty() ? "" : "; not told apart from " + Words.list(alike),
            shared(rivals).map(other -> breakEven(least, other)).orElse(""));
  }

  /**
   * Of those that all CPUs share the quickest to read, where a count of each CPU adds for least.
   */
  private static Optional<CellSummary> shared(List<CellSummary> rivals) {
    return isPerCpu(rivals.getFirst())
        ? rivals.stream()
            .filter(cell -> !isPerCpu(cell) && cell.extras().containsKey(CountersMeter.READ))
            .min(Comparator.comparing(cell -> cell.extras().get(CountersMeter.READ)))
        : Optional.empty();
  }

  private static boolean isPerCpu(CellSummary cell) {
    return CounterKind.ofWord(name(cell)).isPerCpu();
  }

  private String nanos(double nanos) {
    return Words.nanos(nanos) + Words.THIN + evidence.unit();
  }

  /** Who reads often pays for a count on each CPU. */
  private String breakEven(CellSummary least, CellSummary shared) {
    Double dear = least.extras().get(CountersMeter.READ);
    Double cheap = shared.extras().get(CountersMeter.READ);
    double saved = shared.mean() - least.mean();
    if (dear == null || cheap == null || saved <= 0) {
      return "";
    }
    double additions = (dear - cheap) / saved;
    String costs =
        "; %s adds for %s more and is read for %s"
            .formatted(name(shared), nanos(saved), nanos(Math.abs(dear - cheap)));
    return dear <= cheap
        ? costs + " more"
        : costs
            + " less, which pays only with fewer than %s for each reading"
                .formatted(Words.plural(Math.max(1, Math.round(Math.ceil(additions))), "addition"));
  }
}
