package dev.bpfgauge.report.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.report.words.Words;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChartsTest {
  private static final Charts.Name NAME = new Charts.Name("c", "A <title>", "what & why");

  @Test
  void barsAndWhiskersStandWhereTheAxisSays() {
    String svg =
        Objects.requireNonNull(
                Charts.grouped(
                    NAME,
                    List.of("hash", "array"),
                    List.of(new Charts.Bars("idle", List.of(500.0, 1000.0), List.of(100.0, 50.0))),
                    "ns"))
            .svg();
    // The plot is 520 × 230 and the axis ends at 1 250: 500 ns reach up to 230 × 750 / 1250.
    assertTrue(svg.contains("d=\"M36.4 138L223.6 138L223.6 230L36.4 230Z\""), svg);
    assertTrue(svg.contains("d=\"M296.4 46L483.6 46L483.6 230L296.4 230Z\""), svg);
    // The whisker of 500 ± 100 goes from 600 to 400 ns.
    assertTrue(svg.contains("M130 119.6L130 156.4"), svg);
    assertTrue(svg.contains(">1\u202f000</text>"), svg);
  }

  @Test
  void aMissingValueLeavesAGapAndAMissingIntervalNoWhisker() {
    String svg =
        Objects.requireNonNull(
                Charts.grouped(
                    NAME,
                    List.of("hash", "array"),
                    List.of(
                        new Charts.Bars(
                            "idle", List.of(Double.NaN, 10.0), List.of(Double.NaN, Double.NaN))),
                    "ns"))
            .svg();
    assertEquals(2, svg.split("class=\"s0\"", -1).length);
    assertFalse(svg.contains("class=\"w\""), svg);
    assertFalse(svg.contains("NaN"), svg);
  }

  @Test
  void whereNoBarHasAHeightThereIsNoChart() {
    List<String> maps = List.of("hash", "array");
    assertNull(
        Charts.grouped(
            NAME,
            maps,
            List.of(new Charts.Bars("a", List.of(0.0, 0.0), List.of(0.0, Double.NaN))),
            "MiB/s"));
    assertNull(
        Charts.stacked(
            NAME, maps, List.of(new Charts.Bars("a", List.of(0.0, Double.NaN), List.of())), "ns"));
    Plot.Scale scale = Plot.Scale.linear(0, 1, 4, Words::axis, "x");
    assertNull(
        Charts.lines(
            NAME,
            List.of(new Charts.Line("migrations", List.of(0.0, 1.0), List.of(0.0, 0.0))),
            scale,
            scale,
            List.of(),
            List.of(),
            false));
  }

  @Test
  void aWhiskerThatZeroCutsShortEndsAtTheAxis() {
    String svg =
        Objects.requireNonNull(
                Charts.grouped(
                    NAME,
                    List.of("hash"),
                    List.of(new Charts.Bars("idle", List.of(100.0), List.of(400.0))),
                    "ns"))
            .svg();
    // The plot is 230 high; the interval is [0, 500].
    Matcher whisker = Pattern.compile("class=\"w\" d=\"([^\"]+)\"").matcher(svg);
    assertTrue(whisker.find(), svg);
    Matcher places = Pattern.compile("[ML][\\d.]+ ([\\d.-]+)").matcher(whisker.group(1));
    double lowest = 0;
    while (places.find()) {
      lowest = Math.max(lowest, Double.parseDouble(places.group(1)));
    }
    assertEquals(230, lowest);
  }

  @Test
  void anAxisEndsWhereTheQuantityDoes() {
    Charts.Bars bars = new Charts.Bars("on", List.of(65.0), List.of(122.0));
    String svg =
        Objects.requireNonNull(
                Charts.grouped(NAME, List.of("disk"), List.of(bars), "CPU in use, %", 100))
            .svg();
    assertTrue(svg.contains(">100</text>"), svg);
    assertFalse(svg.contains(">150</text>") || svg.contains(">125</text>"), svg);
  }

  @Test
  void stackedBarsStandOnEachOther() {
    String svg =
        Objects.requireNonNull(
                Charts.stacked(
                    NAME,
                    List.of("lookup"),
                    List.of(
                        new Charts.Bars("floor", List.of(40.0), List.of()),
                        new Charts.Bars("rest", List.of(60.0), List.of())),
                    "ns"))
            .svg();
    // 260 high, the axis ends at 100: the border lies at 60 % from above.
    assertTrue(svg.contains("class=\"s1\" d=\"M104 156L416 156L416 260L104 260Z"), svg);
    assertTrue(svg.contains("class=\"s0\" d=\"M104 0L416 0L416 156L104 156Z"), svg);
  }

  @Test
  void picturesAreSmallNamedAndTheSameEachTime() {
    Charts.Chart chart = picture();
    assertEquals(chart.svg(), picture().svg());
    assertTrue(chart.svg().length() < 4000, "bytes: " + chart.svg().length());
    assertTrue(chart.svg().contains("<title>A &lt;title&gt;</title>"), chart.svg());
    assertTrue(chart.svg().contains("<desc id=\"c-d\">what &amp; why</desc>"), chart.svg());
    assertTrue(chart.svg().contains("role=\"img\""), chart.svg());
  }

  @Test
  void coloursAreLeftToTheStyleSheet() {
    assertFalse(picture().svg().matches("(?s).*(#[0-9a-fA-F]{3}|rgb\\().*"));
  }

  @Test
  void axesEndAtATick() {
    Plot.Scale scale = Plot.Scale.linear(0, 1310, 5, Words::axis, "ns");
    assertEquals(1500, scale.high());
    assertEquals(4, scale.ticks().size());
    assertEquals(1, Plot.Scale.linear(0, 0, 5, Words::axis, "ns").high());
  }

  private static Charts.Chart picture() {
    return Charts.dots(
        NAME,
        List.of("lookup on hash", "lookup on array"),
        List.of(
            new Charts.Dots("a", List.of(new Charts.Point(0.1, 0.05, 0.2), Charts.Point.NONE)),
            new Charts.Dots(
                "b", List.of(new Charts.Point(0.2, 0.1, 0.3), new Charts.Point(-0.1, -0.2, 0)))),
        new Plot.Scale(-0.3, 0.4, List.of(new Plot.Tick(0, "1×")), "ratio"),
        new dev.bpfgauge.stats.Interval(-0.03, 0.03));
  }
}
