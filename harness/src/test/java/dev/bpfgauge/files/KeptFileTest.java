package dev.bpfgauge.files;

import static dev.bpfgauge.files.RunFolderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.RunData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that gzip packed: read as it was, never appended to, and every way its packing is hurt. */
class KeptFileTest {
  private static final RunData RUN = RandomRun.of(5, 12);

  @TempDir Path results;
  private Path run = Path.of("");
  private Path journal = Path.of("");
  private Path packed = Path.of("");

  @BeforeEach
  void write() throws IOException {
    run = WrittenRun.in(results, RUN);
    journal = run.resolve(RunFolder.JOURNAL);
    packed = run.resolve(RunFolder.JOURNAL + KeptFile.PACKED);
    Files.writeString(run.resolve(RunFolder.SAMPLES), "timestamp,cpu_usage\n1,2.5\n2,3.5\n");
    String header = Json.indented(new SamplesFile.Header(1, List.of(), 0.5, List.of(), null));
    Files.writeString(run.resolve(RunFolder.SAMPLES_HEADER), header);
  }

  @Test
  void aPackedRunIsReadAsItWas() throws Exception {
    RunData before = RunFolder.open(run).read();

    gzip(RunFolder.JOURNAL, RunFolder.SAMPLES, RunFolder.SAMPLES_HEADER);

    try (Stream<Path> files = Files.list(run)) {
      assertEquals(3, files.filter(file -> file.toString().endsWith(".gz")).count());
    }
    RunData after = RunFolder.open(run).read();
    assertEquals(before.forks(), after.forks());
    assertEquals(RUN.forks(), after.forks());
    assertEquals(2, after.samples().rows().size());
    assertEquals(before.samples().costPercentOfOneCpu(), after.samples().costPercentOfOneCpu());
    assertEquals(List.of(), after.warnings());
  }

  @Test
  void aTornTailAndADamagedLineAreFoundInAPackedJournalToo() throws Exception {
    Files.writeString(journal, "{\"seq\":99,\"rou", StandardOpenOption.APPEND);
    gzip(RunFolder.JOURNAL);
    RunData torn = RunFolder.open(run).read();
    assertEquals(RUN.forks(), torn.forks());
    assertEquals(1, torn.warnings().size(), torn.warnings().toString());
    assertTrue(torn.warnings().getFirst().contains("journal.jsonl.gz, line 13: the last line is"));

    Files.delete(packed);
    Path other = Files.createDirectory(results.resolve("other"));
    run = WrittenRun.in(other, RUN);
    journal = run.resolve(RunFolder.JOURNAL);
    Files.writeString(journal, Files.readString(journal).replaceFirst("\"seq\":", "\"seq\":1"));
    gzip(RunFolder.JOURNAL);
    assertRefused(
        () -> RunFolder.open(run).read(), "journal.jsonl.gz, line 1: ", "was edited or damaged");
  }

  @Test
  void aCutOrDamagedPackingIsOneSentence() throws Exception {
    gzip(RunFolder.JOURNAL);
    byte[] whole = Files.readAllBytes(packed);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 0x10;
    for (byte[] hurt :
        List.of(
            new byte[0],
            Arrays.copyOf(whole, 5),
            Arrays.copyOf(whole, whole.length / 2),
            Arrays.copyOf(whole, whole.length - 1),
            flipped,
            "no gzip at all".getBytes(StandardCharsets.UTF_8))) {
      Files.write(packed, hurt);
      assertRefused(
          () -> RunFolder.open(run).read(), packed.toString(), "is cut or damaged", "from a copy");
    }
  }

  @Test
  void whatIsThereTwiceIsRefused() throws Exception {
    Files.write(packed, new byte[0]);
    assertRefused(
        () -> RunFolder.open(run).read(),
        journal + " is there twice, plain and as journal.jsonl.gz",
        "delete the one");
  }

  @Test
  void aPackedRunDoesNotGoOn() throws Exception {
    gzip(RunFolder.JOURNAL);
    String unpack = "`gunzip " + run + "/*.gz`";
    String id = RUN.info().id();
    assertRefused(() -> RunFolder.toResume(results, id), id, "was packed", unpack);
    assertRefused(() -> RunFolder.open(run).journal(), unpack);
    assertFalse(Files.exists(journal), "nothing is written beside it");

    sh("gunzip " + run + "/*.gz");
    assertEquals(RUN.forks(), RunFolder.toResume(results, id).read().forks());
  }

  @Test
  void aPackedJournalIsPartOfItsRun() throws Exception {
    gzip(RunFolder.JOURNAL);
    assertRefused(() -> DurableFile.writeTo(packed, "lost"), "is a file of a run");
    Files.delete(run.resolve(RunFolder.INFO));
    assertEquals(List.of(RUN.info().id()), RunFolder.withoutInfo(results));
  }

  private void gzip(String... files) throws Exception {
    sh("cd " + run + " && gzip -9n " + String.join(" ", files));
  }

  private static void sh(String command) throws Exception {
    assertEquals(0, new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor());
  }
}
