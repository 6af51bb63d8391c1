package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.files.WrittenRun;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.trend.Nights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code trend} as a user types it: on made-up nights, and one on the real kernel. */
class TrendIT {
  private static final String JAR = Path.of(System.getProperty("harness.jar", "")).toString();

  @TempDir Path folder;

  private Path results() {
    return folder.resolve("results");
  }

  @Test
  void aConfirmedRegressionEndsWithOneAndItsNameAndNothingElseDoes() throws Exception {
    Nights nights = new Nights(results(), 1).nights(0, 10);
    Jar.Ended equal = new Jar(folder).run("trend");
    assertEquals(ExitCode.DONE, equal.exitCode(), equal.err());
    assertTrue(equal.out().contains("2 equivalent"), equal.out());

    nights.level("hash", 1100).nights(10, 1).repeat(10);
    Jar.Ended slower = new Jar(folder).run("trend");
    assertEquals(ExitCode.GATE, slower.exitCode(), slower.out());
    assertTrue(slower.out().contains("lookup on hash on idle: regressed"), slower.out());

    Jar.Ended json = new Jar(folder).run("trend", "--json");
    assertEquals(ExitCode.GATE, json.exitCode());
    JsonNode trend = Json.tree(json.out(), "what it printed");
    assertEquals(11, trend.get("nights").size());
    assertEquals(Nights.id(10), trend.get("newest").get("id").stringValue());

    Jar.Ended markdown = new Jar(folder).run("trend", "--markdown");
    assertTrue(markdown.out().startsWith("### bpfgauge: 1 regressed, 0 improved"), markdown.out());
  }

  @Test
  void aDamagedStoreAndADeletedOneAreMadeAgain() throws Exception {
    new Nights(results(), 2).nights(0, 8);
    String first = new Jar(folder).run("trend").out();

    Files.writeString(results().resolve("history.db"), "no database".repeat(1000));
    Jar.Ended damaged = new Jar(folder).run("trend");
    assertEquals(ExitCode.DONE, damaged.exitCode(), damaged.err());
    assertTrue(
        damaged.out().contains("is kept as history.db.before and made again from the runs"),
        damaged.out());
    assertTrue(damaged.out().endsWith(first), damaged.out());

    Files.writeString(results().resolve("history.db"), "no database".repeat(1000));
    Jar.Ended imported = new Jar(folder).run("trend", "import", results().toString());
    assertTrue(imported.out().contains("8 runs added, 0 were there"), imported.out());

    Files.delete(results().resolve("history.db"));
    assertEquals(first, new Jar(folder).run("trend").out());

    Jar.Ended rebuilt = new Jar(folder).run("trend", "rebuild");
    assertEquals("The store has 8 runs.", rebuilt.out().strip());
  }

  @Test
  void twoAtOnceFillOneStore() throws Exception {
    new Nights(results(), 3).nights(0, 30);
    Path other = Files.createDirectory(folder.resolve("other"));
    Process one = new Jar(folder).start("trend");
    Process two = new Jar(other).start("trend", "--results", results().toString());
    assertTrue(one.waitFor(Patience.SECONDS, TimeUnit.SECONDS));
    assertTrue(two.waitFor(Patience.SECONDS, TimeUnit.SECONDS));

    assertEquals(0, one.exitValue(), new Jar(folder).output());
    assertEquals(0, two.exitValue(), new Jar(other).output());
    assertEquals(
        Files.readString(folder.resolve("out.txt")), Files.readString(other.resolve("out.txt")));
  }

  @Test
  void aNightWithoutOneGoodForkDoesNotCountAndIsNoGoodNews() throws Exception {
    new Nights(results(), 6).nights(0, 6).unloaded("hash").unloaded("array").nights(6, 1);

    Jar.Ended trend = new Jar(folder).run("trend");

    assertEquals(ExitCode.PARTIAL, trend.exitCode(), trend.out() + trend.err());
    assertTrue(trend.out().contains("6 nights on this machine"), trend.out());
    assertTrue(
        trend.out().contains("Not counted, without one good fork: " + Nights.id(6)), trend.out());
    assertTrue(trend.out().contains("2 load not reached"), trend.out());
    assertFalse(trend.out().contains("gone"), trend.out());
  }

  @Test
  void whatIsLeftOutIsSaidAndTheRestIsImported() throws Exception {
    new Nights(results(), 4).nights(0, 3);
    Path info = results().resolve(Nights.id(1)).resolve(RunFolder.INFO);
    Files.writeString(info, Files.readString(info).substring(0, 100));

    Jar.Ended imported = new Jar(folder).run("trend", "import", results().toString());

    assertEquals(ExitCode.PARTIAL, imported.exitCode());
    assertTrue(imported.out().contains("2 runs added, 0 were there, 1 left out"), imported.out());
    assertTrue(imported.out().contains(Nights.id(1)), imported.out());
  }

  @Test
  void badInputIsOneSentence() throws Exception {
    Jar jar = new Jar(folder);
    assertUsage(jar.run("trend"), "there is no folder results");
    Files.createDirectory(results());
    assertUsage(jar.run("trend"), "there is no run in the history");
    assertUsage(jar.run("trend", "import", "nowhere"), "nowhere is not a folder of runs");
    assertUsage(jar.run("trend", "--store", "mysql://x"), "jdbc:sqlite:FILE");
    assertUsage(jar.run("trend", "night", "--canary", "old.jar"), "there is no file old.jar");
    new Nights(results(), 5).nights(0, 1);
    assertUsage(jar.run("trend", "anchor", "latest"), "needs a reason");
    assertEquals(0, jar.run("trend", "anchor", "latest", "--reason", "first").exitCode());
  }

  private static void assertUsage(Jar.Ended ended, String sentence) {
    assertEquals(ExitCode.USAGE, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains(sentence), ended.err());
    assertEquals(1, ended.complaint().size(), ended.err());
  }

  /** The nights before are the real one's with half its times, so that it looks twice as slow. */
  @Test
  void aRealNightIsMeasuredBesideAFrozenProgramAndWhatLooksSlowerIsMeasuredTwiceMore()
      throws Exception {
    Requires.bpf();
    Jar.Ended night =
        new Jar(folder)
            .onABusyMachine()
            .run(
                "trend",
                "night",
                "-p",
                "idle",
                "--map",
                "hash",
                "--op",
                "lookup",
                "--rounds",
                "3",
                "--warmup",
                "20",
                "--measure",
                "60",
                "--delay",
                "5000", // Any clock is read in less.
                "--no-references",
                "--canary",
                JAR);
    assertEquals(ExitCode.DONE, night.exitCode(), night.out() + night.err());
    RunData real = RunFolder.resolve(results(), RunFolder.LATEST).read();
    assertEquals(
        List.of("idle", "idle#2", "idle+5000ns"),
        real.info().plan().arms().stream().map(ArmInfo::label).toList());
    assertEquals(1, RunFolder.ids(results().resolve("canary")).size());
    assertTrue(night.out().contains("A frozen program also ran in this night"), night.out());

    for (int before = 1; before <= 8; before++) {
      WrittenRun.in(results(), halved(real, before));
    }
    Jar.Ended confirmed = new Jar(folder).onABusyMachine().run("trend", "confirm");

    assertEquals(2, RunFolder.ids(results().resolve("repeats")).size(), confirmed.out());
    for (String id : RunFolder.ids(results().resolve("repeats"))) {
      RunData repeat = RunFolder.resolve(results().resolve("repeats"), id).read();
      assertFalse(repeat.forks().isEmpty());
      assertEquals(inTurns(real), inTurns(repeat), "with what shares their process");
    }
    // How sure it is depends on the machine's rest; that it was asked twice does not.
    assertTrue(
        confirmed.exitCode() == ExitCode.GATE || confirmed.out().contains("inconclusive"),
        confirmed.out());
  }

  private static Set<Cell> inTurns(RunData run) {
    return run.forks().stream()
        .filter(fork -> fork.measurement() != null && fork.measurement().isOfTurns())
        .map(ForkRecord::cell)
        .collect(Collectors.toSet());
  }

  private static RunData halved(RunData run, int nightsBefore) {
    RunInfo info = run.info();
    Instant start = info.startedAt().minus(Duration.ofDays(nightsBefore));
    double share = 0.5 * (1 + 0.001 * nightsBefore);
    return new RunData(
        new RunInfo(
            info.formatVersion(),
            RunFolder.idAt(start, "maps"),
            start,
            info.finishedAt(),
            info.elapsedMillis(),
            info.status(),
            info.bpfgaugeVersion(),
            info.commandLine(),
            info.plan(),
            info.fingerprint(),
            info.environment(),
            info.capabilities(),
            info.notes()),
        run.forks().stream().map(fork -> scaled(fork, share)).toList(),
        run.samples());
  }

  private static ForkRecord scaled(ForkRecord fork, double share) {
    Measurement measured = fork.measurement();
    return measured == null
        ? fork
        : new ForkRecord(
            fork.seq(),
            fork.round(),
            fork.cell(),
            fork.status(),
            fork.reason(),
            fork.startedAt(),
            fork.startMillis(),
            fork.endMillis(),
            new Measurement(
                measured.meanNanosPerOp() * share,
                measured.iterationNanosPerOp().stream().map(nanos -> nanos * share).toList(),
                measured.batches(),
                measured.operations(),
                measured.bytesPerOp(),
                measured.pooledErrorNanos(),
                measured.extras()),
            fork.load());
  }
}
