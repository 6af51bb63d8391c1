package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.files.KeptFile;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same program in other locales, under JVM flags from outside, and with few descriptors. */
class SurroundingsIT {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", ""), "results/sample");
  private static final String EGYPT =
      "-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "-uLC_ALL", "LC_ALL=xx_XX"})
  void namesThatAreNotAsciiWorkInEveryLocale(String locale) throws Exception {
    Path run = copyOfTheSample("results/\u00e9t\u00e9-\u4eca");

    Jar.Ended report =
        new Jar(folder)
            .through("env", "-uLANG", "-uLC_CTYPE", "-uLC_ALL", locale)
            .run("report", folder.relativize(run).toString());

    assertEquals(0, report.exitCode(), report.err());
    assertTrue(report.out().contains("\u00e9t\u00e9-\u4eca/report.html"), report.out());
    assertTrue(report.out().contains("\u2500\u2500\u2500"), report.out());
  }

  @Test
  void anArgumentThatIsNotUtf8IsToldSo() throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .through("sh", "-c", "exec \"$@\" \"$(printf 'caf\\351')\"", "sh")
            .run("report");

    assertEquals(2, ended.exitCode(), ended.err());
    assertTrue(ended.err().contains("is not UTF-8"), ended.err());
    assertFalse(ended.err().contains("\tat "), ended.err());
  }

  @Test
  void whatIsWrittenIsTheSameInEveryCountry() throws Exception {
    Path english = Files.createDirectories(folder.resolve("english"));
    Path arabic = Files.createDirectories(folder.resolve("arabic"));

    for (Path country : List.of(english, arabic)) {
      Path run = copyOfTheSample(country.getFileName() + "/run");
      Jar jar = new Jar(country);
      if (country.equals(arabic)) {
        jar = jar.with("JAVA_TOOL_OPTIONS", EGYPT);
      }
      Path model = SAMPLE.resolve("mllb/model-outcome.json");
      assertEquals(0, jar.run("report", run.toString()).exitCode());
      for (String format : List.of("csv", "openmetrics", "github-action-benchmark")) {
        String[] export = {"export", run.toString(), "--format", format, "-o", format};
        assertEquals(0, jar.run(export).exitCode());
      }
      String[] header = {"mllb", "export", model.toString(), "--format", "header", "-o", "net.h"};
      assertEquals(0, jar.run(header).exitCode());
    }

    for (String file :
        List.of(
            "run/report.html",
            "run/results.csv",
            "csv",
            "openmetrics",
            "github-action-benchmark",
            "net.h")) {
      assertArrayEquals(
          Files.readAllBytes(english.resolve(file)),
          Files.readAllBytes(arabic.resolve(file)),
          file);
    }
  }

  @Test
  void aJvmThatTalksOnStandardOutputIsMeasuredAllTheSame() throws Exception {
    Requires.bpf();
    Jar jar =
        new Jar(folder)
            .with("JAVA_TOOL_OPTIONS", "-Xlog:gc " + EGYPT + " -Dbpfgauge.load-tolerance=100");

    Jar.Ended ended =
        jar.run(
            "run",
            "--suite",
            "kernel-maps,maps",
            "-p",
            "idle",
            "--map",
            "hash",
            "--op",
            "lookup",
            "--rounds",
            "1",
            "--warmup",
            "10",
            "--measure",
            "30");

    assertTrue(ended.out().contains("[gc]"), "the JVM was to talk: " + ended.out());
    List<ForkRecord> forks = RunFolder.resolve(folder.resolve("results"), "latest").read().forks();
    assertTrue(forks.stream().anyMatch(f -> f.cell().suite().equals("kernel-maps")));
    for (ForkRecord fork : forks) {
      assertEquals(ForkStatus.OK, fork.status(), fork.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 20, 40})
  void fewDescriptorsAreCalledThat(int limit) throws Exception {
    Jar.Ended ended =
        new Jar(folder)
            .through("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh")
            .run("doctor");

    assertEquals(3, ended.exitCode(), ended.out() + ended.err());
    assertTrue(ended.err().contains("too many open files"), ended.err());
    assertTrue(ended.err().contains("ulimit -n"), ended.err());
    assertFalse(ended.err().contains("\tat "), ended.err());
  }

  private Path copyOfTheSample(String name) throws Exception {
    Path to = Files.createDirectories(folder.resolve(name));
    for (String file :
        List.of(RunFolder.INFO, RunFolder.JOURNAL, RunFolder.SAMPLES, RunFolder.SAMPLES_HEADER)) {
      Path kept = KeptFile.of(SAMPLE.resolve(file));
      Files.copy(kept, to.resolve(kept.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    return to;
  }
}
