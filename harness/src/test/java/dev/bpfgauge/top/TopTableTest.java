package dev.bpfgauge.top;

import static dev.bpfgauge.top.MadeLooks.hook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table on terminals of all widths, sorted and filtered. */
class TopTableTest {
  private static final String HOSTILE = "\u001b[2J\u202Eevil\n<b>";

  private static TopView view() {
    DispatchCosts costs = new DispatchCosts(Map.of("raw_tp", 15.0), "r", "");
    HostLook before =
        new MadeLooks(10)
            .program(3, "quiet", 1, 0, 0, List.of(21), hook("sk_lookup", "netns 4026531840"))
            .program(4, HOSTILE, 1, 0, 0, List.of(21), hook("raw_tp", "sys_enter"))
            .program(5, "", 1, 0, 0, List.of(), hook("raw_tp", "sched_switch"))
            .look();
    HostLook after =
        new MadeLooks(11)
            .map(21, 123_456_789, 1, 2)
            .program(3, "quiet", 1, 10, 1_000, List.of(21), hook("sk_lookup", "netns 4026531840"))
            .program(
                4, HOSTILE, 1, 4_000_000, 400_000_000, List.of(21), hook("raw_tp", "sys_enter"))
            .program(5, "", 1, 2_000, 300_000, List.of(), hook("raw_tp", "sched_switch"))
            .look();
    return TopView.between(before, after, costs);
  }

  private static List<Integer> ids(RowOrder order, String filter) {
    return Top.rows(view(), order, RowFilter.of(filter)).stream().map(ProgramRow::id).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 59, 60, 79, 80, 81, 100, 120, 132, 200, 400})
  void noLineIsWiderThanTheTerminal(int width) {
    ProgramHistory history = new ProgramHistory();
    history.add(view());
    for (TopTable table : List.of(new TopTable(width), new TopTable(width, history))) {
      List<String> lines = table.lines(view().rows());

      assertEquals(4, lines.size());
      lines.forEach(line -> assertTrue(line.length() <= width, line.length() + ": " + line));
    }
  }

  /** What the user came for stays, however little room there is. */
  @ParameterizedTest
  @CsvSource({
    "40, ID NAME RUNS/S %CPU",
    "60, ID NAME HOOK RUNS/S %CPU",
    "80, ID NAME HOOK OWNER RUNS/S NS/RUN %CPU",
    "120, ID NAME HOOK OWNER RUNS/S NS/RUN %CPU MISSED MAPS MEMORY",
    "200, ID TYPE NAME HOOK OWNER UNIT OR CONTAINER RUNS/S NS/RUN %CPU MISSED MAPS MEMORY JITED"
  })
  void aNarrowTerminalLosesTheLeastImportantColumns(int width, String heads) {
    List<String> lines = new TopTable(width).lines(view().rows());

    assertEquals(heads, lines.getFirst().strip().replaceAll(" +", " "));
    assertTrue(lines.get(1).contains("quiet"), lines.get(1));
    assertTrue(lines.get(2).contains(" 46.0"), lines.get(2));
  }

  @Test
  void aHostileNameNeitherMovesTheCursorNorTurnsTheLine() {
    String text = String.join("", Top.text(view(), RowOrder.ID, RowFilter.of(""), 200));

    assertFalse(text.chars().anyMatch(c -> c < ' '), text);
    assertFalse(text.contains("\u202E"), text);
    assertTrue(text.contains("?[2J?evil?<b>"), text);
  }

  /** Of nine looks; names need the room on a narrow terminal. */
  @ParameterizedTest
  @CsvSource({"80, false", "99, false", "100, true", "200, true"})
  void aHistoryIsShownWhereThereIsRoom(int width, boolean shown) {
    List<String> lines = new TopTable(width, new ProgramHistory()).lines(view().rows());

    assertEquals(shown, lines.getFirst().endsWith(" HISTORY"), lines.getFirst());
  }

  @Test
  void anEmptyTableSaysWhatNothingMatches() {
    List<String> lines = Top.text(view(), RowOrder.ID, RowFilter.of("NoSuch word"), 80);

    assertEquals("No program matches nosuch word (3 programs are loaded).", lines.get(3));
    assertEquals("", String.join("", lines.subList(4, lines.size())), "no mark, no explanation");
    assertEquals("No program is loaded.", RowFilter.of("").nothing(0));
  }

  @Test
  void onlyMarksOfRowsThatAreShownAreExplained() {
    String all = String.join("\n", Top.text(view(), RowOrder.ID, RowFilter.of(""), 200));
    String one = String.join("\n", Top.text(view(), RowOrder.ID, RowFilter.of("evil"), 200));

    assertTrue(all.contains(" ~: measured on another target") && all.contains(" >: "), all);
    assertFalse(one.contains(" ~: ") || one.contains(" >: "), one);
  }

  @Test
  void marksSayWhatAFigureHolds() {
    List<String> lines = new TopTable(200).lines(view().rows());

    assertTrue(lines.get(1).contains(" >0.00 "), lines.get(1));
    assertTrue(lines.get(2).contains(" 46.0 "), lines.get(2));
    assertTrue(lines.get(3).contains(" ~0.03 "), lines.get(3));
  }

  @Test
  void rowsAreSortedTheLargestFirst() {
    assertEquals(List.of(4, 5, 3), ids(RowOrder.CPU, ""));
    assertEquals(List.of(4, 5, 3), ids(RowOrder.RUNS, ""));
    assertEquals(List.of(5, 3, 4), ids(RowOrder.NS, ""));
    assertEquals(List.of(3, 4, 5), ids(RowOrder.MEMORY, ""));
    assertEquals(List.of(3, 4, 5), ids(RowOrder.ID, ""));
    assertEquals(List.of(5, 4, 3), ids(RowOrder.NAME, ""));
  }

  @Test
  void everyWordOfAFilterMustOccur() {
    assertEquals(List.of(4, 5), ids(RowOrder.ID, "RAW_TP tool"));
    assertEquals(List.of(5), ids(RowOrder.ID, "sched tool.service"));
    assertEquals(List.of(3), ids(RowOrder.ID, "  quiet "));
    assertEquals(List.of(), ids(RowOrder.ID, "quiet raw_tp"));
  }

  @Test
  void figuresFitTheirColumns() {
    assertEquals("0", TopTable.count(0));
    assertEquals("9.5", TopTable.count(9.5));
    assertEquals("999", TopTable.count(999));
    assertEquals("1.0k", TopTable.count(999.9));
    assertEquals("12.3M", TopTable.count(12_345_678));
    assertEquals("-", TopTable.count(Double.NaN));
    assertEquals("1.0K", TopTable.bytes(1_024));
    assertEquals("118M", TopTable.bytes(123_456_789));
  }
}
