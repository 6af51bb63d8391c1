package dev.bpfgauge.report.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.Nights;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Trend;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrendTextTest {
  @TempDir Path results;

  private Trend trend() throws Exception {
    try (Store store = Store.open(Store.in(results))) {
      RunImport.of(store, List.of(results));
      return Trend.newest(store, Anchors.read(results));
    }
  }

  @Test
  void theVerdictStandsFirst() throws Exception {
    new Nights(results, 1).nights(0, 10).level("hash", 1200).nights(10, 1).repeat(10);
    Trend trend = trend();

    assertTrue(
        TrendText.terminal(trend, 100)
            .startsWith("Night " + Nights.id(10) + ": 1 regressed, 0 improved, 1 equivalent.\n"));
    assertTrue(
        TrendText.markdown(trend)
            .startsWith("### bpfgauge: 1 regressed, 0 improved, 1 equivalent\n"));
  }

  @Test
  void noLineIsWiderThanTheTerminal() throws Exception {
    new Nights(results, 2).nights(0, 8);
    Trend trend = trend();

    for (int width : new int[] {60, 80, 120}) {
      assertTrue(
          TrendText.terminal(trend, width).lines().mapToInt(String::length).max().orElseThrow()
              <= width,
          TrendText.terminal(trend, width));
    }
  }

  @Test
  void whatARunCallsItselfIsNoMarkup() throws Exception {
    String evil = "<script>alert(1)</script>|[x](y)`*_";
    new Nights(results, 3).level(evil, 500).fingerprint("kernel", evil).nights(0, 2);
    new Nights(results, 3).level(evil, 500).nights(2, 1);

    String markdown = TrendText.markdown(trend());

    assertFalse(markdown.contains("<script>"), markdown);
    assertTrue(markdown.contains("&lt;script&gt;"), markdown);
    List<String> rows =
        markdown.lines().filter(line -> line.startsWith("|") && line.contains("script")).toList();
    assertEquals(1, rows.size());
    assertEquals(9, rows.getFirst().split("(?<!\\\\)\\|", -1).length - 1, rows.getFirst());
  }

  @Test
  void changedNightsNameWhatIsGoneAndWhatChangedInTheFingerprint() throws Exception {
    new Nights(results, 4).nights(0, 3);
    new Nights(results, 4).fingerprint("kernel", "6.19").nights(3, 6).without("hash").nights(9, 1);

    String text = TrendText.terminal(trend(), 100).replace('\n', ' ');

    assertTrue(text.contains("kernel was 6.18, is 6.19"), text);
    assertTrue(text.contains("Gone: lookup on hash on idle"), text);
  }
}
