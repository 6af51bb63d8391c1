package dev.bpfgauge.files;

import static dev.bpfgauge.files.RunFolderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.ForkRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal under torn, edited, full-disk and interrupted writing. */
class JournalTest {
  private static final List<ForkRecord> FORKS = RandomRun.of(3, 5).forks();

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve(RunFolder.JOURNAL);
  }

  @Test
  void anyForkComesBackFromItsLine() {
    for (long seed = 0; seed < 200; seed++) {
      List<ForkRecord> forks = RandomRun.of(seed, 10).forks();
      StringBuilder lines = new StringBuilder();
      forks.forEach(fork -> lines.append(Journal.lineOf(fork)).append('\n'));
      byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
      assertEquals(new Journal.Content(forks, List.of()), Journal.parse(bytes, "seed " + seed));
    }
  }

  @Test
  void aJournalCutAnywhereInItsLastLineKeepsEveryLineBefore() throws IOException {
    appendAll(FORKS);
    byte[] whole = Files.readAllBytes(file);
    int lastStart =
        new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf('\n', whole.length - 2) + 1;
    for (int cut = lastStart + 1; cut < whole.length - 1; cut++) {
      Journal.Content content = Journal.parse(Arrays.copyOf(whole, cut), "journal.jsonl");
      assertEquals(FORKS.subList(0, 4), content.forks(), "cut at " + cut);
      assertEquals(1, content.warnings().size());
      assertTrue(content.warnings().getFirst().startsWith("journal.jsonl, line 5: "));
    }
  }

  @Test
  void aTailOfZerosAsAPowerCutLeavesIsTorn() throws IOException {
    appendAll(FORKS);
    Files.write(file, new byte[4096], StandardOpenOption.APPEND);
    assertEquals(FORKS, Journal.read(file).forks());
    assertEquals(1, Journal.read(file).warnings().size());
  }

  @Test
  void appendingAfterATornLineCutsItOff() throws IOException {
    appendAll(FORKS.subList(0, 2));
    Files.writeString(file, "{\"seq\":2,\"rou", StandardOpenOption.APPEND);
    appendAll(FORKS.subList(2, 5));
    assertEquals(new Journal.Content(FORKS, List.of()), Journal.read(file));
  }

  @Test
  void aWholeLastLineWithoutItsLineEndCounts() throws IOException {
    appendAll(FORKS.subList(0, 2));
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 1));
    assertEquals(FORKS.subList(0, 2), Journal.read(file).forks());
    appendAll(FORKS.subList(2, 5));
    assertEquals(new Journal.Content(FORKS, List.of()), Journal.read(file));
  }

  @Test
  void anyChangedByteInAMiddleLineIsFoundAndItsLineNamed() throws IOException {
    appendAll(FORKS);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      int at = random.nextInt(whole.length - 1);
      byte[] edited = whole.clone();
      if (edited[at] == '\n') {
        continue;
      }
      edited[at] ^= 1; // Never a line end: no byte of the file is one bit from it.
      long line =
          1
              + new String(whole, 0, at, StandardCharsets.ISO_8859_1)
                  .chars()
                  .filter(c -> c == '\n')
                  .count();
      assertRefused(
          () -> Journal.parse(edited, "journal.jsonl"), "journal.jsonl, line " + line + ": ");
    }
  }

  @Test
  void anEditedFigureIsToldWithBothChecksumsAndTheFix() throws IOException {
    appendAll(FORKS);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(1, lines.get(1).replace("\"round\":", "\"round\":1"));
    Files.writeString(file, String.join("\n", lines) + "\n");
    assertRefused(() -> Journal.read(file), file + ", line 2", "was edited", "run --resume");
    lines.set(1, "");
    Files.writeString(file, String.join("\n", lines) + "\n");
    assertRefused(() -> Journal.read(file), file + ", line 2", "cut");
  }

  @Test
  void ofARepeatedPositionTheLaterLineCounts() {
    ForkRecord again = RandomRun.of(99, 2).forks().get(1);
    appendAll(FORKS);
    appendAll(List.of(again));
    assertEquals(
        List.of(FORKS.get(0), FORKS.get(2), FORKS.get(3), FORKS.get(4), again),
        Journal.read(file).forks());
  }

  @Test
  void noJournalIsNoForks() {
    assertEquals(new Journal.Content(List.of(), List.of()), Journal.read(file));
  }

  @Test
  void aFullDiskLosesNothingAndTheNextAppendGoesOnWhenThereIsRoom() throws Exception {
    Requires.that(TinyDisk.mayMount(), "root, to mount a tmpfs");
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), "32k")) {
      Path full = disk.path().resolve(RunFolder.JOURNAL);
      // Longer than a page, so that a line breaks off in its middle.
      List<ForkRecord> forks =
          FORKS.stream().map(fork -> withReason(fork, "x".repeat(5000))).toList();
      try (Journal journal = Journal.open(full)) {
        journal.append(forks.get(0));
        journal.append(forks.get(1));
        disk.fill();
        assertRefused(
            () -> journal.append(forks.get(2)),
            full.toString(),
            "fork 2",
            "No space left on device",
            "bytes free",
            "Free some space");
        assertEquals(new Journal.Content(forks.subList(0, 2), List.of()), Journal.read(full));
        disk.free();
        journal.append(forks.get(2));
      }
      assertEquals(new Journal.Content(forks.subList(0, 3), List.of()), Journal.read(full));
    }
  }

  @Test
  void aDeviceThatIsAlwaysFullIsToldWithoutRootToo() throws IOException {
    Requires.machine(Files.isWritable(Path.of("/dev/full")), "/dev/full");
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    try (Journal journal = Journal.open(file)) {
      assertRefused(() -> journal.append(FORKS.get(0)), file.toString(), "No space left on device");
    }
    Files.delete(file);
  }

  @Test
  void anInterruptedThreadStillWrites() {
    try (Journal journal = Journal.open(file)) {
      Thread.currentThread().interrupt();
      journal.append(FORKS.get(0));
      DurableFile.write(folder.resolve("x"), "x");
      assertTrue(Thread.interrupted(), "the interrupt is kept for its receiver");
      journal.append(FORKS.get(1));
    }
    assertEquals(FORKS.subList(0, 2), Journal.read(file).forks());
  }

  private void appendAll(List<ForkRecord> forks) {
    try (Journal journal = Journal.open(file)) {
      forks.forEach(journal::append);
    }
  }

  private static ForkRecord withReason(ForkRecord f, String reason) {
    return new ForkRecord(
        f.seq(),
        f.round(),
        f.cell(),
        f.status(),
        reason,
        f.startedAt(),
        f.startMillis(),
        f.endMillis(),
        f.measurement(),
        f.load());
  }
}
