package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.SamplesFile;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.MapsCalled;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.view.Templates;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/** The report: one HTML page that needs neither network nor JavaScript. */
public final class ReportPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ReportPage() {}

  /**
   * The page of a run that lies there, with its raw data and the command that goes on with it.
   *
   * @throws Refusal naming file and line where a template is wrong
   */
  public static String render(RunAnalysis analysis, RunFolder folder, Path workingDir) {
    return render(analysis, Downloads.of(folder.path()), folder.resumeWords(), workingDir);
  }

  /**
   * Renders the page. The same analysis, files and templates give the same bytes.
   *
   * @param downloads the raw data to carry in the page
   * @param workingDir its {@code report-templates/} may override templates of the jar
   * @throws Refusal naming file and line where a template is wrong
   */
  public static String render(RunAnalysis analysis, Downloads downloads, Path workingDir) {
    return render(analysis, downloads, analysis.run().info().plainResumeWords(), workingDir);
  }

  private static String render(
      RunAnalysis analysis, Downloads downloads, List<String> resume, Path workingDir) {
    return new Templates(workingDir)
        .render("report.peb", Map.of("page", page(new Evidence(analysis), downloads, resume)));
  }

  private static Page page(Evidence evidence, Downloads downloads, List<String> resume) {
    RunInfo info = evidence.info();
    return new Page(
        info.id(),
        title(evidence),
        info.inLab(),
        evidence.unit(),
        evidence.isTime(),
        time(info.startedAt()),
        info.elapsedMillis() > 0 ? Words.duration(info.elapsedMillis()) : "length unknown",
        info.plan().mode(),
        info.status().name().toLowerCase(Locale.ROOT),
        info.bpfgaugeVersion(),
        Program.inCheckout(info.commandLine().toArray(String[]::new)),
        evidence.reference(),
        Words.margin(info.plan().margin()),
        VerdictRule.TOO_FEW,
        sections(evidence, downloads, resume));
  }

  /** Those of every run and those of its suites, by place. */
  private static List<Section> sections(
      Evidence evidence, Downloads downloads, List<String> resume) {
    List<Section> sections = new ArrayList<>();
    sections.add(verdict(evidence, resume));
    kernels(evidence).ifPresent(sections::add);
    guide(evidence).ifPresent(sections::add);
    trouble(evidence).ifPresent(sections::add);
    costs(evidence).ifPresent(sections::add);
    Suite.all().forEach(suite -> sections.addAll(suite.sections(evidence)));
    exhibits("ratio", ratioTitle(evidence), new Ratios(evidence).exhibits())
        .ifPresent(sections::add);
    exhibits("ladder", "Where the time goes", new Ladders(evidence).exhibits())
        .ifPresent(sections::add);
    exhibits("latency", "Percentiles", new Latency(evidence).exhibits()).ifPresent(sections::add);
    exhibits("contention", "Several CPUs at once", new Contention(evidence).exhibits())
        .ifPresent(sections::add);
    exhibits("java", "Java and C", new JavaAgainstC(evidence).exhibits()).ifPresent(sections::add);
    sections.add(machine(evidence));
    system(evidence).ifPresent(sections::add);
    sections.add(method(evidence, downloads));
    sections.sort(Comparator.comparing(Section::place));
    return List.copyOf(sections);
  }

  private static Section verdict(Evidence evidence, List<String> resume) {
    double margin = evidence.info().plan().margin();
    Noise noise = new Noise(evidence);
    Verdicts verdicts = new Verdicts(evidence);
    return Section.of(
        "verdict",
        "Verdict",
        Place.ANSWER,
        Map.ofEntries(
            Map.entry("noise", noise.sentence()),
            Map.entry("loud", noise.isLoud()),
            Map.entry("indicative", verdicts.indicative()),
            Map.entry("unfinished", unfinished(evidence.info(), resume)),
            Map.entry("arms", verdicts.all()),
            Map.entry("choices", new Choices(evidence).sentences()),
            Map.entry("turns", hasTurns(evidence)),
            Map.entry("looks", VerdictRule.looks(evidence.info().plan().looksTaken())),
            Map.entry("different", VerdictRule.different(margin, "this run")),
            Map.entry("equivalent", VerdictRule.equivalent(margin)),
            Map.entry("withoutRatio", evidence.withoutRatio()),
            Map.entry("constants", evidence.names().constants())));
  }

  private static Optional<Section> kernels(Evidence evidence) {
    List<Table> tables = new KernelsCompared(evidence).tables();
    return tables.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Section.of("kernels", "Kernels side by side", Place.ANSWER, Map.of("tables", tables)));
  }

  private static Optional<Section> guide(Evidence evidence) {
    List<Guide.Advice> advice = new Guide(evidence).all();
    return advice.isEmpty()
        ? Optional.empty()
        : Optional.of(Section.of("guide", "Which map?", Place.ANSWER, Map.of("advice", advice)));
  }

  private static Optional<Section> trouble(Evidence evidence) {
    Trouble trouble = new Trouble(evidence);
    List<Table> tables =
        Stream.of(trouble.forks(), trouble.missing(), trouble.arms(), trouble.capabilities())
            .filter(table -> !table.rows().isEmpty())
            .toList();
    List<String> notes = notes(evidence);
    return tables.isEmpty() && notes.isEmpty() && trouble.unrun() == 0
        ? Optional.empty()
        : Optional.of(
            Section.of(
                "trouble",
                "Missing or failed",
                Place.OPEN,
                Map.of("forks", trouble.summary(), "tables", tables, "notes", notes)));
  }

  private static Optional<Section> costs(Evidence evidence) {
    Costs costs = new Costs(evidence);
    Table all = costs.all();
    return all.rows().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Section.of(
                "cost",
                "Cost of each operation",
                Place.COST,
                Map.of(
                    "called",
                    called(evidence),
                    "exhibits",
                    costs.bars(),
                    "table",
                    all,
                    "withoutChart",
                    costs.withoutChart() == 0
                        ? ""
                        : "Charts are drawn for the first %d operations; %s more are in the table below."
                            .formatted(Costs.MAX_CHARTS, Words.count(costs.withoutChart())))));
  }

  /** From where the operations of the section are called, and how its charts are read. */
  private static String called(Evidence evidence) {
    if (evidence.groups().isEmpty()) {
      return "What these are, the sections above say. Intervals are over forks.";
    }
    return calledFrom(evidence)
        + ", one element at a time unless said. Bars start at zero; whiskers are 95 % intervals"
        + " over forks.";
  }

  private static String calledFrom(Evidence evidence) {
    List<Boolean> inside =
        evidence.groups().stream()
            .flatMap(group -> group.cells().stream())
            .map(cell -> SuiteWords.isCalled(cell.cell(), MapsCalled.IN_THE_KERNEL))
            .distinct()
            .toList();
    return inside.size() > 1
        ? "Called from user space, or inside the kernel where that is said"
        : inside.contains(true) ? "Called inside the kernel" : "Called from user space";
  }

  private static String ratioTitle(Evidence evidence) {
    return evidence.info().inLab() ? "Each kernel against the first" : "Profiles compared";
  }

  private static Optional<Section> exhibits(String id, String nav, List<Exhibit> exhibits) {
    return exhibits.isEmpty()
        ? Optional.empty()
        : Optional.of(Section.of(id, nav, Place.DETAIL, Map.of("exhibits", exhibits)));
  }

  private static Section machine(Evidence evidence) {
    return Section.of(
        "machine",
        "Machine",
        Place.MACHINE,
        Map.of(
            "fingerprint",
            pairs("fingerprint", "Fingerprint", evidence.info().fingerprint()),
            "environment",
            pairs("environment", "Environment", evidence.info().environment())));
  }

  private static Optional<Section> system(Evidence evidence) {
    SystemOverTime system = new SystemOverTime(evidence);
    List<Exhibit> exhibits = system.exhibits();
    Table missing = system.missing();
    return exhibits.isEmpty() && missing.rows().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Section.of(
                "system",
                "System over time",
                Place.MACHINE,
                Map.of(
                    "exhibits",
                    exhibits,
                    "cost",
                    system.cost(),
                    "shades",
                    system.shades(),
                    "missing",
                    missing)));
  }

  private static Section method(Evidence evidence, Downloads downloads) {
    RunInfo.PlanInfo plan = evidence.info().plan();
    return Section.of(
        "method",
        "Method and data",
        Place.METHOD,
        Map.ofEntries(
            Map.entry("rounds", rounds(evidence)),
            Map.entry("seed", Long.toString(plan.seed())),
            Map.entry("warmup", Words.duration(plan.warmupMillis())),
            Map.entry("measure", Words.duration(plan.measureMillis())),
            Map.entry("different", VerdictRule.different(plan.margin(), "this run")),
            Map.entry("test", VerdictRule.TEST),
            Map.entry("turns", hasTurns(evidence)),
            Map.entry("unmeasured", unmeasured(plan)),
            Map.entry("downloads", RawData.links(downloads)),
            Map.entry("reproduce", new Reproduce(evidence).table()),
            Map.entry("halves", !plan.looksTaken().isEmpty())));
  }

  /** Rounds that were measured: a run may go on after those that were planned. */
  private static int rounds(Evidence evidence) {
    return evidence.analysis().run().forks().stream()
        .mapToInt(fork -> fork.round() + 1)
        .reduce(evidence.info().plan().rounds(), Math::max);
  }

  private static boolean hasTurns(Evidence evidence) {
    return evidence.analysis().run().forks().stream()
        .map(ForkRecord::measurement)
        .anyMatch(measured -> measured != null && measured.isOfTurns());
  }

  private static String title(Evidence evidence) {
    return evidence
        .info()
        .armsOfSuite()
        .map(SuiteWords.Arms::title)
        .orElse(
            evidence.info().inLab()
                ? "What eBPF costs on Linux " + Words.list(evidence.armLabels())
                : "What eBPF costs on this machine");
  }

  /** Calls from user space say nothing of the kernel's side, unless that was measured as well. */
  private static String unmeasured(RunInfo.PlanInfo plan) {
    return SuiteWords.areCalled(plan.suites(), MapsCalled.FROM_USER_SPACE)
            && !SuiteWords.areCalled(plan.suites(), MapsCalled.IN_THE_KERNEL)
        ? "Maps are called from user space here. In the kernel a program reaches a map without a"
            + " system call; what it costs there, suite kernel-maps measures."
        : "";
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static String unfinished(RunInfo info, List<String> resume) {
    return switch (info.status()) {
      case COMPLETE -> "";
      case RUNNING -> "It is still running, or was killed. The report shows what there is so far.";
      case PARTIAL ->
          "Some cells have no figure, or more than half of their forks were lost; they are listed"
              + " below.";
      case INTERRUPTED ->
          "It was interrupted. Go on with: " + Program.inCheckout(resume.toArray(String[]::new));
    };
  }

  private static List<String> notes(Evidence evidence) {
    List<String> notes = new ArrayList<>(evidence.info().notes());
    evidence.analysis().run().warnings().stream()
        .filter(warning ->
            notes.stream().noneMatch(note -> SamplesFile.asWarning(note).equals(warning)))
        .toList()
        .forEach(notes::add);
    return notes;
  }

  private static Table pairs(String id, String caption, SortedMap<String, String> pairs) {
    Table.Builder table = Table.of(id, caption, "~What", "~Value");
    pairs.forEach(table::row);
    return table.build();
  }
}
