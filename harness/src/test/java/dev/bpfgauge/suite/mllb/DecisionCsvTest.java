package dev.bpfgauge.suite.mllb;

import static dev.bpfgauge.suite.mllb.Examples.Label.IMITATE;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Locale.ROOT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.mllb.DecisionCsv.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionCsvTest {
  private static final String REPOSITORY =
      "ts,curr_pid,pid,src_cpu,dst_cpu,imbalance,src_len,src_numa_len,src_preferred_len,delta,"
          + "cpu_idle,cpu_not_idle,cpu_newly_idle,same_node,prefer_src,prefer_dst,delta_faults,"
          + "total_faults,dst_len,src_load,dst_load,nr_fails,cache_nice_tries,buddy_hot,throttled,"
          + "p_running,test_aggressive,can_migrate,pc_0,pc_1";

  private static final String ROW =
      "5,1,2,0,1,1,4,0,0,900000,0,0,1,1,0,0,-3,9,0,2048,0,0,1,0,0,0,1,1,0,0";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"raw_cpu.csv", "raw_cpu.csv.gz"})
  void whatWasWrittenIsReadAgain(String name) {
    List<Decision> made = MadeDecisions.of(500, 1, 0.1, "cpu");
    List<Decision> read = DecisionCsv.read(MadeDecisions.write(folder.resolve(name), made));
    assertSame(made, read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw_cpu.csv", "raw_cpu.csv.gz"})
  void appendingGoesOnBehindWhatIsThere(String name) {
    List<Decision> first = MadeDecisions.of(20, 1, 0, "cpu");
    List<Decision> second = MadeDecisions.of(30, 2, 0, "io");
    Path file = MadeDecisions.write(folder.resolve(name), first);
    try (DecisionCsv.Writer out = DecisionCsv.Writer.open(file, true, Format.WHOLE)) {
      second.forEach(out::write);
    }
    List<Decision> all = new ArrayList<>(first);
    all.addAll(second);
    assertSame(all, DecisionCsv.read(file));
  }

  @Test
  void upstreamsFilesAreReadAndTakeTheirScenarioFromTheName() throws IOException {
    List<Decision> read = DecisionCsv.read(write("raw_idle.csv", REPOSITORY, ROW));
    assertEquals("idle", read.getFirst().scenario());
    assertEquals("cpu-6.12", DecisionCsv.tag(Path.of("raw_cpu-6.12.csv.gz")));
    assertEquals("", read.getFirst().kernel());
    assertEquals(-3, read.getFirst().get(Column.DELTA_FAULTS));
    assertEquals(1, read.getFirst().get(Column.CAN_MIGRATE));
    assertEquals(-1, read.getFirst().get(Column.OUTCOME));
    assertTrue(read.getFirst().isTrainable());
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw_cpu.csv", "raw_cpu.csv.gz"})
  void theOldFormatHasUpstreamsColumnsAloneAndIsReadAgain(String name) throws IOException {
    List<Decision> made = MadeDecisions.of(300, 1, 0.1, "cpu");
    Path file = folder.resolve(name);
    for (List<Decision> half : List.of(made.subList(0, 150), made.subList(150, 300))) {
      try (DecisionCsv.Writer out = DecisionCsv.Writer.open(file, true, Format.OLD)) {
        half.forEach(out::write);
      }
    }
    if (!name.endsWith(".gz")) {
      assertEquals(REPOSITORY, Files.readAllLines(file).getFirst());
      assertEquals(301, Files.readAllLines(file).size());
    }
    List<Decision> read = DecisionCsv.read(file);
    assertEquals(made.size(), read.size());
    for (int i = 0; i < read.size(); i++) {
      for (Column column : Column.values()) {
        long expected = column.index() < Column.REPOSITORY ? made.get(i).get(column) : -1;
        assertEquals(expected, read.get(i).get(column), column.word());
      }
      assertEquals("cpu", read.get(i).scenario());
      assertEquals("", read.get(i).kernel() + read.get(i).comm());
    }
  }

  @Test
  void theOldFormatIsNotAppendedToOurs() {
    Path ours = MadeDecisions.write(folder.resolve("raw_a.csv"), MadeDecisions.of(3, 1, 0, "a"));
    Refusal refusal =
        assertThrows(Refusal.class, () -> DecisionCsv.Writer.open(ours, true, Format.OLD));
    assertTrue(message(refusal).contains("not those of mllb collect --old"), message(refusal));
  }

  @Test
  void namesThatBreakALineAreHarmless() {
    Decision made = MadeDecisions.of(1, 1, 0, "cpu").getFirst();
    long[] values = new long[Column.values().length];
    for (Column column : Column.values()) {
      values[column.index()] = made.get(column);
    }
    Path file =
        MadeDecisions.write(
            folder.resolve("raw_x.csv"), List.of(new Decision(values, "a\nb\",", "k", "s")));
    assertEquals("a?b\",", DecisionCsv.read(file).getFirst().comm());
  }

  /** As spreadsheets, shells and people leave such files. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTF-8 BOM", "UTF-16LE BOM", "UTF-16BE BOM", "UTF-16LE", "semicolons", "tabs", "sep=",
        "quotes", "blanks", "CR LF", "header again", "empty lines", "trailing separators", "gzip"
      })
  void anotherFormOfTheSameFileIsRead(String form) throws IOException {
    List<Decision> made = MadeDecisions.of(40, 1, 0.1, "cpu");
    Path plain = MadeDecisions.write(folder.resolve("raw_cpu.csv"), made);
    String text = Files.readString(plain);
    String header = text.lines().findFirst().orElseThrow();
    byte[] bytes =
        switch (form) {
          case "UTF-8 BOM" -> ("\uFEFF" + text).getBytes(UTF_8);
          case "UTF-16LE BOM" -> ("\uFEFF" + text).getBytes(UTF_16LE);
          case "UTF-16BE BOM" -> ("\uFEFF" + text).getBytes(UTF_16BE);
          case "UTF-16LE" -> text.getBytes(UTF_16LE);
          case "semicolons" -> text.replace(',', ';').getBytes(UTF_8);
          case "tabs" -> text.replace(',', '\t').getBytes(UTF_8);
          case "sep=" -> ("sep=;\r\n" + text.replace(',', ';')).getBytes(UTF_8);
          case "quotes" -> text.replaceAll("([^,\n]+)", "\"$1\"").getBytes(UTF_8);
          case "blanks" ->
              text.replace(",", " , ").toUpperCase(ROOT).replace("CPU\n", "cpu \n").getBytes(UTF_8);
          case "CR LF" -> text.replace("\n", "\r\n").getBytes(UTF_8);
          case "header again" ->
              text.replaceFirst("\n(.*\n.*)\n", "\n$1\n" + header + "\n").getBytes(UTF_8);
          case "empty lines" -> ("\n" + text.replace("\n", "\n\n") + ",,,\n").getBytes(UTF_8);
          case "trailing separators" -> text.replace("\n", ",,\n").getBytes(UTF_8);
          default -> packed(text.getBytes(UTF_8));
        };
    List<Decision> read = DecisionCsv.read(Files.write(folder.resolve("raw_form.csv"), bytes));
    assertEquals(made.size(), read.size());
    for (int i = 0; i < made.size(); i++) {
      for (Column column : Column.values()) {
        assertEquals(made.get(i).get(column), read.get(i).get(column), column.word());
      }
      assertEquals(made.get(i).scenario(), read.get(i).scenario());
    }
  }

  @Test
  void unsignedNumbersAreTakenBitByBit() throws IOException {
    String row = ROW.replaceFirst(",0,0$", ",18446744073709551615,9223372036854775808");
    Decision read = DecisionCsv.read(write("raw_u.csv", REPOSITORY, row)).getFirst();
    assertEquals(-1, read.get(Column.PC_0));
    assertEquals(Long.MIN_VALUE, read.get(Column.PC_1));
  }

  @Test
  void aPipeIsReadOnceAndItsDigestIsThatOfWhatWasRead() throws Exception {
    List<Decision> made = MadeDecisions.of(5000, 1, 0.1, "cpu");
    Path half = MadeDecisions.write(folder.resolve("raw_a.csv.gz"), made);
    Path both = folder.resolve("raw_both.csv.gz");
    byte[] once = Files.readAllBytes(half);
    Files.write(both, once);
    Files.write(both, once, StandardOpenOption.APPEND);
    Path pipe = folder.resolve("raw_pipe.csv");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process writer =
        new ProcessBuilder(
                "sh", "-c", "cat \"$1\" > \"$2\"", "sh", both.toString(), pipe.toString())
            .start();
    try {
      Examples.Source read = Examples.read(List.of(pipe), IMITATE).sources().getFirst();
      Examples.Source file = Examples.read(List.of(both), IMITATE).sources().getFirst();
      assertEquals(2L * made.size(), read.decisions(), "the second archive too");
      assertEquals(file.sha256(), read.sha256());
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(both));
      assertEquals(HexFormat.of().formatHex(digest), read.sha256());
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  @Test
  void theTrueReasonIsNamed() throws IOException {
    assertRefused("line 1 has numbers where the columns' names belong", ROW, ROW);
    assertRefused(
        "computed by MLLB's prep.py (post_TAG.csv)",
        "src_non_pref_nr,delta_hot,cpu_idle,cpu_not_idle,cpu_newly_idle,same_node,prefer_src,"
            + "prefer_dst,src_len,src_load,dst_load,dst_len,delta_faults,extra_fails,buddy_hot,"
            + "can_migrate",
        "1,0,0,0,1,1,0,0,2,2.048,0.0,0,0.0,0,0,1");
    assertRefused("line 1 begins with \"name\" and names no column", "name,value", "a,1");
    assertRefused("missing columns curr_pid, pid, src_cpu and 26 more", "ts", "1");
    assertRefused("line 3 is another header than the first", REPOSITORY, ROW, "ts,pid", "1,2");
    assertRefused(
        "line 2, column ts: \"1.23457E+15\" was rounded as spreadsheets do",
        REPOSITORY,
        ROW.replaceFirst("5", "1.23457E+15"));
    assertRefused(
        "column ts: \"18446744073709551616\" does not fit into 64 bits",
        REPOSITORY,
        ROW.replaceFirst("5", "18446744073709551616"));
    assertRefused("is not 0 or 1", REPOSITORY, ROW.replaceFirst("1,0,0$", "-1,0,0"));
    Path packed =
        Files.write(folder.resolve("raw_z.csv"), new byte[] {0x28, (byte) 0xb5, 0x2f, -3, 0});
    Refusal refusal = assertThrows(Refusal.class, () -> DecisionCsv.read(packed));
    assertEquals(packed + ": it is packed by zstd; unpack it first.", message(refusal));
  }

  @Test
  void aLineWithoutAnEndIsNotReadForEver() throws IOException {
    Path file = write("raw_long.csv", "x".repeat(1 << 20));
    Refusal refusal = assertThrows(Refusal.class, () -> DecisionCsv.read(file));
    assertTrue(message(refusal).contains("more than 65536 characters"), message(refusal));
  }

  @Test
  void whatWouldNotBeReadAgainIsNotAppendedTo() throws IOException {
    String whole =
        Files.readString(MadeDecisions.write(folder.resolve("a"), MadeDecisions.of(2, 1, 0, "a")));
    for (byte[] bytes : List.of(whole.getBytes(UTF_16LE), packed(whole.getBytes(UTF_8)))) {
      Path file = Files.write(folder.resolve("raw_b.csv"), bytes);
      assertThrows(Refusal.class, () -> DecisionCsv.Writer.open(file, true, Format.WHOLE));
      assertArrayEquals(bytes, Files.readAllBytes(file));
    }
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void aMissingColumnIsNamed() throws IOException {
    assertRefused("missing column src_load", REPOSITORY.replace(",src_load", ""), ROW);
  }

  @Test
  void aMistypedColumnIsGuessed() throws IOException {
    assertRefused(
        "missing column src_load (is \"src_laod\" that?)",
        REPOSITORY.replace("src_load", "src_laod"),
        ROW);
  }

  @Test
  void swappedColumnsAreNamed() throws IOException {
    assertRefused(
        "column 20 is dst_load, where src_load belongs",
        REPOSITORY.replace("src_load,dst_load", "dst_load,src_load"),
        ROW);
  }

  @Test
  void anExtraColumnIsNamed() throws IOException {
    assertRefused("unknown column colour", REPOSITORY + ",colour", ROW + ",1");
    assertRefused("31 columns, not 30", REPOSITORY + ",pc_1", ROW + ",1");
  }

  @ParameterizedTest
  @CsvSource({
    "2048,NaN,'line 3, column src_load: \"NaN\" is not a whole number'",
    "2048,12.5,'line 3, column src_load: \"12.5\" is not a whole number'",
    "2048,,'line 3, column src_load: \"\" is not a whole number'",
  })
  void whatIsNoNumberIsNamedWithItsPlace(String from, String to, String sentence)
      throws IOException {
    assertRefused(sentence, REPOSITORY, ROW, ROW.replace(from, to == null ? "" : to));
  }

  @Test
  void aWrongFlagIsNamedWithItsPlace() throws IOException {
    assertRefused(
        "line 2, column can_migrate: 3 is not 0 or 1",
        REPOSITORY,
        ROW.replaceFirst("1,0,0$", "3,0,0"));
  }

  @Test
  void aCpuIdleInTwoWaysIsRefused() throws IOException {
    assertRefused(
        "line 2: cpu_idle and cpu_newly_idle are both 1",
        REPOSITORY,
        ROW.replace("900000,0,0,1", "900000,1,0,1"));
  }

  @Test
  void aCutLineIsNamed() throws IOException {
    assertRefused("line 3 has 4 columns, the header 30", REPOSITORY, ROW, "5,1,2,0");
  }

  @Test
  void nothingIsRefused() throws IOException {
    assertRefused("there is no decision in it", REPOSITORY);
    assertRefused("it is empty");
    Path none = folder.resolve("none.csv");
    Refusal refusal = assertThrows(Refusal.class, () -> DecisionCsv.read(none));
    assertTrue(message(refusal).contains("there is no such file"), message(refusal));
  }

  @Test
  void aCutArchiveIsRefused() throws IOException {
    Path whole =
        MadeDecisions.write(folder.resolve("raw_a.csv.gz"), MadeDecisions.of(2000, 1, 0, "a"));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("raw_cut.csv.gz");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Refusal refusal = assertThrows(Refusal.class, () -> DecisionCsv.read(cut));
    assertEquals(Refusal.Kind.USAGE, refusal.kind());
    assertTrue(message(refusal).startsWith("cannot read " + cut), message(refusal));
  }

  @Test
  void appendingToAnotherKindOfFileIsRefused() throws IOException {
    Path old = write("raw_old.csv", REPOSITORY, ROW);
    Refusal refusal =
        assertThrows(Refusal.class, () -> DecisionCsv.Writer.open(old, true, Format.WHOLE));
    assertTrue(message(refusal).contains("cannot append"), message(refusal));
    assertEquals(List.of(REPOSITORY, ROW), Files.readAllLines(old));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private void assertRefused(String sentence, String... lines) throws IOException {
    Path file = write("raw_bad.csv", lines);
    Refusal refusal = assertThrows(Refusal.class, () -> DecisionCsv.read(file));
    assertEquals(Refusal.Kind.USAGE, refusal.kind());
    assertTrue(message(refusal).contains(sentence), message(refusal));
    assertTrue(message(refusal).startsWith(file.toString()), message(refusal));
    assertEquals(Collections.singletonList(message(refusal)), message(refusal).lines().toList());
  }

  private static String message(Refusal refusal) {
    return String.valueOf(refusal.getMessage());
  }

  private static void assertSame(List<Decision> expected, List<Decision> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).comm(), found.get(i).comm());
      assertEquals(expected.get(i).kernel(), found.get(i).kernel());
      assertEquals(expected.get(i).scenario(), found.get(i).scenario());
      for (Column column : Column.values()) {
        assertEquals(expected.get(i).get(column), found.get(i).get(column), column.word());
      }
    }
  }
}
