package dev.bpfgauge.top;

import dev.bpfgauge.files.OpenMetrics;
import dev.bpfgauge.os.Shown;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A look as gauges ({@link OpenMetrics}). What is not known has no sample. */
final class TopMetrics {
  private static final double NANOS_A_SECOND = 1e9;
  private static final double PERCENT = 100;

  private final List<ProgramRow> rows;
  private final OpenMetrics out = new OpenMetrics("bpfgauge_top_");

  private TopMetrics(List<ProgramRow> rows) {
    this.rows = rows;
  }

  static String text(TopView view, List<ProgramRow> rows) {
    TopMetrics text = new TopMetrics(rows);
    text.sums(view);
    text.programs();
    text.maps();
    return text.out.text();
  }

  private void sums(TopView view) {
    gauge("programs", "", "Loaded programs.", view.sum().programs());
    gauge(
        "programs_came_and_went",
        "",
        "Programs that were loaded and gone between two looks, so that nothing else is known.",
        view.sum().unseen());
    gauge("maps_bytes", "bytes", "Kernel memory of all maps.", (double) view.sum().mapBytes());
    gauge("own_cpu_ratio", "ratio", "CPUs that looking takes.", view.own().percent() / PERCENT);
    gauge(
        "statistics_cpu_ratio",
        "ratio",
        "CPUs that run-time statistics take of everybody's programs.",
        view.own().statisticsPercent() / PERCENT);
    gauge(
        "statistics_also_on",
        "",
        "Others that have run-time statistics switched on.",
        view.statistics().size());
  }

  private void programs() {
    each("program_runs_per_second", "", "Runs a second.", ProgramRow::runsPerSecond);
    each(
        "program_run_seconds",
        "seconds",
        "Mean of a run by the kernel's statistics.",
        row -> row.nanosPerRun() / NANOS_A_SECOND);
    each(
        "program_inside_cpu_ratio",
        "ratio",
        "CPUs in the program by the kernel's statistics.",
        row -> row.insidePercent() / PERCENT);
    out.family(
        "program_cpu_ratio",
        "ratio",
        "CPUs with the hook's own cost; without it where label dispatch is unknown.");
    for (ProgramRow row : rows) {
      Map<String, String> labels = labels(row);
      labels.put("dispatch", row.dispatch().knowledge().name().toLowerCase(Locale.ROOT));
      sample("program_cpu_ratio", labels, row.totalPercent() / PERCENT);
    }
    each(
        "program_missed",
        "",
        "Runs that the kernel left out between two looks.",
        row -> row.missed().isPresent() ? (double) row.missed().getAsLong() : Double.NaN);
    each(
        "program_jited_bytes",
        "bytes",
        "Machine code.",
        row -> (double) row.program().jitedBytes());
  }

  private void maps() {
    map(
        "map_bytes",
        "bytes",
        "Kernel memory of a map.",
        map -> map.bytes().isPresent() ? (double) map.bytes().getAsLong() : Double.NaN);
    map(
        "map_entries",
        "",
        "Entries of a map, where the kernel counts them.",
        map -> map.entries().isPresent() ? (double) map.entries().getAsLong() : Double.NaN);
    map("map_max_entries", "", "Entries that a map can hold.", map -> (double) map.mostEntries());
  }

  private void map(
      String name, String unit, String help, ToDoubleFunction<ProgramRow.MapUse> value) {
    out.family(name, unit, help);
    Set<Integer> said = new HashSet<>();
    rows.stream()
        .flatMap(row -> row.maps().stream())
        .filter(map -> said.add(map.id()))
        .forEach(map -> {
          Map<String, String> labels = new LinkedHashMap<>();
          labels.put("id", Integer.toString(map.id()));
          labels.put("name", map.name());
          labels.put("type", map.type());
          sample(name, labels, value.applyAsDouble(map));
        });
  }

  private void each(String name, String unit, String help, ToDoubleFunction<ProgramRow> value) {
    out.family(name, unit, help);
    rows.forEach(row -> sample(name, labels(row), value.applyAsDouble(row)));
  }

  private void gauge(String name, String unit, String help, double value) {
    out.family(name, unit, help);
    sample(name, Map.of(), value);
  }

  private static Map<String, String> labels(ProgramRow row) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("id", Integer.toString(row.id()));
    labels.put("name", row.program().name());
    labels.put("type", row.program().typeWord());
    labels.put("hook", row.hooks().isEmpty() ? "" : row.hooks().getFirst().hook());
    labels.put("target", row.hooks().isEmpty() ? "" : row.hooks().getFirst().target());
    labels.put("owner", row.ours() ? row.ownerWords() : first(row, Holder::command));
    labels.put("unit", first(row, Holder::unit));
    labels.put("container", first(row, Holder::container));
    return labels;
  }

  private static String first(ProgramRow row, Function<Holder, String> what) {
    return row.holders().isEmpty() ? "" : what.apply(row.holders().getFirst());
  }

  private void sample(String name, Map<String, String> labels, double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    Map<String, String> shown = new LinkedHashMap<>();
    labels.forEach((label, text) -> shown.put(label, Shown.name(text)));
    out.sample(name, shown, number(value));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.9g", value);
  }
}
