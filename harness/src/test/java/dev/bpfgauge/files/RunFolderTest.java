package dev.bpfgauge.files;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A run's folder: made, found again, read back, and every way it can be wrong. */
class RunFolderTest {
  @TempDir Path results;

  @Test
  void aPathThatIsNoRunIsNamedWhateverTheResultsFolderHolds() throws IOException {
    Path empty = results.resolve("none");
    Path file = Files.createFile(results.resolve("a-file"));

    assertEquals("there is no folder /no/such/folder.", refused(empty, "/no/such/folder"));
    assertEquals("there is no folder ../nowhere.", refused(empty, "../nowhere"));
    assertEquals(
        file + " is not a folder: give the folder of a run.", refused(empty, file.toString()));
    assertTrue(refused(empty, "yesterday").startsWith("there is no run 'yesterday': " + empty));
  }

  private static String refused(Path results, String argument) {
    return String.valueOf(
        assertThrows(Refusal.class, () -> RunFolder.resolve(results, argument)).getMessage());
  }

  @Test
  void aFileIsNoFolderOfRuns() throws IOException {
    Path file = Files.createFile(results.resolve("t.csv"));

    Refusal refusal = assertThrows(Refusal.class, () -> RunFolder.ids(file));
    assertTrue(String.valueOf(refusal.getMessage()).contains("is a file"), refusal.getMessage());
  }

  /** A fresh checkout has one run, and its name is no time. */
  @Test
  void theOnlyRunIsTheLatestWhateverItsName() {
    run("sample");
    assertEquals("sample", RunFolder.resolve(results, RunFolder.LATEST).id());
    run("20261120-235959-maps");
    assertEquals("20261120-235959-maps", RunFolder.resolve(results, RunFolder.LATEST).id());
    assertEquals(List.of("20261120-235959-maps", "sample"), RunFolder.ids(results));
  }

  /** Otherwise its report would say that nothing was measured, over the one that has figures. */
  @Test
  void aCompleteRunWithoutItsJournalIsRefused() throws IOException {
    RunFolder folder = RunFolder.create(results, "20261121-071834-maps");
    RunInfo info = RandomRun.of(7, 20).info();
    folder.writeInfo(
        new RunInfo(
            info.formatVersion(),
            info.id(),
            info.startedAt(),
            info.startedAt(),
            info.elapsedMillis(),
            RunInfo.Status.COMPLETE,
            info.bpfgaugeVersion(),
            info.commandLine(),
            info.plan(),
            info.fingerprint(),
            info.environment(),
            info.capabilities(),
            info.notes()));

    Refusal refusal = assertThrows(Refusal.class, folder::read);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("journal.jsonl is missing"),
        refusal.getMessage());
  }

  @Test
  void readsBackExactlyWhatWasWritten() {
    for (long seed = 0; seed < 5; seed++) {
      RunFolder folder = RunFolder.create(results, "20261121-071834-maps");
      RunData wanted = RandomRun.of(seed, 20);
      folder.writeInfo(wanted.info());
      try (Journal journal = folder.journal()) {
        wanted.forks().forEach(journal::append);
      }
      assertEquals(wanted, RunFolder.open(folder.path()).read(), "seed " + seed);
    }
  }

  @Test
  void writesTheSameBytesForTheSameRun() throws IOException {
    RunFolder a = RunFolder.create(results, "a");
    RunFolder b = RunFolder.create(results, "b");
    for (RunFolder folder : List.of(a, b)) {
      RunData run = RandomRun.of(7, 20);
      folder.writeInfo(run.info());
      try (Journal journal = folder.journal()) {
        run.forks().forEach(journal::append);
      }
    }
    for (String file : List.of(RunFolder.INFO, RunFolder.JOURNAL)) {
      assertEquals(-1, Files.mismatch(a.path().resolve(file), b.path().resolve(file)), file);
    }
    try (Stream<Path> left = Files.list(a.path())) {
      assertEquals(2, left.count(), "no temporary file stays");
    }
  }

  @Test
  void twoRunsInOneSecondGetTwoFolders() {
    String id = RunFolder.idAt(Instant.parse("2026-11-21T07:18:34.9Z"), "maps");
    assertEquals("20261121-071834-maps", id);
    assertEquals(id, RunFolder.create(results, id).id());
    assertEquals(id + "-2", RunFolder.create(results, id).id());
    assertEquals(id + "-3", RunFolder.create(results, id).id());
  }

  @Test
  void aRunIsFoundByIdBeginningPathAndLatest() {
    run("20261120-235959-maps");
    run("20261121-071834-maps");
    run("20261121-071834-maps-2");
    run("sample");
    assertAll(
        () -> assertEquals("sample", RunFolder.resolve(results, "sample").id()),
        () -> assertEquals("20261120-235959-maps", RunFolder.resolve(results, "20261120").id()),
        () ->
            assertEquals(
                "20261121-071834-maps", RunFolder.resolve(results, "20261121-071834-maps").id()),
        () ->
            assertEquals(
                "sample", RunFolder.resolve(results.resolve("no"), results + "/sample").id()),
        () -> assertEquals("20261121-071834-maps-2", RunFolder.resolve(results, "latest").id()));
  }

  @Test
  void aRunDatedAheadIsNotTheLatestUnlessAllAre() {
    String ahead = RunFolder.idAt(Instant.now().plus(Duration.ofDays(365)), "maps");
    run(ahead);
    assertEquals(ahead, RunFolder.resolve(results, "latest").id(), "then our clock is wrong");

    run("20201120-235959-maps");
    run(RunFolder.idAt(Instant.now().plus(Duration.ofHours(2)), "zone"));
    RunFolder latest = RunFolder.resolve(results, "latest");

    assertTrue(latest.id().endsWith("-zone"), latest.id());
    assertEquals(List.of(), RunFolder.resolve(results, ahead).read().warnings());
    String said = String.join("\n", latest.read().warnings());
    assertTrue(said.contains(ahead + " is dated in the future"), said);
  }

  @Test
  void aRunThatIsNotThereIsAnsweredWithTheNearest() {
    run("20261120-235959-maps");
    run("20261121-071834-maps");
    assertRefused(
        () -> RunFolder.resolve(results, "20261120-235958-maps"),
        "no run '20261120-235958-maps'",
        "did you mean 20261120-235959-maps?",
        "Newest: 20261121-071834-maps, 20261120-235959-maps (also called `latest`)");
    assertRefused(
        () -> RunFolder.resolve(results, "202611"), "beginning of 2 runs", "more of the id");
    assertRefused(
        () -> RunFolder.resolve(results.resolve("none"), "latest"), "there is no run in", "none");
    assertRefused(() -> RunFolder.open(results), results.toString(), "no run.json");
  }

  @Test
  void aNameThatIsLikeNoRunIsAnsweredWithTheNewest() {
    run("20261120-235959-maps");
    assertRefused(
        () -> RunFolder.resolve(results, "x"), "no run 'x'", "newest: 20261120-235959-maps");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    RunFolder folder = run("new");
    Path info = folder.path().resolve(RunFolder.INFO);
    String newer =
        Files.readString(info)
            .replace("\"formatVersion\" : " + RunInfo.FORMAT_VERSION, "\"formatVersion\" : 999");
    Files.writeString(info, newer);
    assertRefused(folder::read, info.toString(), "format version 999", "newer bpfgauge");
  }

  @Test
  void anEditedRunJsonIsRefusedWithThePlaceAndNeverAStackTrace() throws IOException {
    RunFolder folder = run("edited");
    Path info = folder.path().resolve(RunFolder.INFO);
    String json = Files.readString(info);
    Files.writeString(info, json.replace("\"seed\"", "\"sead\""));
    assertRefused(folder::read, info.toString(), "plan.seed is missing");
    Files.writeString(info, json.replace("\"label\" : \"cpu80\"", "\"label\" : null"));
    assertRefused(folder::read, "plan.arms[1].label is missing");
    Files.writeString(info, json.replace("\"supported\"", "\"superb\""));
    assertRefused(folder::read, "superb", "denied");
    Files.writeString(info, json.substring(0, json.length() / 2));
    assertRefused(folder::read, info.toString(), "line ");
    Files.writeString(info, "[]");
    assertRefused(folder::read, "formatVersion is missing");
  }

  @Test
  void unknownFieldsAreLeftOut() throws IOException {
    RunFolder folder = run("later");
    Path info = folder.path().resolve(RunFolder.INFO);
    RunInfo before = folder.readInfo();
    Files.writeString(
        info, Files.readString(info).replaceFirst("\\{", "{ \"later\" : { \"x\" : 1 },"));
    assertEquals(before, folder.readInfo());
  }

  @Test
  void aFileWhereTheResultsShouldBeIsRefusedWithTheFix() throws IOException {
    Path file = Files.writeString(results.resolve("file"), "x");
    assertRefused(() -> RunFolder.create(file, "id"), file.toString(), "--results");
  }

  @Test
  void aReadOnlyResultsFolderIsRefusedWithTheFix() throws Exception {
    Requires.that(TinyDisk.mayMount(), "root, to mount a tmpfs");
    try (TinyDisk disk = TinyDisk.mount(results.resolve("ro"), "64k")) {
      disk.remountReadOnly();
      assertRefused(
          () -> RunFolder.create(disk.path(), "id"),
          disk.path().toString(),
          "Read-only file system",
          "--results");
    }
  }

  @Test
  void aFullDiskLeavesTheOldRunJson() throws Exception {
    Requires.that(TinyDisk.mayMount(), "root, to mount a tmpfs");
    try (TinyDisk disk = TinyDisk.mount(results.resolve("full"), "32k")) {
      RunFolder folder = RunFolder.create(disk.path(), "id");
      folder.write("old.txt", "whole");
      disk.fill();
      assertRefused(
          () -> folder.write("old.txt", "x".repeat(100_000)),
          "old.txt",
          "No space left on device",
          "bytes free",
          "Free some space");
      assertEquals("whole", Files.readString(folder.path().resolve("old.txt")));
    }
  }

  @Test
  void theCommandsThatGoOnWithARunFindItInASubFolder() {
    Path repeats = results.resolve("repeats");
    RunFolder folder = RunFolder.create(repeats, "20261121-071834-maps");
    folder.writeInfo(new RandomRun(1).info("20261121-071834-maps"));

    String here = " 20261121-071834-maps --results " + repeats;
    assertTrue(folder.resumeCommand().endsWith("run --resume" + here), folder.resumeCommand());
    assertTrue(folder.leftToDo().contains("report" + here + " writes"), folder.leftToDo());
    assertTrue(folder.leftToDo().contains("run --resume" + here + " goes on"), folder.leftToDo());
  }

  private RunFolder run(String id) {
    RunFolder folder = RunFolder.create(results, id);
    folder.writeInfo(new RandomRun(1).info(id));
    return folder;
  }

  static void assertRefused(Executable action, String... words) {
    String message = String.valueOf(assertThrows(Refusal.class, action).getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), () -> "no '" + word + "' in: " + message);
    }
  }
}
