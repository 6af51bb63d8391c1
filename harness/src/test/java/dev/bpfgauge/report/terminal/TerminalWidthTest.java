package dev.bpfgauge.report.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.RunComparison;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Trend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every table that goes to a terminal, of the sample runs: whole lines, and names that differ. */
class TerminalWidthTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", "..")).resolve("results/sample").normalize();
  private static final int[] WIDTHS = {60, 80, 120};

  /** A row's name, and where there are several profiles, which it is of. */
  private static final Pattern NAME = Pattern.compile("(\\S(?:.*?\\S)??)(?: {2,}(.*))?");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "lab", "mllb", "tools", "tools-idle"})
  void theTableOfARunAndItsComparisonFit(String name) {
    RunData run = RunFolder.open(SAMPLE.resolve(name)).read();
    RunAnalysis analysis = RunAnalysis.of(run);
    RunComparison compared = RunComparison.of(run, run, 0.03);
    for (int width : WIDTHS) {
      assertFits(TerminalTable.render(analysis, width), width, false);
      String table = RunsCompared.terminal(compared, width);
      assertFits(table, width, width >= 100);
      assertTrue(table.lines().anyMatch(line -> line.matches("operation .* sees .*")), table);
    }
  }

  @Test
  void aKernelDoesMoreWorkWhereInstructionsAreCounted() {
    RunData lab = RunFolder.open(SAMPLE.resolve("lab")).read();
    String table = TerminalTable.render(RunAnalysis.of(lab), 120);
    String compared = RunsCompared.terminal(RunComparison.of(lab, lab, 0.005), 120);

    assertTrue(table.contains("more work, less work: "), table);
    assertTrue(table.matches("(?s).*\\d (do|does) (more|less) work\\b.*"), table);
    assertTrue(compared.contains("0 more work, 0 less work"), compared);
  }

  @Test
  void theTableOfATrendFits() throws Exception {
    List<Path> nights =
        RunFolder.ids(SAMPLE.resolve("nights")).stream()
            .limit(6)
            .map(SAMPLE.resolve("nights")::resolve)
            .toList();
    try (Store store = Store.open(Store.in(folder))) {
      RunImport.of(store, nights);
      Trend trend = Trend.newest(store, List.of());
      for (int width : WIDTHS) {
        String table = TrendText.terminal(trend, width);
        assertFits(table, width, false);
        assertTrue(table.lines().anyMatch(line -> line.matches("cell .* sees from .*")), table);
      }
    }
  }

  @Test
  void whatIsTooLongLosesItsMiddleAndIsFoldedWhereNothingElseTellsItApart() {
    assertEquals(
        List.of("lookup on…ercpu-hash", "lookup on…rcpu-array", "short"),
        ShortNames.of(List.of("lookup on a-percpu-hash", "lookup on a-percpu-array", "short"), 20)
            .orElseThrow());
    assertEquals(
        List.of("lookup on arra…n cpu80", "lookup on perc…n cpu80"),
        ShortNames.of(List.of("lookup on array on cpu80", "lookup on percpu-array on cpu80"), 22)
            .orElseThrow(),
        "one letter tells nobody that a map is per CPU");
    List<String> alike = Stream.of("a", "b").map(x -> "0".repeat(30) + x + "0".repeat(30)).toList();
    assertTrue(ShortNames.of(alike, 20).isEmpty());
    StringBuilder out = new StringBuilder();
    TerminalTable.print(
        out,
        List.of(List.of("name", "ns"), List.of(alike.get(0), "1.0"), List.of(alike.get(1), "2.0")),
        30,
        List.of());
    assertFits(out.toString(), 30, false);
    assertTrue(
        out.toString().replaceAll("\\s|\\d\\.\\d", "").contains(alike.get(0)), out.toString());
  }

  @Test
  void aSentenceIsBrokenBetweenWordsAndNotWithinANumber() {
    String sentence = "lookup costs about 1" + Words.THIN + "064" + Words.THIN + "ns here";
    for (int width = 12; width < 40; width++) {
      StringBuilder out = new StringBuilder();
      TerminalTable.wrap(out, sentence, width);
      assertTrue(out.toString().contains("1 064 ns"), out.toString());
      assertEquals("lookup costs about 1 064 ns here ", out.toString().replace('\n', ' '));
    }
  }

  private static void assertFits(String text, int width, boolean withProfile) {
    List<String> names = new ArrayList<>();
    boolean inTable = false;
    for (String line : text.lines().toList()) {
      assertTrue(line.length() <= width, width + ": " + line);
      if (line.startsWith("─")) {
        inTable = true;
        names.clear();
      } else if (line.isEmpty() || line.startsWith("… and")) {
        assertEquals(names.size(), new HashSet<>(names).size(), width + ": " + names);
        inTable = false;
      } else if (inTable && line.matches(" \\S.*")) {
        names.add(names.removeLast() + line);
      } else if (inTable && !line.startsWith(" ")) {
        Matcher name = NAME.matcher(line);
        assertTrue(name.matches(), line);
        String rest = name.group(2);
        names.add(
            name.group(1)
                + (withProfile && rest != null ? " on " + rest.replaceFirst(" {2,}.*", "") : ""));
      }
    }
    assertEquals(names.size(), new HashSet<>(names).size(), width + ": " + names);
  }
}
