package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.CopiedRun;
import dev.bpfgauge.files.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} as a user types it. */
class ExportIT {
  private static final RunFolder SAMPLE =
      RunFolder.open(
          Path.of(System.getProperty("project.root", "..")).resolve("results/sample").normalize());

  @TempDir Path folder;

  @Test
  void severalRunsBecomeRowsOfOneFile() throws Exception {
    Path results = folder.resolve("results");
    CopiedRun.of(SAMPLE).into(results, "20261118-030000-maps");
    CopiedRun.of(SAMPLE).later(Duration.ofDays(1)).into(results, "20261119-030000-maps");

    Jar.Ended ended =
        new Jar(folder)
            .run("export", "latest", "20261118", "--format", "otava", "-o", "bpfgauge.csv");

    assertEquals(0, ended.exitCode(), ended.err());
    assertEquals(3, Files.readAllLines(folder.resolve("bpfgauge.csv")).size());
  }

  @Test
  void anotherMachineIsNoPointOfTheSameSeries() throws Exception {
    Path results = folder.resolve("results");
    CopiedRun.of(SAMPLE).into(results, "20261118-030000-maps");
    CopiedRun.of(SAMPLE).fingerprint("cpu", "another").into(results, "20261119-030000-maps");
    String[] arguments = {"export", "20261118", "20261119", "--format", "otava", "-o", "a.csv"};

    Jar.Ended refused = new Jar(folder).run(arguments);

    assertEquals(3, refused.exitCode());
    assertTrue(refused.err().contains("is another"), refused.err());
    assertFalse(Files.exists(folder.resolve("a.csv")));
  }

  @Test
  void whatCannotBeIsSaidInOneSentence() throws Exception {
    String sample = SAMPLE.path().toString();
    Jar.Ended format = new Jar(folder).run("export", sample, "--format", "openmetric");
    assertEquals(2, format.exitCode());
    assertTrue(format.err().contains("did you mean \"openmetrics\""), format.err());

    Jar.Ended two = new Jar(folder).run("export", sample, sample, "--format", "bencher");
    assertEquals(2, two.exitCode());
    assertTrue(two.err().contains("holds one run"), two.err());

    Jar.Ended nowhere =
        new Jar(folder).run("export", sample, "--format", "csv", "-o", "no/such/folder.csv");
    assertEquals(3, nowhere.exitCode());
    assertTrue(nowhere.err().contains("cannot write"), nowhere.err());
  }
}
