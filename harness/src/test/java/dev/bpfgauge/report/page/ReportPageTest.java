package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import dev.bpfgauge.report.terminal.TerminalTable;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.loads.Availability;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  @TempDir Path folder;

  @Test
  void theSameRunGivesTheSameBytes() {
    assertEquals(page(SampleRuns.usual(3, 3)), page(SampleRuns.usual(3, 3)));
  }

  @Test
  void theVerdictIsInWords() {
    String page = page(SampleRuns.usual(7, 6));
    assertAll(
        () -> assertTrue(page.contains("cpu80 against idle: "), "headline"),
        () -> assertTrue(page.contains("For example, lookup on hash costs "), "example"),
        () -> assertTrue(page.contains("pstates-off could not be measured: "), "unavailable arm"),
        () -> assertTrue(page.contains("the forked JVM exited with 134."), "crash"),
        () -> assertTrue(page.contains("an array has no delete"), "refused"),
        () -> assertTrue(page.contains("JMH’s pooled ± (too narrow, see method)"), "pooled"),
        () -> assertTrue(page.contains("0.009763"), "the seeds' published figure"));
  }

  @Test
  void theRuleIsTheOneThatDecides() {
    String page = page(SampleRuns.usual(7, 6));
    String rule = VerdictRule.different(0.03, "this run");
    assertEquals(3, page.split(Pattern.quote(Words.escape(rule)), -1).length, "two places say it");
    assertTrue(page.contains(Words.escape(VerdictRule.TEST)), "Holm, moderated");
    assertTrue(
        TerminalTable.render(RunAnalysis.of(SampleRuns.usual(7, 6)), 100)
            .replaceAll("\\s+", " ")
            .contains(rule));
  }

  @Test
  void aHeadlineSaysOnlyWhatIsDecided() {
    assertTrue(
        headline(1000, 1001, 1300, 1302).contains("costs 1 000 ns (hash) to 1 301 ns (array)"));
    assertTrue(
        headline(1000, 1100, 1050, 1000)
            .contains("costs about 1 033 ns; this run does not decide between the maps."));
    assertTrue(
        headline(1000, 1000, 1000, 1001).contains("costs about 1 000 ns on every map that has it"));
    assertTrue(
        page(new MadeRun()
                .ok(MadeRun.cell("maps.lookup", Map.of("map", "hash")), 952)
                .ok(MadeRun.cell("maps.lookup", Map.of("map", "array")), 1561)
                .run())
            .contains("; this run does not decide between the maps."),
        "one fork tells nothing");
  }

  /** Six forks each of a lookup on two maps, between the two times given for each. */
  private static String headline(double hash, double hash2, double array, double array2) {
    RunData run =
        new MadeRun()
            .ok(
                MadeRun.cell("maps.lookup", Map.of("map", "hash")),
                hash,
                hash2,
                hash,
                hash2,
                hash,
                hash)
            .ok(
                MadeRun.cell("maps.lookup", Map.of("map", "array")),
                array,
                array2,
                array2,
                array,
                array,
                array)
            .run();
    return new Verdicts(new Evidence(RunAnalysis.of(run)))
        .all()
        .getFirst()
        .headline()
        .replace("\u202f", " ");
  }

  @Test
  void aFigureOfFewForksHasThemInPlaceOfAnInterval() {
    RunData run =
        new MadeRun().ok(MadeRun.cell("maps.lookup", Map.of("map", "hash")), 1405, 1405.1).run();
    assertTrue(page(run).contains("<span class=\"interval\">2 forks*</span>"));
    String terminal = TerminalTable.render(RunAnalysis.of(run), 100);
    assertTrue(terminal.matches("(?s).*lookup on hash +1 405 +2 forks\\*.*"), terminal);
  }

  @Test
  void meansAndRatiosOfDifferentRoundsAreSaid() {
    assertTrue(page(SampleRuns.usual(7, 6)).contains("they rest on different rounds for "));
    Cell hash = MadeRun.cell("maps.lookup", Map.of("map", "hash"));
    RunData equal =
        new MadeRun()
            .ok(hash, 1000, 1001, 1002, 1003, 1004)
            .ok(hash.on("cpu80"), 1200, 1201, 1202, 1203, 1204)
            .run();
    assertFalse(page(equal).contains("they rest on different rounds"));
  }

  @Test
  void whatElseTheMachineDidIsSaidFirstAndByName() {
    RunData usual = SampleRuns.usual(7, 6);
    String unknown = page(usual);
    assertTrue(unknown.contains("this run did not record which"), "an older run");
    String loud = page(with(usual, 23));
    assertTrue(
        loud.contains(
            "<p class=\"flag\">The machine was not quiet: other programs used 23\u202f% of its CPU"
                + " time"),
        "loud");
    assertTrue(loud.contains("cc1 15\u202f%, evil&lt;b&gt; 2.0\u202f%."), "names");
    assertTrue(loud.indexOf("was not quiet") < loud.indexOf("class=\"headline\""), "first");
    assertTrue(
        page(with(usual, 0.2))
            .contains("<p class=\"note\">Other programs used 0.2\u202f% of the machine’s CPU time"),
        "quiet");
    assertTrue(
        TerminalTable.render(RunAnalysis.of(with(usual, 23)), 100)
            .startsWith("The machine was not quiet: other programs used 23 % of its CPU time"),
        "terminal");
  }

  /** The run with that much CPU of others in each row. */
  private static RunData with(RunData run, double percent) {
    List<String> columns = new ArrayList<>(run.samples().columns());
    columns.add(Samples.OTHERS_CPU);
    List<double[]> rows =
        run.samples().rows().stream()
            .map(row -> {
              double[] longer = Arrays.copyOf(row, row.length + 1);
              longer[row.length] = percent;
              return longer;
            })
            .toList();
    return new RunData(
        run.info(),
        run.forks(),
        new Samples(
            columns,
            rows,
            run.samples().missing(),
            0.1,
            List.of(new Samples.Other("cc1", 15), new Samples.Other("evil<b>", 2))));
  }

  @Test
  void whatIsMeasuredInsideTheKernelIsNotCalledUnmeasured() {
    RunData usual = SampleRuns.usual(7, 2);
    assertTrue(page(usual).contains("What is not measured."));
    RunInfo.PlanInfo plan = usual.info().plan();
    RunInfo info = usual.info();
    RunInfo inKernel =
        new RunInfo(
            1,
            info.id(),
            info.startedAt(),
            info.finishedAt(),
            info.elapsedMillis(),
            info.status(),
            info.bpfgaugeVersion(),
            info.commandLine(),
            new RunInfo.PlanInfo(
                plan.mode(),
                List.of("maps", "kernel-maps"),
                plan.arms(),
                plan.rounds(),
                plan.forks(),
                plan.seed(),
                1,
                1,
                0.03,
                null),
            info.fingerprint(),
            info.environment(),
            info.capabilities(),
            info.notes());
    assertFalse(
        page(new RunData(inKernel, usual.forks(), usual.samples()))
            .contains("What is not measured."));
  }

  @Test
  void aHooksBytesAreNoAnswerToWhatLoads() {
    Cell hook = MadeRun.cell("hooks.raw_tp", Map.of("body", "counter"));
    MadeRun run = new MadeRun();
    for (int round = 0; round < 5; round++) {
      run.ok(
          round,
          hook,
          new Measurement(80, List.of(80.0), null, 10, null, null)
              .with(new TreeMap<>(Map.of("program_bytes", 4096.0, "maps_bytes", 4096.0))));
    }
    List<Table> tables = new Availability(run.evidence()).tables();
    assertEquals(List.of("loads-hooks"), tables.stream().map(Table::id).toList());
  }

  @Test
  void fewForksAreFlagged() {
    assertTrue(page(SampleRuns.usual(7, 3)).contains("Indicative only."));
  }

  @Test
  void twiceTheSameProfileIsCalledAnAaRun() {
    assertTrue(page(SampleRuns.twice(7, 6)).contains("This is an A/A comparison"));
  }

  @Test
  void everyChartHasTitleDescriptionAndTable() {
    String page = page(SampleRuns.usual(7, 6));
    Matcher charts = Pattern.compile("<svg [^>]*role=\"img\" id=\"([^\"]+)\"").matcher(page);
    int count = 0;
    while (charts.find()) {
      String id = charts.group(1);
      assertTrue(page.contains("<desc id=\"" + id + "-d\">"), id);
      assertTrue(page.contains("<table id=\"" + id + "-table\">"), id);
      count++;
    }
    assertTrue(count > 15, "charts: " + count);
    assertEquals(count, page.split("<title>", -1).length - 2, "one title a chart, one the page's");
  }

  @Test
  void idsAreUnique() {
    Matcher ids = Pattern.compile(" id=\"([^\"]+)\"").matcher(page(SampleRuns.usual(7, 6)));
    Set<String> seen = new HashSet<>();
    while (ids.find()) {
      assertTrue(seen.add(ids.group(1)), ids.group(1));
    }
    assertFalse(seen.isEmpty());
  }

  @Test
  void hostileWordsStayWords() {
    String page = page(SampleRuns.hostile());
    assertFalse(page.contains("<script"));
    assertFalse(page.contains("<img"));
    assertTrue(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
  }

  @Test
  void eachCellHasACommandThatMeasuresItAgain() {
    assertTrue(
        page(SampleRuns.usual(7, 3))
            .replace("</span> <span>", " ") // where its line may break
            .contains(
                "java -jar harness/target/harness.jar run -p idle,cpu80,pstates-off --suite maps"
                    + " --op lookup --entries 1024 --fill 100 --key-size 4 --map hash --order"
                    + " random --path libbpf --threads 1 --value-size 8 --rounds 3 --seed 42"));
  }

  @Test
  void rawDataComesOutOfThePageAsItWentIn() throws Exception {
    String small = "a,b\n1,\"<2>\"\n";
    String large = "{\"line\":\"ü\"}\n".repeat(40_000);
    String page =
        ReportPage.render(
            RunAnalysis.of(SampleRuns.usual(7, 2)),
            new Downloads(Map.of("results.csv", small, "journal.jsonl", large)),
            folder);
    assertEquals(small, new String(embedded(page, "results.csv"), StandardCharsets.UTF_8));
    byte[] packed = embedded(page, "journal.jsonl.gz");
    try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertEquals(large, new String(unpacked.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatDoesNotFitIsNamedWithItsPlace() {
    byte[] noise = new byte[4_000_000];
    new Random(1).nextBytes(noise);
    String page =
        ReportPage.render(
            RunAnalysis.of(SampleRuns.usual(7, 2)),
            new Downloads(Map.of("journal.jsonl", Base64.getEncoder().encodeToString(noise))),
            folder);
    assertTrue(page.contains("too large for this page; it is in the folder results/"));
    assertFalse(page.contains("download=\"journal"));
  }

  @Test
  void twoThousandCellsFitInFiveMegabytes() {
    RunData run = SampleRuns.large(7, 2000, 5);
    RunAnalysis analysis = RunAnalysis.of(run);
    assertEquals(2000, analysis.cells().size());
    String page = ReportPage.render(analysis, SampleRuns.downloads(run), folder);
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes < 5_000_000, "bytes: " + bytes);
  }

  @Test
  void anOwnTemplateStandsInForTheBuiltIn() throws Exception {
    own("method.peb", "<p>Our own words on {{ page.id }}.</p>");
    assertTrue(page(SampleRuns.usual(7, 2)).contains("Our own words on 20261121-071834-maps."));
  }

  @Test
  void aWrongTemplateIsNamedWithItsLine() throws Exception {
    own("method.peb", "<p>\n{{ page.nonsense }}\n</p>");
    Refusal unknown = assertThrows(Refusal.class, () -> page(SampleRuns.usual(7, 2)));
    assertSaid(unknown, "report-templates/method.peb, line 2: ");
    own("method.peb", "\n\n{% if %}");
    Refusal broken = assertThrows(Refusal.class, () -> page(SampleRuns.usual(7, 2)));
    assertSaid(broken, "report-templates/method.peb, line 3: ");
  }

  @Test
  void aRunWithNothingInItStillHasAPage() {
    RunData run = SampleRuns.usual(7, 1);
    String page = page(new RunData(run.info(), List.of(), dev.bpfgauge.model.Samples.NONE));
    assertTrue(page.contains("Nothing was measured on idle."), "headline");
    for (String section : List.of("cost", "ladder", "ratio", "latency", "seed", "system", "java")) {
      assertFalse(page.contains("id=\"" + section + "\""), section);
      assertFalse(page.contains("href=\"#" + section + "\""), section);
    }
  }

  @Test
  void aRunThatLacksNothingHasNoSectionOfTroubles() {
    Cell hash = MadeRun.cell("maps.lookup", Map.of("map", "hash"));
    RunData whole = withoutTroubles(new MadeRun().ok(hash, 1000, 1001), 2);
    assertFalse(page(whole).contains("#trouble\""), "nothing is missing");
    assertFalse(page(whole).contains("id=\"trouble\""), "nothing is missing");
    assertTrue(
        page(withoutTroubles(new MadeRun().ok(hash, 1000, 1001), 3))
            .contains("1 planned were not run."),
        "a fork is missing");
    assertTrue(
        page(new RunData(whole.info(), whole.forks(), whole.samples(), List.of("torn line")))
            .contains("<li>torn line</li>"),
        "a warning");
  }

  /** The run on a machine that can all, without notes, with so many forks planned. */
  private static RunData withoutTroubles(MadeRun made, int forks) {
    RunData run = made.run();
    RunInfo info = run.info();
    RunInfo.PlanInfo plan = info.plan();
    return new RunData(
        new RunInfo(
            1,
            info.id(),
            info.startedAt(),
            info.finishedAt(),
            info.elapsedMillis(),
            info.status(),
            info.bpfgaugeVersion(),
            info.commandLine(),
            new RunInfo.PlanInfo(
                plan.mode(),
                plan.suites(),
                List.of(new RunInfo.ArmInfo("idle", "idle", "", "")),
                plan.rounds(),
                forks,
                plan.seed(),
                1,
                1,
                0.03,
                null),
            info.fingerprint(),
            info.environment(),
            List.of(),
            List.of()),
        run.forks(),
        run.samples(),
        List.of());
  }

  @Test
  void theOrderOfTheJournalDoesNotMatter() {
    RunData run = SampleRuns.usual(7, 2);
    List<dev.bpfgauge.model.ForkRecord> shuffled = new ArrayList<>(run.forks());
    Collections.shuffle(shuffled, new Random(5));
    String page = page(new RunData(run.info(), shuffled, run.samples()));
    assertTrue(
        page.indexOf(">lookup on hash</th>") < page.indexOf(">delete on percpu-hash</th>"),
        "lookup before delete");
  }

  private String page(RunData run) {
    return ReportPage.render(RunAnalysis.of(run), SampleRuns.downloads(run), folder);
  }

  private static void assertSaid(Refusal refusal, String start) {
    String said = String.valueOf(refusal.getMessage());
    assertTrue(said.startsWith(start), said);
  }

  private void own(String name, String content) throws Exception {
    Path templates = Files.createDirectories(folder.resolve("report-templates"));
    Files.writeString(templates.resolve(name), content);
  }

  private static byte[] embedded(String page, String name) {
    Matcher link =
        Pattern.compile(
                "download=\"" + Pattern.quote(name) + "\" href=\"data:[^;]+;base64,([^\"]*)\"")
            .matcher(page);
    assertTrue(link.find(), name);
    return Base64.getDecoder().decode(link.group(1));
  }
}
