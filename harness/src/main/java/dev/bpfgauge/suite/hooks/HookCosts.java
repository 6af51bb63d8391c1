package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Suite {@code hooks}: what each hook adds, by what its program does, and what it takes to be
 * there.
 */
public final class HookCosts {

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

  public HookCosts(Evidence evidence) {
    this.evidence = evidence;
    this.cells =
        evidence.cells(cell -> cell.suite().equals(HooksSuite.NAME) && Evidence.isJava(cell));
  }

  /**
   * For each profile hooks × bodies and the parts of the 2024 comparison's program, then every
   * cell's times, traffic, and what it takes to be there; nothing without the suite.
   */
  public List<Table> tables() {
    if (cells.isEmpty()) {
      return List.of();
    }
    List<Table> tables = new ArrayList<>();
    for (String arm : evidence.armLabels()) {
      if (cells.stream().anyMatch(cell -> cell.cell().profile().equals(arm))) {
        tables.add(matrix(arm, "hooks-" + tables.size()));
      }
    }
    for (String arm : evidence.armLabels()) {
      tables.add(parts(arm, "hooks-parts-" + tables.size()));
    }
    tables.add(times());
    tables.add(traffic());
    tables.add(presence());
    return tables.stream().filter(table -> !table.rows().isEmpty()).toList();
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
            "Added to one operation on %s, %s, ± half of the 95 %% interval"
                .formatted(arm, evidence.unit()),
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
        .map(c -> c.forks() > 0 ? Words.meanAndSpread(c, evidence.unit()) : Words.why(c))
        .orElse(Words.NONE);
  }

  /** What each part of the 2024 comparison's program adds to the program that only counts. */
  private Table parts(String arm, String id) {
    Table.Builder table =
        Table.of(
            id,
            "The 2024 map comparison’s program on every system call, part by part, on "
                + arm
                + ", "
                + evidence.unit(),
            "~Part",
            "Its own",
            "95 % interval",
            "Share of all");
    Optional<CellSummary> all = seed("all", arm);
    Optional<CellSummary> empty = seed("empty", arm);
    Optional<CellSummary> counter = seed("counter", arm);
    if (all.isEmpty() || empty.isEmpty() || counter.isEmpty()) {
      return table.build();
    }
    double whole = all.get().isResolved() ? all.get().mean() : Double.NaN;
    double sum = part(table, "way there and back", empty.get(), Optional.empty(), whole);
    sum += part(table, "whose call it is, counter", counter.get(), empty, whole);
    for (String body : BODIES.subList(BODIES.indexOf("counter") + 1, BODIES.indexOf("all"))) {
      Optional<CellSummary> cell = seed(body, arm);
      if (cell.isPresent()) {
        sum += part(table, body, cell.get(), counter, whole);
      }
    }
    table.row("sum of the parts", Words.nanos(sum), Words.NONE, Words.percent(sum / whole));
    part(table, "all of them in one program", all.get(), Optional.empty(), whole);
    return table.build();
  }

  private Optional<CellSummary> seed(String body, String arm) {
    return cells.stream()
        .filter(c -> CellNames.operation(c.cell()).equals("sys_enter") && c.forks() > 0)
        .filter(c -> body(c).equals(body) && c.cell().profile().equals(arm))
        .findFirst();
  }

  /** One row: what the cell costs, less what the other does, paired by round. */
  private double part(
      Table.Builder table,
      String name,
      CellSummary cell,
      Optional<CellSummary> less,
      double whole) {
    double own = cell.mean() - less.map(CellSummary::mean).orElse(0.0);
    @Nullable Interval interval =
        less.isEmpty() ? cell.interval95() : evidence.difference95(cell.cell(), less.get().cell());
    table.row(name, Words.nanos(own), Words.nanos(interval), Words.percent(own / whole));
    return own;
  }

  private Table times() {
    Table.Builder table =
        Table.of(
            "hooks-times",
            "What is added, and the part of it in the program by the kernel’s statistics; "
                + evidence.unit(),
            "~Hook",
            "~Body",
            evidence.armHead(),
            "Operation alone",
            "Added",
            "95 % interval",
            "In the program",
            "On the way",
            "Runs per operation",
            "Forks");
    for (CellSummary cell : measured()) {
      table.row(
          CellNames.operation(cell.cell()),
          body(cell),
          cell.cell().profile(),
          extra(cell, "base_ns", Words::nanos),
          Words.nanos(cell.mean()),
          Words.interval(cell),
          extra(cell, "runtime_stats_ns", Words::nanos),
          extra(cell, "runtime_stats_ns", inside -> way(cell, inside)),
          extra(cell, "runs_per_op", runs -> Words.decimals(runs, 2)),
          Words.count(cell.forks()) + (cell.indicative() ? "*" : ""));
    }
    return table.build();
  }

  /** What the statistics leave out of the added time. */
  private static String way(CellSummary cell, double inside) {
    double runs = cell.extras().getOrDefault("runs_per_op", 1.0);
    return Words.nanos(cell.mean() - runs * inside);
  }

  private Table traffic() {
    Table.Builder table =
        Table.of(
            "hooks-traffic",
            "Frames of 64 bytes through a veth pair as fast as one CPU goes",
            "~Hook",
            "~Body",
            evidence.armHead(),
            "Frames " + evidence.aSecond() + " alone",
            "with",
            "CPU " + evidence.unit() + " a frame alone",
            "with",
            "change",
            "In soft interrupts, % alone",
            "with");
    for (CellSummary cell : measured()) {
      Double alone = cell.extras().get("base_packets_per_s");
      Double with = cell.extras().get("attached_packets_per_s");
      if (alone != null && with != null) {
        table.row(
            CellNames.operation(cell.cell()),
            body(cell),
            cell.cell().profile(),
            Words.count(Math.round(alone)),
            Words.count(Math.round(with)),
            extra(cell, "base_cpu_ns", Words::nanos),
            extra(cell, "attached_cpu_ns", Words::nanos),
            Words.percent(cpuOf(cell, "attached") / cpuOf(cell, "base") - 1),
            extra(cell, "base_softirq_percent", percent -> Words.decimals(percent, 0)),
            extra(cell, "attached_softirq_percent", percent -> Words.decimals(percent, 0)));
      }
    }
    return table.build();
  }

  private static double cpuOf(CellSummary cell, String arm) {
    return cell.extras().getOrDefault(arm + "_cpu_ns", Double.NaN);
  }

  private Table presence() {
    Table.Builder table =
        Table.of(
            "hooks-presence",
            "What it takes to be there; in " + evidence.millis() + ", memory in bytes",
            "~Hook",
            "~Body",
            evidence.armHead(),
            "Load",
            "Attach",
            "Detach",
            "Program",
            "Machine code",
            "Maps");
    for (CellSummary cell : measured()) {
      table.row(
          CellNames.operation(cell.cell()),
          body(cell),
          cell.cell().profile(),
          extra(cell, "load_us", HookCosts::millis),
          extra(cell, "attach_us", HookCosts::millis),
          extra(cell, "detach_us", HookCosts::millis),
          extra(cell, "program_bytes", HookCosts::bytes),
          extra(cell, "jited_bytes", HookCosts::bytes),
          extra(cell, "maps_bytes", HookCosts::bytes));
    }
    return table.build();
  }

  private List<CellSummary> measured() {
    return cells.stream()
        .filter(cell -> cell.forks() > 0)
        .sorted(
            Comparator.comparingInt((CellSummary c) -> CellNames.operationRank(c.cell()))
                .thenComparingInt(c -> rank(body(c))))
        .toList();
  }

  private static String bytes(double bytes) {
    return Words.count(Math.round(bytes));
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
