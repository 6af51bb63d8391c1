package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.files.SamplesFile;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.SeedFigures;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.view.Templates;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.events.EventWays;
import dev.bpfgauge.suite.hooks.Availability;
import dev.bpfgauge.suite.hooks.HookChoice;
import dev.bpfgauge.suite.hooks.HookCosts;
import dev.bpfgauge.suite.mllb.InferenceCosts;
import dev.bpfgauge.suite.mllb.ModelCards;
import dev.bpfgauge.suite.mllb.SchedulersCompared;
import dev.bpfgauge.suite.tools.ToolCosts;
import dev.bpfgauge.suite.verifier.VerifierWork;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report: one HTML page that needs neither network nor JavaScript. */
public final class ReportPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private ReportPage() {}

  /**
   * Renders the page. The same analysis, files and templates give the same bytes.
   *
   * @param downloads the raw data to carry in the page
   * @param workingDir its {@code report-templates/} may override templates of the jar
   * @throws Refusal naming file and line where a template is wrong
   */
  public static String render(RunAnalysis analysis, Downloads downloads, Path workingDir) {
    return new Templates(workingDir)
        .render("report.peb", Map.of("page", page(new Evidence(analysis), downloads)));
  }

  private static Page page(Evidence evidence, Downloads downloads) {
    RunInfo info = evidence.info();
    RunInfo.PlanInfo plan = info.plan();
    Noise noise = new Noise(evidence);
    Verdicts verdicts = new Verdicts(evidence);
    Trouble trouble = new Trouble(evidence);
    Costs costs = new Costs(evidence);
    SeedLoop seedLoop = new SeedLoop(evidence);
    SystemOverTime system = new SystemOverTime(evidence);
    ToolCosts tools = new ToolCosts(evidence);
    SchedulersCompared schedulers = new SchedulersCompared(evidence);
    ModelCards networks = new ModelCards(evidence);
    return new Page(
        info.id(),
        title(evidence),
        info.inLab(),
        evidence.unit(),
        evidence.isTime(),
        time(info.startedAt()),
        info.elapsedMillis() > 0 ? Words.duration(info.elapsedMillis()) : "length unknown",
        plan.mode(),
        info.status().name().toLowerCase(Locale.ROOT),
        unfinished(info),
        info.bpfgaugeVersion(),
        info.commandLine().stream().map(Reproduce::quoted).collect(Collectors.joining(" ")),
        noise.sentence(),
        noise.isLoud(),
        VerdictRule.TOO_FEW,
        verdicts.indicative(),
        verdicts.all(),
        evidence.names().constants(),
        trouble.summary(),
        Stream.of(trouble.forks(), trouble.missing(), trouble.arms(), trouble.capabilities())
            .filter(table -> !table.rows().isEmpty())
            .toList(),
        notes(evidence),
        pairs("fingerprint", "Fingerprint", info.fingerprint()),
        pairs("environment", "Environment", info.environment()),
        costs.bars(),
        costs.withoutChart() == 0
            ? ""
            : "Charts are drawn for the first %d operations; %s more are in the table below."
                .formatted(Costs.MAX_CHARTS, Words.count(costs.withoutChart())),
        costs.all(),
        new Ladders(evidence).exhibits(),
        evidence.reference(),
        Words.margin(plan.margin()),
        VerdictRule.different(plan.margin(), "this run"),
        VerdictRule.equivalent(plan.margin()),
        VerdictRule.TEST,
        unmeasured(plan),
        new Ratios(evidence).exhibits(),
        new Latency(evidence).exhibits(),
        new Contention(evidence).exhibits(),
        seedLoop.isThere(),
        seedLoop.lines(),
        seedLoop.beside(),
        SeedFigures.SOURCE,
        system.exhibits(),
        system.cost(),
        system.shades(),
        system.missing(),
        new JavaAgainstC(evidence).exhibits(),
        new KernelsCompared(evidence).tables(),
        new HookCosts(evidence).tables(),
        new HookChoice(evidence).tables(),
        new Availability(evidence).tables(),
        new VerifierWork(evidence).table(),
        new EventWays(evidence).tables(),
        tools.tables(),
        Stream.concat(tools.beforeAndAfter().stream(), tools.costAgainstRate().stream()).toList(),
        schedulers.sentences(),
        schedulers.exhibits(),
        schedulers.overTime(),
        schedulers.tables(),
        networks.sentences(),
        networks.tables(),
        new InferenceCosts(evidence).tables(),
        new Guide(evidence).all(),
        plan.rounds(),
        Long.toString(plan.seed()),
        Words.duration(plan.warmupMillis()),
        Words.duration(plan.measureMillis()),
        RawData.links(downloads),
        new Reproduce(evidence).table());
  }

  private static String title(Evidence evidence) {
    if (new ToolCosts(evidence).isThere()) {
      return "What tracing tools cost this host";
    }
    if (new SchedulersCompared(evidence).isThere()) {
      return "What a learned load balancer is worth";
    }
    return evidence.info().inLab()
        ? "What eBPF costs on Linux " + Words.list(evidence.armLabels())
        : "What eBPF maps cost on this machine";
  }

  /** Calls from user space say nothing of the kernel's side, unless that was measured as well. */
  private static String unmeasured(RunInfo.PlanInfo plan) {
    return plan.suites().contains("maps") && !plan.suites().contains(Contention.IN_KERNEL)
        ? "Maps are called from user space here. In the kernel a program reaches a map without a"
            + " system call; what it costs there, suite kernel-maps measures."
        : "";
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static String unfinished(RunInfo info) {
    return switch (info.status()) {
      case COMPLETE -> "";
      case RUNNING -> "It is still running, or was killed. The report shows what there is so far.";
      case PARTIAL ->
          "Some cells have no figure, or more than half of their forks were lost; they are listed"
              + " below.";
      case INTERRUPTED ->
          "It was interrupted. Go on with: java -jar harness.jar " + info.resumeCommand();
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
