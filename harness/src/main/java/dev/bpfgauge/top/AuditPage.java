package dev.bpfgauge.top;

import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.view.Templates;
import dev.bpfgauge.report.words.Words;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The audit as one offline page in the report's style. */
public final class AuditPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Lines of the chart besides the sum. */
  private static final int MOST_LINES = 5;

  private final Audit audit;
  private final TopView whole;

  private AuditPage(Audit audit) {
    this.audit = audit;
    this.whole = audit.whole();
  }

  /**
   * The page.
   *
   * @param host its name
   * @param version of this program
   * @param workingDir whose templates stand in for the built-in ones
   */
  public static String render(Audit audit, String host, String version, Path workingDir) {
    AuditPage page = new AuditPage(audit);
    Map<String, Object> values = new HashMap<>();
    values.put("host", host);
    values.put("version", version);
    values.put("time", TIME.format(page.whole.time()));
    values.put("seconds", Math.round(page.whole.seconds()));
    values.put("summary", page.summary());
    values.put("standouts", page.standouts());
    values.put("programs", page.programs());
    values.put("maps", page.maps());
    values.put("passing", page.passing());
    values.put("chart", page.chart());
    values.put("method", page.method());
    return new Templates(workingDir).render("top-audit.peb", values);
  }

  private List<String> summary() {
    TopView.Sum sum = whole.sum();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "%s ran %s times a second and took %s%s %% of a CPU."
            .formatted(
                Words.plural(sum.programs(), "program"),
                TopTable.count(sum.runsPerSecond()),
                sum.unknownWays() > 0 ? "at least " : "",
                TopTable.percent(sum.totalPercent())));
    sentences.add(
        "%s: %s bytes of kernel memory; machine code of programs: %s bytes."
            .formatted(
                Words.plural(sum.maps(), "map"),
                Words.count(sum.mapBytes()),
                Words.count(sum.jitedBytes())));
    sentences.add(
        "Looking took %s %% of a CPU; run-time statistics took %s while it lasted."
            .formatted(
                TopTable.percent(whole.own().percent()),
                TopSummary.statistics(whole.own().statisticsPercent())));
    return sentences;
  }

  private Table standouts() {
    Table.Builder table = Table.of("standouts", "What stands out", "~What", "~Where", "~How much");
    audit
        .standouts()
        .forEach(one ->
            table.row(one.kind().word(), Shown.name(one.subject()), Shown.name(one.sentence())));
    return table.build();
  }

  private Table programs() {
    Table.Builder table =
        Table.of(
            "programs",
            "Programs, the most expensive first",
            "~Program",
            "ID",
            "~Type",
            "~Hook",
            "~Owner",
            "~Unit or container",
            "Runs/s",
            "ns a run",
            "In the program, % CPU",
            "In total, % CPU",
            "~The hook’s part is",
            "Missed runs",
            "Maps",
            "Map memory, B",
            "JITed, B");
    whole.rows().stream()
        .sorted(RowOrder.CPU.comparator())
        .forEach(row ->
            table.row(
                row.program().name().isEmpty() ? Words.NONE : Shown.name(row.program().name()),
                Integer.toString(row.id()),
                row.program().typeWord(),
                Shown.name(
                    row.hooks().stream().map(Hooks::words).collect(Collectors.joining(", "))),
                Shown.name(owners(row)),
                Shown.name(
                    row.holders().stream()
                        .map(h -> h.container().isEmpty() ? h.unit() : h.container())
                        .distinct()
                        .collect(Collectors.joining(", "))),
                TopTable.count(row.runsPerSecond()),
                number(row.nanosPerRun()),
                TopTable.percent(row.insidePercent()),
                TopTable.percent(row.totalPercent()),
                knowledge(row),
                row.missed().isPresent() ? Words.count(row.missed().getAsLong()) : Words.NONE,
                Integer.toString(row.maps().size()),
                Words.count(row.mapBytes()),
                Words.count(row.program().jitedBytes())));
    return table.build();
  }

  private static String owners(ProgramRow row) {
    List<String> owners = new ArrayList<>();
    row.holders().forEach(h -> owners.add("%s(%d)".formatted(h.command(), h.pid())));
    row.pins().forEach(pin -> owners.add("pinned " + pin));
    return row.ours() ? row.ownerWords() : String.join(", ", owners);
  }

  private static String knowledge(ProgramRow row) {
    return switch (row.dispatch().knowledge()) {
      case MEASURED -> "measured";
      case ESTIMATE -> "an estimate";
      case UNKNOWN -> "left out";
    };
  }

  private static String number(double value) {
    return Double.isNaN(value) ? Words.NONE : Words.nanos(value);
  }

  private Table maps() {
    Table.Builder table =
        Table.of(
            "maps",
            "Maps that programs use, each once, the largest first",
            "~Map",
            "ID",
            "~Type",
            "~Of",
            "Programs that use it",
            "Memory, B",
            "Entries",
            "Most entries",
            "Full, %");
    record Use(ProgramRow row, ProgramRow.MapUse map) {}
    whole.rows().stream()
        .flatMap(row -> row.maps().stream().map(map -> new Use(row, map)))
        .filter(use -> use.map().counted())
        .sorted(Comparator.comparingLong((Use use) -> -use.map().bytes().orElse(0)))
        .forEach(use ->
            table.row(
                use.map().name().isEmpty() ? Words.NONE : Shown.name(use.map().name()),
                Integer.toString(use.map().id()),
                use.map().type(),
                Shown.name(use.row().program().name()),
                Integer.toString(use.map().sharers()),
                use.map().bytes().isPresent()
                    ? Words.count(use.map().bytes().getAsLong())
                    : Words.NONE,
                use.map().entries().isPresent()
                    ? Words.count(use.map().entries().getAsLong())
                    : Words.NONE,
                Words.count(use.map().mostEntries()),
                Double.isNaN(use.map().fill())
                    ? Words.NONE
                    : Words.decimals(use.map().fill() * 100, 1)));
    return table.build();
  }

  private Table passing() {
    Table.Builder table =
        Table.of(
            "passing", "Programs that came and went", "~Program", "~Type", "~Owner", "How many");
    audit
        .passing()
        .forEach(one ->
            table.row(
                one.name().isEmpty() ? Words.NONE : Shown.name(one.name()),
                one.type(),
                Shown.name(one.owner()),
                Integer.toString(one.seen())));
    return table.build();
  }

  /** The most expensive programs over time; absent where nothing ran. */
  private Charts.@Nullable Chart chart() {
    List<ProgramRow> costliest =
        whole.rows().stream()
            .filter(row -> row.totalPercent() > 0)
            .sorted(RowOrder.CPU.comparator())
            .limit(MOST_LINES)
            .toList();
    if (audit.each().size() < 2 || costliest.isEmpty()) {
      return null;
    }
    List<Double> x = new ArrayList<>();
    long first = audit.each().getFirst().time().toEpochMilli();
    audit.each().forEach(view -> x.add((view.time().toEpochMilli() - first) / 1_000.0));
    List<Charts.Line> lines = new ArrayList<>();
    double most = 0;
    for (ProgramRow row : costliest) {
      List<Double> y = new ArrayList<>();
      audit.each().forEach(view -> y.add(at(view, row)));
      most = Math.max(most, y.stream().filter(v -> !v.isNaN()).mapToDouble(v -> v).max().orElse(0));
      lines.add(new Charts.Line(Shown.name(row.program().name()) + " (" + row.id() + ")", x, y));
    }
    return Charts.lines(
        new Charts.Name(
            "cost-over-time",
            "% of a CPU over time, the most expensive programs",
            "A line for each program; the table below has the means."),
        lines,
        Plot.Scale.linear(0, x.getLast(), 6, Words::axis, "seconds since the first look"),
        Plot.Scale.linear(0, most, 4, Words::axis, "% of a CPU"),
        List.of(),
        List.of(),
        false);
  }

  private static double at(TopView view, ProgramRow wanted) {
    return view.rows().stream()
        .filter(row -> row.program().loadedAtNanos() == wanted.program().loadedAtNanos())
        .mapToDouble(ProgramRow::totalPercent)
        .findFirst()
        .orElse(Double.NaN);
  }

  private List<String> method() {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        whole.dispatch().source().isEmpty()
            ? "Without the hooks’ own cost: " + whole.dispatch().why()
            : "The cost of the way to a program and back, which run-time statistics leave out, is"
                + " from run "
                + whole.dispatch().source()
                + " of suite hooks on this machine; “an estimate” was measured on another target"
                + " or a similar hook, and what was not measured is left out.");
    sentences.addAll(whole.notes());
    return sentences.stream().map(Shown::name).toList();
  }
}
