package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.PairedComparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rule's words follow from its numbers, and the documentation's from both. */
class VerdictRuleTest {

  @Test
  void theWordsHaveTheNumbersThatDecide() {
    assertEquals("95 %", VerdictRule.CONFIDENCE);
    assertEquals("1 %", VerdictRule.FAMILY_ERROR);
    assertTrue(VerdictRule.different(0.025, "this run").contains("beyond the margin of ±2.5 %"));
    assertTrue(VerdictRule.different(0.025, "this run").contains("below 1 %"));
  }

  @Test
  void theReasonFollowsFromWhereTheIntervalLies() {
    assertEquals(
        "the interval reaches beyond the margin of 3 % on both sides, from 15 % less to 47 %"
            + " more",
        reason(0.85, 1.47));
    assertEquals(
        "the interval reaches from within the margin of 3 % to 29 % more", reason(1.02, 1.29));
    assertEquals(
        "the interval reaches from within the margin of 3 % to 5 % more", reason(0.98, 1.05));
    assertEquals(
        "the interval reaches from within the margin of 3 % to 20 % less", reason(0.80, 1.01));
    assertEquals(
        "beyond the margin of 3 % taken alone, but not sure enough among the comparisons",
        reason(1.05, 1.20));
  }

  @Test
  void fewPairsHaveAReasonOfTheirOwn() {
    PairedComparison two =
        PairedComparison.of(new double[] {900, 1400}, new double[] {1000, 1000}, 0.03);
    assertTrue(VerdictRule.undecided(two, "comparisons").startsWith("fewer than 5 forks"));
  }

  @Test
  void aCostThatIsNotToldFromZeroSaysHowMuchItIsAtMost() {
    // t(4, 0.975) = 2.776, deviation √50: 1 ± 8.78; then −1.6 ± 0.81.
    assertEquals("below resolution (≤ 9.8 ns)", below(-9, 1, 1, 1, 11));
    assertEquals("below resolution (≤ 2.5 ns)", below(-2, -1, -1.5, -1, -2.5), "bound mirrored");
    assertEquals("below resolution", below(-1, 4));
    assertEquals("", below(5, 6, 5, 6, 5));
  }

  private static String below(double... nanos) {
    Cell cell = MadeJournal.cell("hooks.raw_tp", "idle", "body=empty");
    RunAnalysis run = RunAnalysis.of(new MadeJournal("idle").rounds(cell, nanos).run());
    return VerdictRule.belowResolution(run.cells().getFirst(), "ns");
  }

  private static String reason(double low, double high) {
    PairedComparison compared = PairedComparison.of(between(low, high), ones(), 0.03);
    return VerdictRule.undecided(compared, "comparisons");
  }

  /** Six times whose ratios to 1 have that interval: two values, three of each. */
  private static double[] between(double low, double high) {
    double middle = (Math.log(low) + Math.log(high)) / 2;
    // t(5, 0.975) = 2.5706; the deviation of ±d three times each is d·√1.2.
    double d = (Math.log(high) - middle) * Math.sqrt(6) / 2.5706 / Math.sqrt(1.2);
    return IntStream.range(0, 6)
        .mapToDouble(i -> Math.exp(middle + (i % 2 == 0 ? d : -d)))
        .toArray();
  }

  private static double[] ones() {
    double[] ones = new double[6];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void theMethodPageStatesTheSameRule() throws IOException {
    String page = method();
    assertTrue(page.contains("for all comparisons of the run together, is below 1 % |"), "p");
    assertTrue(page.replaceAll("\\s+", " ").contains("at most 1 % of runs"), "family error");
    assertTrue(page.contains("the 95 % interval lies within [1/(1+m), 1+m]"), "confidence");
    assertFalse(page.contains("below 5 %"), "the rule of an earlier day");
    assertTrue(page.contains("`" + VerdictRule.BELOW_RESOLUTION + " (≤ x ns)`"), "net cost");
    assertTrue(page.contains("subject − (1+m) × reference lies above zero"), "difference");
    assertTrue(
        VerdictRule.withoutRatio(0.025).contains("subject − 1.025 × reference wholly above zero"));
  }

  @Test
  void theMethodPagesSourcesAreNumberedOnceAndAllCited() throws IOException {
    String page = method();
    String sources = page.substring(page.indexOf("## Sources"));
    List<String> numbers =
        Pattern.compile("(?m)^(\\d+)\\. ")
            .matcher(sources)
            .results()
            .map(result -> result.group(1))
            .toList();
    assertEquals(
        IntStream.rangeClosed(1, numbers.size()).mapToObj(Integer::toString).toList(), numbers);
    String text = page.substring(0, page.indexOf("## Sources"));
    List<String> cited =
        Pattern.compile("\\[(\\d+(?:, \\d+)*)\\](?!\\()")
            .matcher(text)
            .results()
            .map((MatchResult result) -> result.group(1))
            .flatMap(list -> Arrays.stream(list.split(", ", -1)))
            .toList();
    assertTrue(numbers.containsAll(cited), "cited: " + cited);
  }

  private static String method() throws IOException {
    return Files.readString(
        Path.of(System.getProperty("project.root", "..")).resolve("docs/method.md"));
  }
}
