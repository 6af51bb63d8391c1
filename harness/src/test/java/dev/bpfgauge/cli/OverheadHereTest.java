package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.suite.tools.ForecastText;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverheadHereTest {
  private static final ForecastText TEXT =
      new ForecastText(
          "What each tool would take, in a sentence that is longer than a narrow terminal is wide.",
          List.of(
              List.of("tool", "events/s", "±", "ns/event", "±", "% of one CPU", "95 % interval"),
              List.of(
                  "offwaketime",
                  "1 234 567",
                  "12 345",
                  "12 345",
                  "1 234",
                  "0.0012",
                  "[0, 0.0024]")),
          List.of("Another sentence that is longer than a narrow terminal is wide, and so on."));

  @Test
  void aNarrowTerminalHasTheShareAndItsInterval() {
    for (int width : new int[] {60, 80, 120}) {
      String text = OverheadHere.text(TEXT, width);
      text.lines().forEach(line -> assertTrue(line.length() <= width, width + ": " + line));
      assertTrue(text.contains("0.0012") && text.contains("[0, 0.0024]"), text);
    }
    assertEquals(2, OverheadHere.text(TEXT, 120).split("±", -1).length - 1);
  }

  @Test
  void withoutAForecastThereIsNoTable() {
    ForecastText none = new ForecastText("lead", List.of(), List.of("tool: unavailable: why."));

    assertEquals("tool: unavailable: why.\n", OverheadHere.text(none, 80));
  }
}
