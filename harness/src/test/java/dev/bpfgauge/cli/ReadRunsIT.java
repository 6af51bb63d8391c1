package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.CopiedRun;
import dev.bpfgauge.files.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that read runs, on runs that are damaged, cut off, going on, copied or read-only. */
class ReadRunsIT {
  private static final String ID = "20261118-030000-maps";
  private static final RunFolder SAMPLE =
      RunFolder.open(
          Path.of(System.getProperty("project.root", "..")).resolve("results/sample").normalize());

  @TempDir Path folder;
  private Path run;
  private Jar jar;

  @BeforeEach
  void aRun() {
    run = CopiedRun.of(SAMPLE).into(folder.resolve("results"), ID).path();
    jar = new Jar(folder);
  }

  @Test
  void aRunIsNotComparedWithACopyOfItself() throws Exception {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }

    Jar.Ended ended = jar.run("compare", ID, "copy");

    assertRefused(ended, ExitCode.USAGE, "results/" + ID + " and copy are copies of one run;");
    assertEquals(ExitCode.USAGE, jar.run("compare", ID, ID).exitCode());
  }

  @Test
  void aTornLineIsSaidHoweverTheReportIsPrinted() throws Exception {
    Path journal = run.resolve(RunFolder.JOURNAL);
    String whole = Files.readString(journal);
    Files.writeString(journal, whole.substring(0, whole.length() - 50));

    Jar.Ended json = jar.run("report", ID, "--json");
    Jar.Ended table = jar.run("report", ID);

    assertEquals(0, json.exitCode(), json.err());
    assertTrue(json.err().contains("the last line is torn"), json.err());
    assertTrue(json.out().startsWith("{"), json.out());
    assertTrue(table.out().contains("the last line is torn"), table.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.json      | | run.json: nothing is in it; the file was edited or cut",
        "run.json      | { | run.json: line 2, column 1: it ends in the middle of its JSON;",
        "run.json      | [1] | run.json: formatVersion is missing;",
        "run.json      | { \"formatVersion\" : x } | run.json: line 1, column 21: this is not"
            + " JSON;",
        "journal.jsonl | {} | journal.jsonl, line 1: the line is cut"
      })
  void aDamagedFileIsOneSentence(String file, String content, String said) throws Exception {
    Files.writeString(run.resolve(file), content == null ? "" : content + "\n");

    assertRefused(jar.run("report", ID), ExitCode.USAGE, said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"formatVersion\" : 1 | \"formatVersion\" : \"abc\""
            + " | formatVersion is 'abc', which is not a whole number;",
        "\"status\" : \"complete\" | \"status\" : \"done\""
            + " | status is 'done', which is not one of running, complete, partial, interrupted;",
        "\"margin\" : 0.03 | \"margin\" : {} | plan.margin is not a number;"
      })
  void aWrongValueIsNamedInWordsThatNeedNoJava(String old, String given, String said)
      throws Exception {
    Path info = run.resolve(RunFolder.INFO);
    String text = Files.readString(info);
    assertTrue(text.contains(old), text);
    Files.writeString(info, text.replace(old, given));

    assertRefused(jar.run("report", ID), ExitCode.USAGE, "run.json: " + said);
  }

  @Test
  void aRunOnReadOnlyMediaIsShownAndTheFixIsACopy() throws Exception {
    Requires.root();
    mount("mount", "--bind", run.toString(), run.toString());
    try {
      mount("mount", "-o", "remount,bind,ro", run.toString());

      Jar.Ended table = jar.run("report", ID);
      Jar.Ended json = jar.run("report", ID, "--json");

      assertEquals(ExitCode.PARTIAL, table.exitCode(), table.err());
      assertEquals(ExitCode.PARTIAL, json.exitCode(), json.err());
      for (Jar.Ended ended : Stream.of(table, json).toList()) {
        assertEquals(1, ended.complaint().size(), ended.err());
        assertTrue(
            ended.err().contains("cp -r results/" + ID + " /tmp && java -jar "), ended.err());
        assertTrue(ended.err().strip().endsWith(" report /tmp/" + ID), ended.err());
        assertFalse(ended.err().contains("--results"), ended.err());
      }
      assertTrue(table.out().contains("forks are ok"), table.out());
    } finally {
      mount("umount", run.toString());
    }
  }

  @Test
  void aRunInASubFolderIsGoneOnWithThere() throws Exception {
    Path repeats = run.resolveSibling("repeats");
    Path moved = Files.move(run, Files.createDirectory(repeats).resolve(ID));
    Path info = moved.resolve(RunFolder.INFO);
    String text = Files.readString(info);
    String command = "run --resume " + ID + " --results results/repeats";

    Files.writeString(info, text.replace("\"complete\"", "\"interrupted\""));
    jar.run("report", "results/repeats/" + ID);
    String page = Files.readString(moved.resolve("report.html"));
    assertTrue(page.contains("Go on with: java -jar harness/target/harness.jar " + command), page);

    Files.writeString(info, text.replace("\"complete\"", "\"running\""));
    Jar.Ended read = jar.run("trend", "import", "results/repeats");
    assertEquals(ExitCode.PARTIAL, read.exitCode(), read.err());
    assertTrue(read.out().contains("harness.jar " + command + "` goes on with it."), read.out());
  }

  @Test
  void aRunThatDidNotEndSaysSoInTheListAndInItsReport() throws Exception {
    Path info = run.resolve(RunFolder.INFO);
    String text = Files.readString(info);
    assertTrue(jar.run("list").out().contains(ID + " complete"));

    Files.writeString(info, text.replace("\"complete\"", "\"interrupted\""));
    assertTrue(jar.run("list").out().contains(ID + " interrupted"));
    assertTrue(jar.run("report", "latest").out().startsWith(ID + ": it was interrupted"));

    Files.writeString(info, text.replace("\"complete\"", "\"running\""));
    assertTrue(jar.run("list").out().contains(ID + " killed"));
    Jar.Ended killed = jar.run("report", "latest", "--json");
    assertTrue(killed.err().startsWith(ID + ": its harness was killed"), killed.err());
    assertTrue(killed.err().contains("harness.jar run --resume " + ID + "`"), killed.err());

    try (var _ = RunFolder.open(run).journal()) {
      assertTrue(jar.run("list").out().contains(ID + " running"));
      assertTrue(jar.run("report", "latest").out().startsWith(ID + ": it is still running"));
    }

    Files.writeString(info, "");
    assertTrue(jar.run("list").out().contains(ID + " unreadable"));
  }

  private static void assertRefused(Jar.Ended ended, int code, String said) {
    assertEquals(code, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains(said), ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
    assertFalse(
        ended.err().matches("(?s).*(Jackson|deserialize|Unexpected|token|java\\.).*"), ended.err());
  }

  private static void mount(String... command) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command[0]);
  }
}
