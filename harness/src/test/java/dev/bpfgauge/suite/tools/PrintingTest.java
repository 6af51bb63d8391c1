package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.JsonText;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Stacks.Side;
import dev.bpfgauge.suite.tools.Stacks.Stack;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Output as users of BCC know it, and the same as JSON. */
class PrintingTest {

  @Test
  void aHistogramIsPrintedAsBccDoes() {
    LogHistogram histogram =
        new LogHistogram(new TreeMap<>(Map.of("disk", "vda")), slots(3, 0, 40, 80), 1_234_567);
    Distributions all = new Distributions("usecs", List.of(histogram));

    assertEquals(
        """

        disk = vda
             usecs               : count    distribution
                 0 -> 1          : 3        |*                                       |
                 2 -> 3          : 0        |                                        |
                 4 -> 7          : 40       |********************                    |
                 8 -> 15         : 80       |****************************************|
        """,
        printed(all));
    assertEquals(
        "{\"unit\":\"usecs\",\"histograms\":[{\"disk\":\"vda\",\"events\":123,"
            + "\"total_ns\":1234567,\"slots\":[{\"from\":0,\"to\":1,\"count\":3},"
            + "{\"from\":2,\"to\":3,\"count\":0},{\"from\":4,\"to\":7,\"count\":40},"
            + "{\"from\":8,\"to\":15,\"count\":80}]}]}",
        json(all));
  }

  @Test
  void anEmptyHistogramIsNotPrinted() {
    Distributions none =
        new Distributions("msecs", List.of(new LogHistogram(new TreeMap<>(), slots(), 0)));

    assertTrue(none.isEmpty());
    assertEquals("\n", printed(none));
  }

  private static List<Long> slots(long... first) {
    return IntStream.range(0, 30).mapToObj(i -> i < first.length ? first[i] : 0L).toList();
  }

  /** Otherwise a flame graph had a frame more. */
  @Test
  void aNameWithASemicolonIsOneFrame() {
    Side target = new Side("a;b", 7, List.of("schedule"), List.of("Lx;::run", "two\nlines"));
    Side waker = new Side("c;d", 8, List.of(), List.of());
    Stacks stacks = new Stacks(List.of(new Stack(waker, target, 12, 1)), true);

    assertEquals("a:b;two?lines;Lx:::run;schedule;--;c:d 12\n", printed(stacks));
  }

  @Test
  void whatATerminalWouldActOnIsNotInATablesJson() {
    Rows rows =
        new Rows(
            List.of(new Column("FILE", "file", -1)), List.of(List.of("x\u009b\u202e\u001b")), true);

    assertEquals("{\"rows\":[{\"file\":\"x\\u009b\\u202e\\u001b\"}]}", json(rows));
  }

  @Test
  void aTableHasItsHeadOnlyWhereWished() {
    List<Column> columns =
        List.of(new Column("COMM", "comm", -8), new Column("LAT(ms)", "latency_ms", 8, 3));
    List<List<Object>> rows =
        List.of(
            List.of("fio", Decimal.millis(1_499_500)),
            List.of("kworker/u8:2", Decimal.millis(22_000_000)));

    assertEquals(
        """
        COMM      LAT(ms)
        fio         1.500
        kworker/u8:2   22.000
        """,
        printed(new Rows(columns, rows, true)));
    assertEquals(2, printed(new Rows(columns, rows, false)).lines().count());
    assertEquals(
        "{\"rows\":[{\"comm\":\"fio\",\"latency_ms\":1.4995},"
            + "{\"comm\":\"kworker/u8:2\",\"latency_ms\":22.0}]}",
        json(new Rows(columns, rows, true)));
  }

  private static final Stack STACK =
      new Stack(
          new Side("writer", 7, List.of("try_to_wake_up", "pipe_write"), List.of("write", "main")),
          new Side("reader", 9, List.of("schedule", "pipe_read"), List.of("read", "loop")),
          1234,
          5);

  @Test
  void stacksArePrintedAsBccDoes() {
    assertEquals(
        """

            waker:          writer 7
            main
            write
            -
            pipe_write
            try_to_wake_up
            --               --
            schedule
            pipe_read
            -
            read
            loop
            target:         reader 9
                1234
        """,
        printed(new Stacks(List.of(STACK), false)));
    assertEquals(
        "reader;loop;read;pipe_read;schedule;--;try_to_wake_up;pipe_write;write;main;writer 1234\n",
        printed(new Stacks(List.of(STACK), true)));
    assertEquals(
        "{\"stacks\":[{\"target\":{\"comm\":\"reader\",\"pid\":9,"
            + "\"kernel\":[\"schedule\",\"pipe_read\"],\"user\":[\"read\",\"loop\"]},"
            + "\"waker\":{\"comm\":\"writer\",\"pid\":7,"
            + "\"kernel\":[\"try_to_wake_up\",\"pipe_write\"],\"user\":[\"write\",\"main\"]},"
            + "\"us\":1234,\"waits\":5}]}",
        json(new Stacks(List.of(STACK), false)));
  }

  @ParameterizedTest
  @CsvSource({
    "0x0, Read",
    "0x801, Sync-Write",
    "0x60801, Sync-ForcedUnitAccess-Preflush-Write",
    "0x80000, ReadAhead-Read",
    "0x2, Flush",
    "0x7, Op7",
    "0x1009, Metadata-Write-zeroes"
  })
  void flagsAreBccsWords(String flags, String words) {
    assertEquals(words, BlockRequests.flags(Integer.decode(flags)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.000, 0.0",
    "-1, 0.000, -0.000001",
    "-1500000, -1.500, -1.5",
    "999500, 1.000, 0.9995"
  })
  void decimalsAreRoundedInTextOnly(long units, String printed, String whole) {
    StringBuilder text = new StringBuilder();
    Decimal.millis(units).append(text, 3);
    text.append(' ');
    Decimal.millis(units).appendAll(text);

    assertEquals(printed + " " + whole, text.toString());
  }

  @Test
  void textsInJsonAreThoseThatWereMeant() {
    String odd = "a\"b\\c\n\t\u0001ü{[:";
    StringBuilder text = new StringBuilder();
    new JsonText(text).object().field(odd, odd).field("n", -1).endObject();

    JsonNode read = Json.tree(text.toString(), "test");
    assertEquals(odd, read.path(odd).asString());
    assertEquals(-1, read.path("n").asInt());
  }

  private static String printed(Findings findings) {
    StringBuilder text = new StringBuilder();
    findings.print(text);
    return text.toString();
  }

  private static String json(Findings findings) {
    StringBuilder text = new StringBuilder();
    JsonText json = new JsonText(text).object();
    findings.json(json);
    json.endObject();
    return text.toString();
  }
}
