package dev.bpfgauge.diagnosis;

import dev.bpfgauge.diagnosis.HostMoment.Resource;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.chart.Plot;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.view.Templates;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stacks.FlameGraph;
import dev.bpfgauge.stacks.FrameTree;
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.LostTime;
import dev.bpfgauge.suite.tools.Rows;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A diagnosis as one offline page in the report's style. */
public final class DiagnosisPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int MOST_ROWS = 20;
  private static final int MOST_LOSSES = 15;
  private static final int MOST_COMMANDS = 3;
  private static final double PERCENT = 100;

  private final Diagnosis diagnosis;
  private final String time;

  private DiagnosisPage(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
    this.time = TIME.format(diagnosis.startedAt());
  }

  /**
   * What a module has in the page.
   *
   * @param id of its section
   * @param title its name
   * @param about what it shows and where it hangs
   * @param notes losses, and why it ended early
   * @param tables what it counted, and what it showed as it happened
   * @param text where it shows no table
   * @param graph a page with a flame graph; empty for none
   */
  public record Part(
      String id,
      String title,
      String about,
      List<String> notes,
      List<Table> tables,
      String text,
      String graph) {
    public Part {
      notes = List.copyOf(notes);
      tables = List.copyOf(tables);
    }
  }

  /**
   * The page.
   *
   * @param host its name
   * @param version of this program
   * @param workingDir whose templates stand in for the built-in ones
   */
  public static String render(Diagnosis diagnosis, String host, String version, Path workingDir) {
    DiagnosisPage page = new DiagnosisPage(diagnosis);
    Map<String, Object> values = new HashMap<>();
    values.put("host", host);
    values.put("version", version);
    values.put("time", page.time);
    values.put("seconds", Math.round(diagnosis.whole().seconds()));
    values.put("summary", page.summary());
    values.put("losses", page.losses());
    values.put("charts", page.charts());
    values.put("parts", page.parts());
    values.put("unseen", page.unseen());
    values.put("cost", diagnosis.cost().sentence());
    return new Templates(workingDir).render("diagnosis.peb", values);
  }

  private List<String> summary() {
    HostStretch whole = diagnosis.whole();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        String.format(
            Locale.ROOT,
            "%s were %.0f %% busy; the load was %.1f at the end.",
            Words.plural(whole.cpus(), "CPU"),
            whole.busy(),
            whole.load()));
    String commands = commands();
    if (!commands.isEmpty()) {
      sentences.add(commands);
    }
    return sentences;
  }

  /** Who used the CPUs, by the samples. */
  private String commands() {
    Map<String, Long> samples = new TreeMap<>();
    diagnosis.modules().stream()
        .map(ModuleRun.Result::taken)
        .filter(CountedStacks.class::isInstance)
        .flatMap(taken -> ((CountedStacks) taken).stacks().stream())
        .forEach(stack -> samples.merge(stack.comm(), stack.count(), Long::sum));
    double all = samples.values().stream().mapToLong(count -> count).sum();
    List<String> named =
        samples.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_COMMANDS)
            .map(each ->
                String.format(
                    Locale.ROOT,
                    "%.0f %% %s",
                    PERCENT * each.getValue() / all,
                    Shown.name(each.getKey())))
            .toList();
    return named.isEmpty() ? "" : "What ran on them: " + String.join(", ", named) + ".";
  }

  private Table losses() {
    Table.Builder table =
        Table.of(
            "losses",
            "What time is lost to, in seconds of threads or CPUs each second",
            "~What",
            "Lost, s a second");
    diagnosis.lostTimes().stream()
        .limit(MOST_LOSSES)
        .forEach(
            lost -> table.row(Shown.name(lost.sentence()), Words.decimals(lost.perSecond(), 2)));
    return table.build();
  }

  /** A line of a chart. */
  private record Series(String name, ToDoubleFunction<HostStretch> value) {}

  private List<Charts.Chart> charts() {
    return Stream.of(
            chart(
                "load",
                "Load, threads that run or could, threads blocked",
                "threads",
                List.of(
                    new Series("1-minute load average", HostStretch::load),
                    new Series("running or ready", HostStretch::running),
                    new Series("blocked for I/O", HostStretch::blocked))),
            chart(
                "cpu",
                "CPU time",
                "% of all CPUs",
                List.of(
                    new Series("busy", HostStretch::busy),
                    new Series("interrupts", HostStretch::irq),
                    new Series("idle, waiting for I/O", HostStretch::iowait),
                    new Series("stolen by the hypervisor", HostStretch::steal))),
            chart(
                "pressure",
                "Pressure: some task waited for it",
                "% of the time",
                Stream.of(Resource.values())
                    .map(resource ->
                        new Series(
                            resource.name().toLowerCase(Locale.ROOT),
                            stretch -> stretch.stalled(resource)))
                    .toList()))
        .flatMap(Stream::ofNullable)
        .toList();
  }

  private Charts.@Nullable Chart chart(String id, String title, String unit, List<Series> series) {
    List<HostStretch> each = diagnosis.each();
    List<Double> x = new ArrayList<>();
    double at = 0;
    for (HostStretch stretch : each) {
      at += stretch.seconds();
      x.add(at);
    }
    List<Charts.Line> lines =
        series.stream()
            .map(one ->
                new Charts.Line(
                    one.name, x, each.stream().map(s -> one.value.applyAsDouble(s)).toList()))
            .filter(line -> line.y().stream().anyMatch(Double::isFinite))
            .toList();
    double most =
        lines.stream()
            .flatMap(line -> line.y().stream())
            .filter(Double::isFinite)
            .mapToDouble(value -> value)
            .max()
            .orElse(0);
    return x.size() < 2 || most == 0
        ? null
        : Charts.lines(
            new Charts.Name(id + "-over-time", title, "A look each second."),
            lines,
            Plot.Scale.linear(0, at, 6, Words::axis, "seconds"),
            Plot.Scale.linear(0, most, 4, Words::axis, unit),
            List.of(),
            List.of(),
            false);
  }

  private List<Part> parts() {
    return diagnosis.modules().stream()
        .filter(each -> each.taken() != null)
        .map(this::part)
        .toList();
  }

  private Part part(ModuleRun.Result result) {
    String name = result.spec().name();
    Findings taken = Objects.requireNonNull(result.taken());
    List<String> notes = new ArrayList<>();
    if (!result.why().isEmpty()) {
      notes.add(early(result));
    }
    if (result.tally() != null && result.tally().lost() > 0) {
      notes.add(result.tally().lostEvents());
    }
    if (result.more() > 0) {
      notes.add(Words.plural(result.more(), "further row") + " as it happened are left out.");
    }
    List<Table> tables = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    String graph = "";
    if (taken instanceof CountedStacks stacks) {
      graph = graph(result, stacks);
    } else {
      show(taken, name + "-table", "", tables, text);
    }
    List<Rows> live =
        result.live().stream().filter(Rows.class::isInstance).map(Rows.class::cast).toList();
    if (!live.isEmpty()) {
      Rows first = live.getFirst();
      show(
          new Rows(
              first.columns(), live.stream().flatMap(rows -> rows.rows().stream()).toList(), true),
          name + "-live",
          "As it happened",
          tables,
          text);
    }
    result.live().stream()
        .filter(each -> !(each instanceof Rows))
        .limit(1)
        .forEach(each -> show(each, name + "-first", "", tables, text));
    if (tables.isEmpty() && text.isEmpty() && graph.isEmpty()) {
      notes.add("It saw nothing.");
    }
    return new Part(
        name,
        name,
        result.spec().description().getFirst() + " Hooks: " + result.hooks() + ".",
        notes,
        tables,
        Shown.text(text.toString()),
        graph);
  }

  private static String early(ModuleRun.Result result) {
    return "It ended early, after %.0f s: %s.".formatted(result.seconds(), result.why());
  }

  private static void show(
      Findings findings, String id, String caption, List<Table> tables, StringBuilder text) {
    if (findings instanceof Rows rows) {
      if (!rows.isEmpty()) {
        tables.add(table(rows, id, caption));
      }
    } else if (!findings.isEmpty()) {
      findings.print(text);
    }
  }

  private static Table table(Rows rows, String id, String caption) {
    List<List<Object>> shown = rows.rows().stream().limit(MOST_ROWS).toList();
    String[] heads = new String[rows.columns().size()];
    for (int i = 0; i < heads.length; i++) {
      int column = i;
      boolean isText = shown.stream().anyMatch(row -> row.get(column) instanceof String);
      heads[i] = (isText ? "~" : "") + rows.columns().get(i).title();
    }
    int left = rows.rows().size() - shown.size();
    Table.Builder table =
        Table.of(id, caption + (left > 0 ? " (%d more rows)".formatted(left) : ""), heads);
    shown.forEach(row -> table.row(rows.texts(row).stream().map(Shown::name).toArray()));
    return table.build();
  }

  private String graph(ModuleRun.Result result, CountedStacks stacks) {
    FrameTree tree = new FrameTree();
    stacks.addTo(tree);
    return tree.total() == 0
        ? ""
        : FlameGraph.svg(
            tree,
            result.spec().name() + ", " + time,
            result.spec().graphUnit().orElse("events"),
            null);
  }

  /** Modules that could not be attached, those with the same reason together, or ended early. */
  private List<String> unseen() {
    Map<String, List<String>> refused = new LinkedHashMap<>();
    for (ModuleRun.Result result : diagnosis.modules()) {
      if (result.taken() == null) {
        String name = result.spec().name();
        String why = result.why();
        refused
            .computeIfAbsent(
                why.startsWith(name + ": ") ? why.substring(name.length() + 2) : why,
                _ -> new ArrayList<>())
            .add(name);
      }
    }
    List<String> sentences = new ArrayList<>();
    refused.forEach(
        (why, names) -> sentences.add(Shown.name(String.join(", ", names) + ": " + why)));
    diagnosis.modules().stream()
        .filter(result -> result.taken() != null && !result.why().isEmpty())
        .forEach(
            result -> sentences.add(result.spec().name() + ": " + decapitalized(early(result))));
    if (diagnosis.each().stream().allMatch(each -> Double.isNaN(each.stalled(Resource.CPU)))) {
      sentences.add("Pressure stall information is off in this kernel: boot with psi=1.");
    }
    return sentences;
  }

  private static String decapitalized(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }

  /** The same in a few lines for the terminal. */
  public static List<String> text(Diagnosis diagnosis) {
    DiagnosisPage page = new DiagnosisPage(diagnosis);
    List<String> lines = new ArrayList<>(page.summary());
    List<LostTime> losses = diagnosis.lostTimes();
    losses.stream().limit(MOST_LOSSES).forEach(lost -> lines.add(Shown.name(lost.sentence())));
    if (losses.isEmpty()) {
      lines.add("Nothing stands out.");
    }
    page.unseen().forEach(lines::add);
    lines.add(diagnosis.cost().sentence());
    return lines;
  }
}
