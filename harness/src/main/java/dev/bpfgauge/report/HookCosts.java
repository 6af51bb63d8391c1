package dev.bpfgauge.report;

import dev.bpfgauge.analysis.CellSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Suite {@code hooks}: what each hook adds, by what its program does, and what it takes to be
 * there.
 */
final class HookCosts {
  static final String SUITE = "hooks";

  /** Bodies as people read them; others follow. */
  private static final List<String> BODIES =
      List.of(
          "empty",
          "counter",
          "hash",
          "array",
          "percpu-hash",
          "percpu-array",
          "ringbuf",
          "printk",
          "all");

  private static final double MICROS_A_MILLI = 1_000;

  private final Evidence evidence;
  private final List<CellSummary> cells;

  HookCosts(Evidence evidence) {
    this.evidence = evidence;
    this.cells = evidence.cells(cell -> cell.suite().equals(SUITE));
  }

  /** For each profile hooks × bodies, then every cell's figures; nothing without the suite. */
  List<Table> tables() {
    if (cells.isEmpty()) {
      return List.of();
    }
    List<Table> tables = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      tables.add(matrix(arm, "hooks-" + tables.size()));
    }
    tables.add(figures());
    return tables;
  }

  private Table matrix(String arm, String id) {
    List<String> bodies =
        cells.stream()
            .map(HookCosts::body)
            .distinct()
            .sorted(Comparator.comparingInt(HookCosts::rank).thenComparing(b -> b))
            .toList();
    List<String> heads = new ArrayList<>(List.of("~Hook"));
    heads.addAll(bodies);
    Table.Builder table =
        Table.of(
            id,
            "Added to one operation on " + arm + ", ns, with 95 % intervals",
            heads.toArray(String[]::new));
    for (String hook : hooks()) {
      List<String> row = new ArrayList<>(List.of(hook));
      bodies.forEach(body -> row.add(added(hook, body, arm)));
      table.row(row.toArray());
    }
    return table.build();
  }

  private List<String> hooks() {
    return cells.stream().map(c -> CellNames.operation(c.cell())).distinct().toList();
  }

  private String added(String hook, String body, String arm) {
    return cells.stream()
        .filter(c -> CellNames.operation(c.cell()).equals(hook))
        .filter(c -> body(c).equals(body) && c.cell().profile().equals(arm))
        .findFirst()
        .map(
            c -> c.forks() > 0 ? Words.nanos(c.mean()) + " " + Words.nanos(c.interval95()) : why(c))
        .orElse(Words.NONE);
  }

  /** {@code denied: EPERM}: the rest of the sentence stands among what failed. */
  private static String why(CellSummary cell) {
    String[] parts = cell.reason().split(": ", 3);
    return parts.length > 1 && (parts[0].equals("denied") || parts[0].equals("absent"))
        ? parts[0] + ": " + parts[1]
        : Costs.status(cell);
  }

  private Table figures() {
    Table.Builder table =
        Table.of(
            "hooks-figures",
            "Every cell; times in ns unless said, medians over forks",
            "~Hook",
            "~Body",
            "~Profile",
            "Operation alone",
            "Added",
            "95 % interval",
            "Run-time statistics",
            "Left out by them",
            "Load, ms",
            "Attach, ms",
            "Detach, ms",
            "Program, B",
            "Maps, B",
            "Forks");
    for (CellSummary cell : cells) {
      if (cell.forks() > 0) {
        row(table, cell);
      }
    }
    return table.build();
  }

  private static void row(Table.Builder table, CellSummary cell) {
    table.row(
        CellNames.operation(cell.cell()),
        body(cell),
        cell.cell().profile(),
        extra(cell, "base_ns", Words::nanos),
        Words.nanos(cell.mean()),
        Words.nanos(cell.interval95()),
        extra(cell, "runtime_stats_ns", Words::nanos),
        extra(cell, "runtime_stats_ns", inside -> Words.nanos(cell.mean() - inside)),
        extra(cell, "load_us", HookCosts::millis),
        extra(cell, "attach_us", HookCosts::millis),
        extra(cell, "detach_us", HookCosts::millis),
        extra(cell, "program_bytes", bytes -> Words.count(Math.round(bytes))),
        extra(cell, "maps_bytes", bytes -> Words.count(Math.round(bytes))),
        Words.count(cell.forks()) + (cell.indicative() ? "*" : ""));
  }

  private static String millis(double micros) {
    return Words.decimals(micros / MICROS_A_MILLI, 2);
  }

  private static String extra(CellSummary cell, String name, Function<Double, String> words) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : words.apply(value);
  }

  private static String body(CellSummary cell) {
    return cell.cell().param("body");
  }

  private static int rank(String body) {
    int at = BODIES.indexOf(body);
    return at < 0 ? BODIES.size() : at;
  }
}
