package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.os.Folding;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** Which colours and which width, by what the environment says and what the terminal is. */
class TerminalTest {
  private static final OptionalInt NONE = OptionalInt.empty();

  @Test
  void aTerminalKnowsItsWidthAndCOLUMNSIsForPipes() {
    assertEquals(200, Terminal.width(OptionalInt.of(200), Map.of("COLUMNS", "70")));
    assertEquals(70, Terminal.width(NONE, Map.of("COLUMNS", "70")));
    assertEquals(70, Terminal.width(OptionalInt.of(0), Map.of("COLUMNS", "70")));
    assertEquals(120, Terminal.width(NONE, Map.of()));
    assertEquals(120, Terminal.width(NONE, Map.of("COLUMNS", "wide")));
    assertEquals(80, Terminal.width(OptionalInt.of(0), Map.of()));
    assertEquals(40, Terminal.width(OptionalInt.of(40), Map.of()));
    assertEquals(20, Terminal.width(OptionalInt.of(5), Map.of()));
  }

  @Test
  void coloursAreForTerminalsThatKnowThem() {
    assertEquals(Ansi.ON, Terminal.colours(true, Map.of("TERM", "xterm")));
    assertEquals(Ansi.OFF, Terminal.colours(true, Map.of("TERM", "dumb")));
    assertEquals(Ansi.OFF, Terminal.colours(true, Map.of()));
    assertEquals(Ansi.OFF, Terminal.colours(false, Map.of("TERM", "xterm")));
  }

  @Test
  void theUserHasTheLastWordOnColours() {
    assertEquals(Ansi.OFF, Terminal.colours(true, Map.of("TERM", "xterm", "NO_COLOR", "1")));
    assertEquals(Ansi.ON, Terminal.colours(true, Map.of("TERM", "xterm", "NO_COLOR", "")));
    assertEquals(Ansi.ON, Terminal.colours(false, Map.of("CLICOLOR_FORCE", "1")));
    assertEquals(Ansi.OFF, Terminal.colours(false, Map.of("CLICOLOR_FORCE", "0")));
    assertEquals(Ansi.OFF, Terminal.colours(true, Map.of("TERM", "xterm", "CLICOLOR", "0")));
    assertEquals(Ansi.OFF, Terminal.colours(false, Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1")));
  }

  @Test
  void aLongLineGoesOnBelowItsLastColumn() {
    assertEquals(
        "--map   hash, array,\n        percpu-hash,\n        lru-hash",
        Folding.fold("--map   hash, array, percpu-hash, lru-hash", 20));
    assertEquals("  short", Folding.fold("  short", 20));
    assertEquals(
        "a\nlonger-than-the-terminal\nb", Folding.fold("a longer-than-the-terminal b", 12));
    assertEquals(
        "\u001b[32mok\u001b[0m  one two\n    three",
        Folding.fold("\u001b[32mok\u001b[0m  one two three", 12));
  }
}
