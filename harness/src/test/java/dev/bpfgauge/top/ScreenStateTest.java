package dev.bpfgauge.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, and the screen that follows from them. */
class ScreenStateTest {
  private static final ScreenState START =
      ScreenState.of(RowOrder.CPU, List.of(), Duration.ofSeconds(1), Duration.ofMillis(100));

  private static ScreenState typed(ScreenState state, String keys) {
    ScreenState now = state;
    for (int key : keys.codePoints().toArray()) {
      now = now.after(key);
    }
    return now;
  }

  private static ScreenLines screen(ScreenState state, int rows, int columns) {
    MadeLooks before = new MadeLooks(10);
    MadeLooks after = new MadeLooks(11);
    for (int id = 1; id <= 50; id++) {
      before.program(id, "p" + id, 1, 0, 0, List.of());
      after.program(id, "p" + id, 1, 100L * id, 1_000L * id, List.of());
    }
    TopView view = TopView.between(before.look(), after.look(), DispatchCosts.none("no run"));
    ProgramHistory history = new ProgramHistory();
    history.add(view);
    return ScreenLines.of(view, history, state, rows, columns);
  }

  @Test
  void aFilterHoldsWhileItIsTypedAndEscapeTakesItAway() {
    ScreenState typing = typed(START, "/p49");
    assertEquals("", typing.filter());
    assertEquals(1, shown(screen(typing, 24, 80)));
    assertFalse(typed(typing, "q").ended(), "a letter of a word, not the key");

    ScreenState filtered = typed(typing, "\r");
    assertEquals("p49", filtered.filter());
    assertEquals("p4", typed(typed(START, "/p49"), "\u007f").typed());
    assertEquals("", filtered.after(ScreenState.ESCAPE).filter());
  }

  private static long shown(ScreenLines screen) {
    return screen.lines().stream().filter(line -> line.matches(" +\\d+ p\\d+ .*")).count();
  }

  @Test
  void otherColumnsSortAndTheListIsARing() {
    assertEquals(RowOrder.RUNS, typed(START, ">").order());
    assertEquals(RowOrder.NAME, typed(START, "<").order());
    assertEquals(RowOrder.MEMORY, typed(START, "M").order());
    assertEquals(RowOrder.CPU, typed(START, "M<<<>>>P").order());
  }

  @ParameterizedTest
  @CsvSource({"2, 2000", "0.5, 500", ".1, 100", "3600, 3600000", "'', 1000"})
  void aDelayIsInSeconds(String typed, long millis) {
    ScreenState state = typed(START, "d" + typed + "\n");

    assertEquals(Duration.ofMillis(millis), state.every());
    assertEquals(ScreenState.Typing.NOTHING, state.typing());
    assertEquals("", state.refused());
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0", "-1", "1e99", "1d", "NaN", "0.09", "3601", "\u001fé"})
  void aDelayThatIsNoneChangesNothingAndThatIsSaid(String typed) {
    ScreenState state = typed(START, "d" + typed + "\n");

    assertEquals(START.every(), state.every());
    String line = screen(state, 24, 80).lines().get(2);
    assertTrue(line.endsWith("is not a number of seconds from 0.1 to 3600; still 1"), line);
    assertTrue(screen(state.after('h'), 24, 80).lines().get(2).startsWith("by cpu"), "once");
  }

  @Test
  void whereItSamplesTheShortestDelayIsLongerThanALook() {
    ScreenState sampled =
        ScreenState.of(RowOrder.CPU, List.of(), Duration.ofSeconds(10), Duration.ofMillis(1_100));

    assertEquals(
        "'1' is not a number of seconds from 1.1 to 3600; still 10",
        typed(sampled, "d1\r").refused());
    assertEquals(Duration.ofSeconds(2), typed(sampled, "d2\r").every());
  }

  @Test
  void aFilterThatNothingPassesSaysSo() {
    String typing = screen(typed(START, "/nothing"), 24, 80).lines().get(2);
    String done = screen(typed(START, "/nothing\r"), 24, 80).lines().get(2);

    assertEquals("filter: no program matches nothing_", typing);
    assertTrue(done.startsWith("no program matches 'nothing'; "), done);
  }

  @Test
  void endAndHelp() {
    assertTrue(typed(START, "q").ended());
    assertTrue(typed(START, "/\u0003").ended(), "Ctrl-C where the terminal makes no signal of it");
    assertTrue(typed(START, "h").help());
    assertFalse(typed(START, "hh").help());
    assertTrue(String.join("\n", screen(typed(START, "h"), 24, 80).lines()).contains("PgDn"));
  }

  @ParameterizedTest
  @CsvSource({"24, 80", "10, 60", "24, 40", "24, 20", "24, 120", "50, 200", "3, 80"})
  void theScreenIsFilledAndNoLineIsWider(int rows, int columns) {
    List<String> lines = screen(START, rows, columns).lines();

    assertEquals(rows, lines.size());
    lines.forEach(line -> assertTrue(line.length() <= columns, line));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 80})
  void whatKeysDoAndWhatMeasuresAHookIsReadInANarrowWindow(int columns) {
    String help = String.join(" ", screen(typed(START, "h"), 24, columns).lines());
    String table = String.join(" ", screen(START, 24, columns).lines());

    assertTrue(
        words(help).contains("show only programs with these words; Enter ends, Esc clears"), help);
    assertTrue(words(table).contains("> in %CPU: without the hook's own cost: no run"), table);
  }

  private static String words(String text) {
    return text.replaceAll("\\s+", " ");
  }

  /** No mark, no explanation. */
  @ParameterizedTest
  @ValueSource(strings = {"h", "/nothing\r"})
  void aMarkThatNoLineHasIsNotExplained(String keys) {
    List<String> lines = screen(typed(START, keys), 24, 80).lines();

    assertFalse(String.join("\n", lines).contains("> in %CPU"), lines::toString);
  }

  @ParameterizedTest
  @CsvSource({"24, 80", "24, 60", "24, 40", "10, 60", "6, 80", "6, 30", "24, 30"})
  void aSentenceIsWholeOrLeftOut(int rows, int columns) {
    List<String> lines = screen(START, rows, columns).lines();
    String text = words(String.join(" ", lines));

    assertEquals(text.contains("looking takes"), text.contains("statistics ~0.26 %"), text);
    assertEquals(text.contains("> in %CPU"), text.contains("cost: no run"), text);
    if (rows == 24) {
      assertTrue(text.contains("looking takes") && text.contains("> in %CPU"), text);
    }
  }

  @Test
  void scrollingEndsAtTheLastRow() {
    ScreenState far = START;
    for (int i = 0; i < 100; i++) {
      far = far.after(ScreenState.PAGE_DOWN);
    }
    List<String> lines = screen(far, 24, 80).lines();

    assertTrue(lines.stream().anyMatch(line -> line.contains(" p1 ")), lines::toString);
    assertTrue(shown(screen(far, 24, 80)) > 10, lines::toString);
    assertEquals(1, typed(START, "jjk").offset());
  }

  @Test
  void aHostileFilterIsShownWithoutItsEscapes() {
    List<String> lines = screen(typed(START, "/\u009b2J\u202e"), 24, 80).lines();

    assertFalse(String.join("", lines).contains("\u009b"), lines::toString);
    assertFalse(String.join("", lines).contains("\u202e"), lines::toString);
  }
}
