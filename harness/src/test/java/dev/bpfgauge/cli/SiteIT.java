package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.trend.Nights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report --site} as a user types it: on the committed nights and on made-up ones. */
class SiteIT {
  private static final Path SAMPLE =
      Path.of(System.getProperty("project.root", ".."), "results", "sample", "nights");

  @TempDir Path folder;

  private Path results() {
    return folder.resolve("results");
  }

  @Test
  void theSampleNightsBecomeASiteOnceAndWhatIsHalfWrittenIsLeftOut() throws Exception {
    copy(SAMPLE, results());
    Jar.Ended first = new Jar(folder).run("report", "--site", "public");
    assertEquals(ExitCode.DONE, first.exitCode(), first.err());
    assertTrue(first.out().strip().endsWith("Site: public/index.html"), first.out());
    Map<String, Long> made = files(folder.resolve("public"));
    for (String part : new String[] {"cells/", "runs/", "trends/", "index.html"}) {
      assertTrue(made.keySet().stream().anyMatch(name -> name.startsWith(part)), part);
    }

    Jar.Ended second = new Jar(folder).run("report", "--site", "public");
    assertTrue(second.out().contains("pages, 0 of them new or changed, 0 removed."), second.out());

    String half = RunFolder.ids(results()).getFirst();
    Path info = results().resolve(half).resolve(RunFolder.INFO);
    Files.writeString(info, Files.readString(info).substring(0, 200));
    Jar.Ended third = new Jar(folder).run("report", "--site", "public");
    assertEquals(ExitCode.DONE, third.exitCode(), third.err());
    assertTrue(third.out().contains("Left out: "), third.out());
    String index = Files.readString(folder.resolve("public/index.html"));
    assertTrue(index.contains("Left out</h2>") && index.contains("<strong>" + half), index);
    assertFalse(index.contains(folder.toString()), "where the runs are is not public");
  }

  @Test
  void aFolderThatIsNoSiteIsRefusedAndLeftAsItIs() throws Exception {
    new Nights(results(), 1).nights(0, 1);
    Files.writeString(Files.createDirectories(folder.resolve("thesis")).resolve("a.tex"), "years");

    Jar.Ended refused = new Jar(folder).run("report", "--site", "thesis");

    assertEquals(ExitCode.USAGE, refused.exitCode());
    assertEquals(1, refused.complaint().size(), refused.err());
    assertTrue(refused.err().contains("thesis holds files that are not a site"), refused.err());
    assertEquals(1, files(folder.resolve("thesis")).size());
  }

  @Test
  void twoAtOnceWriteOneSite() throws Exception {
    new Nights(results(), 3).nights(0, 10);
    Path other = Files.createDirectory(folder.resolve("other"));
    Path site = folder.resolve("public");
    String[] call = {"report", "--results", results().toString(), "--site", site.toString()};
    Process one = new Jar(folder).start(call);
    Process two = new Jar(other).start(call);
    assertTrue(
        one.waitFor(Patience.SECONDS, TimeUnit.SECONDS)
            && two.waitFor(Patience.SECONDS, TimeUnit.SECONDS));

    assertEquals(0, one.exitValue(), new Jar(folder).output());
    assertEquals(0, two.exitValue(), new Jar(other).output());
    Jar.Ended after = new Jar(folder).run(call);
    assertTrue(after.out().contains(" pages, 0 of them new or changed, 0 removed."), after.out());
    assertFalse(files(site).keySet().stream().anyMatch(name -> name.endsWith(".tmp")));
  }

  /** Every file's name and size. */
  private static Map<String, Long> files(Path folder) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.size(file));
      }
    }
    return files;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
