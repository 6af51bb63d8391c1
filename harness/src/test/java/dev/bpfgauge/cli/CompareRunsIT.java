package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.CopiedRun;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code compare} on the sample runs, and on copies of them in which something is different. */
class CompareRunsIT {
  private static final Path SAMPLES =
      Path.of(System.getProperty("project.root", "..")).resolve("results").normalize();
  private static final RunFolder SAMPLE = RunFolder.open(SAMPLES.resolve("sample"));
  private static final String OLD_COMMIT = "1111111111111111111111111111111111111111";
  private static final String NEW_COMMIT = "2222222222222222222222222222222222222222";

  @TempDir Path folder;
  private Path results;

  @BeforeEach
  void resultsFolder() {
    results = folder.resolve("results");
  }

  @Test
  void aSlowerCellIsFoundAgainstTheNewestRunOfABranchAndFailsTheGate() throws Exception {
    CopiedRun.of(SAMPLE).from("main", OLD_COMMIT).into(results, "20261118-030000-maps");
    CopiedRun.of(SAMPLE)
        .from("main", NEW_COMMIT)
        .later(Duration.ofDays(1))
        .into(results, "20261119-030000-maps");
    CopiedRun.of(SAMPLE)
        .from("topic", NEW_COMMIT)
        .later(Duration.ofDays(2))
        .slowed(cell -> cell.key().contains("map=array"), 2)
        .into(results, "20261120-030000-maps");
    Files.createDirectory(results.resolve("20261119-040000-torn"));
    Files.writeString(results.resolve("20261119-040000-torn/run.json"), "{\"formatVersion\" : 1,");

    Jar.Ended table = new Jar(folder).run("compare", "--against", "main");

    assertEquals(0, table.exitCode(), table.err());
    assertTrue(
        table
            .out()
            .startsWith(
                "20261120-030000-maps (topic 222222222222) against 20261119-030000-maps (main"),
        table.out());
    assertTrue(
        table.out().matches("(?s).*lookup on array +idle .* 2\\.00× .*slower.*"), table.out());
    assertTrue(table.err().contains("left out: "), table.err());

    Jar.Ended gate = new Jar(folder).run("compare", "--against", OLD_COMMIT, "--gate", "--json");

    assertEquals(1, gate.exitCode(), gate.err());
    JsonNode json = Json.tree(gate.out(), "what it printed");
    assertTrue(json.path("slower").intValue() > 0);
    for (JsonNode cell : json.path("comparison").path("cells")) {
      boolean array = cell.toString().contains("\"map\":\"array\"");
      assertEquals(
          array ? "slower" : "equivalent",
          cell.path("verdict")
              .stringValue()
              .replace("inconclusive", array ? "slower" : "equivalent"));
    }
    assertEquals(
        "20261118-030000-maps", json.path("comparison").path("reference").path("id").stringValue());
  }

  @Test
  void aRunAgainstItsCopyHasNothingSlowerOrFaster() throws Exception {
    CopiedRun.of(SAMPLE).into(results, "20261118-030000-maps");

    Jar.Ended ended =
        new Jar(folder)
            .run("compare", SAMPLE.path().toString(), "20261118-03", "--gate", "--markdown");

    assertEquals(0, ended.exitCode(), ended.err());
    assertTrue(ended.out().startsWith("### bpfgauge: 0 slower, 0 faster, "), ended.out());
    assertTrue(ended.out().contains("What could be seen, with 95 % probability: "), ended.out());

    Jar.Ended open =
        new Jar(folder)
            .run(
                "compare",
                SAMPLE.path().toString(),
                "20261118-03",
                "--fail-on",
                "slower,inconclusive",
                "--json");

    JsonNode json = Json.tree(open.out(), "what it printed");
    assertTrue(json.path("inconclusive").intValue() > 0, "some cells scatter too much");
    assertEquals(1, open.exitCode(), open.err());
    assertTrue(json.path("smallestSeen").path("median").doubleValue() > 0.03);
    Jar.Ended wrong =
        new Jar(folder)
            .run("compare", SAMPLE.path().toString(), "20261118-03", "--fail-on", "worse");
    assertEquals(2, wrong.exitCode(), wrong.err());
  }

  @Test
  void differentFingerprintsAreRefusedUnlessAskedForAndThenSaidOnTop() throws Exception {
    CopiedRun.of(SAMPLE).fingerprint("kernel", "6.99.1 #7").into(results, "20261118-030000-maps");
    String[] arguments = {"compare", SAMPLE.path().toString(), "latest"};

    Jar.Ended refused = new Jar(folder).run(arguments);

    assertEquals(3, refused.exitCode(), refused.out());
    assertEquals("", refused.out());
    assertTrue(refused.err().contains("kernel was 6.18"), refused.err());
    assertTrue(refused.err().contains("is 6.99.1 #7"), refused.err());

    Jar.Ended across =
        new Jar(folder).run("compare", SAMPLE.path().toString(), "latest", "--across-fingerprints");

    assertEquals(0, across.exitCode(), across.err());
    assertTrue(across.out().indexOf("NOT the same") < across.out().indexOf("operation"));
  }

  @Test
  void runsThatSayNothingAboutEachOtherAreRefused() throws Exception {
    String sample = SAMPLE.path().toString();
    Jar jar = new Jar(folder);

    Jar.Ended units =
        jar.run(
            "compare", sample, SAMPLES.resolve("sample/lab").toString(), "--across-fingerprints");
    assertEquals(2, units.exitCode());
    assertTrue(units.err().contains("counts instructions"), units.err());

    Jar.Ended same = jar.run("compare", sample, sample);
    assertEquals(2, same.exitCode());
    assertTrue(same.err().contains("both of the runs"), same.err());

    Jar.Ended one = jar.run("compare", sample);
    assertEquals(2, one.exitCode());
    assertTrue(one.err().contains("two runs"), one.err());

    CopiedRun.of(SAMPLE).into(results, "20261118-030000-maps");
    Jar.Ended nobody = jar.run("compare", sample, "--against", "release");
    assertEquals(2, nobody.exitCode());
    assertTrue(nobody.err().contains("was made from release"), nobody.err());
    assertFalse(nobody.err().contains("fault of bpfgauge"), nobody.err());
  }

  @Test
  void aTornLastLineIsSaidAndTheRestIsCompared() throws Exception {
    RunFolder torn = CopiedRun.of(SAMPLE).into(results, "20261118-030000-maps");
    Files.writeString(
        torn.path().resolve("journal.jsonl"), "{\"seq\":9999,\"rou", StandardOpenOption.APPEND);

    Jar.Ended ended = new Jar(folder).run("compare", SAMPLE.path().toString(), "latest", "--json");

    assertEquals(0, ended.exitCode(), ended.err());
    assertTrue(ended.err().contains("torn"), ended.err());
    assertFalse(
        Json.tree(ended.out(), "what it printed").path("comparison").path("cells").isEmpty());
  }

  @Test
  void armsOfOneNameUnderDifferentLoadsAreNotTheSame() throws Exception {
    String idle = SAMPLES.resolve("sample/tools-idle").toString();
    String loaded = SAMPLES.resolve("sample/tools").toString();
    Jar.Ended refused = new Jar(folder).run("compare", idle, loaded);

    assertEquals(3, refused.exitCode(), refused.out());
    assertTrue(
        refused.err().contains("profile of all and 12 more arms was idle, is case5"),
        refused.err());
  }

  @Test
  void cellsOfOneRunAloneAreNamed() throws Exception {
    CopiedRun.of(SAMPLE)
        .without(cell -> cell.suite().equals("hooks"))
        .into(results, "20261118-030000-maps");

    Jar.Ended ended = new Jar(folder).run("compare", SAMPLE.path().toString(), "latest");

    assertEquals(0, ended.exitCode(), ended.err());
    assertTrue(
        ended
            .out()
            .replaceAll("\\s+", " ")
            .contains("Only in " + SAMPLE.readInfo().id() + ": hook: "),
        ended.out());
  }
}
