package dev.bpfgauge.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.mllb.DecisionCsv.Format;
import dev.bpfgauge.results.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionCsvTest {
  private static final String UPSTREAM =
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
    List<Decision> read = DecisionCsv.read(write("raw_idle.csv", UPSTREAM, ROW));
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
      assertEquals(UPSTREAM, Files.readAllLines(file).getFirst());
      assertEquals(301, Files.readAllLines(file).size());
    }
    List<Decision> read = DecisionCsv.read(file);
    assertEquals(made.size(), read.size());
    for (int i = 0; i < read.size(); i++) {
      for (Column column : Column.values()) {
        long expected = column.index() < Column.UPSTREAM ? made.get(i).get(column) : -1;
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

  @Test
  void aMissingColumnIsNamed() throws IOException {
    assertRefused("missing column src_load", UPSTREAM.replace(",src_load", ""), ROW);
  }

  @Test
  void aMistypedColumnIsGuessed() throws IOException {
    assertRefused(
        "missing column src_load (is \"src_laod\" that?)",
        UPSTREAM.replace("src_load", "src_laod"),
        ROW);
  }

  @Test
  void swappedColumnsAreNamed() throws IOException {
    assertRefused(
        "column 20 is dst_load, where src_load belongs",
        UPSTREAM.replace("src_load,dst_load", "dst_load,src_load"),
        ROW);
  }

  @Test
  void anExtraColumnIsNamed() throws IOException {
    assertRefused("unknown column colour", UPSTREAM + ",colour", ROW + ",1");
    assertRefused("31 columns, not 30", UPSTREAM + ",pc_1", ROW + ",1");
  }

  @ParameterizedTest
  @CsvSource({
    "2048,NaN,'line 3, column src_load: \"NaN\" is not a whole number'",
    "2048,12.5,'line 3, column src_load: \"12.5\" is not a whole number'",
    "2048,,'line 3, column src_load: \"\" is not a whole number'",
  })
  void whatIsNoNumberIsNamedWithItsPlace(String from, String to, String sentence)
      throws IOException {
    assertRefused(sentence, UPSTREAM, ROW, ROW.replace(from, to == null ? "" : to));
  }

  @Test
  void aWrongFlagIsNamedWithItsPlace() throws IOException {
    assertRefused(
        "line 2, column can_migrate: 3 is not 0 or 1",
        UPSTREAM,
        ROW.replaceFirst("1,0,0$", "3,0,0"));
  }

  @Test
  void aCpuIdleInTwoWaysIsRefused() throws IOException {
    assertRefused(
        "line 2: cpu_idle and cpu_newly_idle are both 1",
        UPSTREAM,
        ROW.replace("900000,0,0,1", "900000,1,0,1"));
  }

  @Test
  void aCutLineIsNamed() throws IOException {
    assertRefused("line 3 has 4 columns, the header 30", UPSTREAM, ROW, "5,1,2,0");
  }

  @Test
  void nothingIsRefused() throws IOException {
    assertRefused("there is no decision in it", UPSTREAM);
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
    Path old = write("raw_old.csv", UPSTREAM, ROW);
    Refusal refusal =
        assertThrows(Refusal.class, () -> DecisionCsv.Writer.open(old, true, Format.WHOLE));
    assertTrue(message(refusal).contains("cannot append"), message(refusal));
    assertEquals(List.of(UPSTREAM, ROW), Files.readAllLines(old));
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
