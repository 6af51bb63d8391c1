package dev.bpfgauge.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names that others chose do nothing to a terminal or a page. */
class ShownTest {
  /** ESC, C1's CSI, a right-to-left override, DEL, a bell, a line separator. */
  private static final String HOSTILE = "a\u001b[31mb\u009b2Jc\u202ed\u007fe\u0007f\u2028g";

  @Test
  void aNameIsOneLineWithoutAnythingThatATerminalActsOn() {
    assertEquals("a?[31mb?2Jc?d?e?f?g", Shown.name(HOSTILE));
    assertEquals("a?b?c", Shown.name("a\nb\tc"));
    assertEquals("a\nb\tc", Shown.text("a\nb\tc"));
  }

  @Test
  void whatIsOnlyForeignStays() {
    String names = "café, Ωmega, 日本, عربي, می‌خواهم, 👍🏽, ±\u202f5 µs";
    assertEquals(names, Shown.name(names));
  }

  @Test
  void onTheWayToATerminalOnlyOurOwnColoursPass() {
    StringWriter terminal = new StringWriter();
    PrintWriter out = Shown.on(new PrintWriter(terminal));
    out.print("\u001b[1;31mred\u001b[0m \r\u001b[K");
    out.printf("%s%n", "x\u009b1my\u202ez\u001b]0;title\u0007");
    out.append("é\u001b").write('\u0085');
    out.flush();

    assertEquals("\u001b[1;31mred\u001b[0m \r\u001b[Kx?1my?z?]0;title?\né??", terminal.toString());
  }

  @Test
  void jsonKeepsTheNameAndPrintsNothingOfIt() {
    String json = Json.line(Map.of("name", HOSTILE));

    assertTrue(json.chars().noneMatch(Shown::disturbs), json);
    assertEquals(HOSTILE, Json.tree(json, "here").path("name").asString());
  }
}
