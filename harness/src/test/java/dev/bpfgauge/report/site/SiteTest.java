package dev.bpfgauge.report.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.trend.Nights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {
  private static final Pattern LINK = Pattern.compile("href=\"([^\"#]*)[^\"]*\"");

  @TempDir Path folder;

  private Path results() {
    return folder.resolve("results");
  }

  private Path out() {
    return folder.resolve("out");
  }

  @Test
  void theIndexSaysWhatGotWorseAndEveryLinkLeadsToAPage() throws Exception {
    SiteRuns.usual(results());

    SiteRuns.site(results(), out());

    String index = Files.readString(out().resolve("index.html"));
    assertTrue(index.contains("1 of 2 operations costs more than before."), index);
    assertTrue(index.contains("lookup on hash, idle"), index);
    assertTrue(index.contains("25.0.3"), "what changed in the fingerprint");
    assertTrue(index.contains("Earlier histories"), index);
    int links = 0;
    for (String page : pages()) {
      Path file = out().resolve(page);
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        if (!link.group(1).isEmpty() && !link.group(1).startsWith("data:")) {
          Path target = file.resolveSibling(link.group(1)).normalize();
          assertTrue(Files.isRegularFile(target), page + " → " + link.group(1));
          links++;
        }
      }
    }
    assertTrue(links > 100, "links: " + links);
  }

  @Test
  void aCellHasItsStepItsVerdictAndItsCompanions() throws Exception {
    SiteRuns.usual(results());
    SiteRuns.site(results(), out());

    String hash = cell("slower", "lookup on hash, idle");
    assertTrue(hash.contains("▲ regressed"), hash);
    assertTrue(hash.contains("Equal and delayed arms, night by night"), hash);
    String array = cell("equivalent", "lookup on array, idle");
    assertTrue(array.contains("class=\"step faster\""), array);
    assertTrue(array.contains("level changed ▼ −5."), array);
  }

  @Test
  void whatNoNightCouldMeasureIsCountedApart() throws Exception {
    SiteRuns.refused(results());

    SiteRuns.site(results(), out());

    String index = Files.readString(out().resolve("index.html"));
    assertTrue(index.contains("The one operation costs what the nights before did"), index);
    assertTrue(index.contains("<strong>1</strong> no figure"), index);
    assertFalse(index.contains("</strong> inconclusive"), index);
  }

  @Test
  void nightsThatScatterGiveNoVerdictAndTheIndexSaysSo() throws Exception {
    new Nights(results(), 6).scatter(0.2).nights(0, 8);

    SiteRuns.site(results(), out());

    String index = Files.readString(out().resolve("index.html"));
    assertTrue(
        index.contains("Cannot tell: none of 2 operations is known to within ±3\u202f%."), index);
  }

  /** The page of a cell that was measured in the newest night, if its verdict has that colour. */
  private String cell(String css, String title) throws IOException {
    for (String page : pages()) {
      String text = Files.readString(out().resolve(page));
      if (page.startsWith("cells/")
          && text.contains("<h1>" + title + "</h1>")
          && text.contains("class=\"history " + css + "\"")
          && text.contains("2 Feb 2024")) {
        return text;
      }
    }
    throw new AssertionError("no page of " + title);
  }

  @Test
  void aSecondCallWritesNothingNewAndTakesAwayOnlyItsOwn() throws Exception {
    Nights nights = new Nights(results(), 1).nights(0, 7);
    SiteRuns.site(results(), out());
    Path foreign = Files.writeString(out().resolve("runs/mine.html"), "mine");
    Set<String> before = pages();

    assertEquals(0, SiteRuns.site(results(), out()).written());
    assertEquals(before, pages());

    nights.nights(7, 1);
    Files.delete(results().resolve(Nights.id(0)).resolve("journal.jsonl"));
    Files.delete(results().resolve(Nights.id(0)).resolve("run.json"));
    Files.delete(results().resolve("history.db"));
    Site.Outcome later = SiteRuns.site(results(), out());

    assertEquals(1, later.removed(), "the page of the run that is gone");
    assertTrue(Files.exists(foreign));
    assertTrue(pages().stream().anyMatch(page -> page.contains(Nights.id(7))));
    assertFalse(pages().stream().anyMatch(page -> page.contains(Nights.id(0))));
  }

  @Test
  void aListThatNamesOtherFilesDeletesNone() throws Exception {
    new Nights(results(), 1).nights(0, 2);
    SiteRuns.site(results(), out());
    Path outside = Files.writeString(folder.resolve("outside.html"), "mine");
    Path list = out().resolve(SiteFolder.LIST);
    Files.writeString(
        list, Files.readString(list) + "../outside.html\nruns/../../outside.html\n" + outside);

    SiteRuns.site(results(), out());

    assertTrue(Files.exists(outside));
  }

  @Test
  void aForeignFolderIsRefused() throws Exception {
    new Nights(results(), 1).nights(0, 1);
    Files.createDirectories(out());
    Files.writeString(out().resolve("thesis.tex"), "years");
    Path file = Files.writeString(folder.resolve("file"), "x");

    for (Path place : List.of(out(), file, results())) {
      Refusal refusal = assertThrows(Refusal.class, () -> SiteRuns.site(results(), place));
      assertTrue(String.valueOf(refusal.getMessage()).contains("--site"), refusal::getMessage);
      assertEquals(Refusal.Kind.USAGE, refusal.kind());
    }
    try (Stream<Path> there = Files.list(out())) {
      assertEquals(1, there.count());
    }
  }

  @Test
  void aLinkOutOfTheSiteIsNotFollowed() throws Exception {
    new Nights(results(), 1).nights(0, 1);
    SiteRuns.site(results(), out());
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    for (String page : pages()) {
      Files.delete(out().resolve(page));
    }
    Files.delete(out().resolve("runs"));
    Files.createSymbolicLink(out().resolve("runs"), elsewhere);

    assertThrows(Refusal.class, () -> SiteRuns.site(results(), out()));
    try (Stream<Path> there = Files.list(elsewhere)) {
      assertEquals(0, there.count());
    }
  }

  @Test
  void hostileNamesStayTextAndInTheFolder() throws Exception {
    SiteRuns.hostile(results());

    SiteRuns.site(results(), out());

    assertFalse(Files.exists(folder.resolve("x")));
    assertFalse(pages().isEmpty());
    for (String page : pages()) {
      assertTrue(SiteNames.FILE.matcher(page).matches(), page);
      String text = Files.readString(out().resolve(page));
      assertFalse(text.contains("<script>alert"), page);
      assertFalse(text.contains("<img src=x"), page);
    }
  }

  @Test
  void whatCouldNotBeReadIsOnTheIndexWithItsReasonAndWithoutItsPlace() throws Exception {
    SiteRuns.usual(results());
    SiteRuns.site(results(), out());
    assertFalse(Files.readString(out().resolve("index.html")).contains("Left out"));

    SiteRuns.unreadable(results());
    SiteRuns.site(results(), out());

    String index = Files.readString(out().resolve("index.html"));
    String section = index.substring(index.indexOf("Left out"), index.indexOf("Every run"));
    assertEquals(5, section.split("<li>", -1).length - 1, section);
    assertSaid(section, Nights.id(40), "run.json: line ");
    assertSaid(section, Nights.id(41), "its harness was killed; `run --resume ");
    assertSaid(section, Nights.id(42), "has format version 99");
    assertSaid(section, Nights.id(43), "there is no run.json in it.");
    assertTrue(section.contains("&lt;script&gt;alert(1)"), section);
    assertFalse(section.contains("<script"), section);
    assertFalse(index.contains(folder.toString()), index);
    assertEquals(0, SiteRuns.site(results(), out()).written());
  }

  private static void assertSaid(String section, String run, String reason) {
    assertTrue(section.lines().anyMatch(l -> l.contains(run)) && section.contains(reason), section);
  }

  @Test
  void aRunThatWasDamagedSinceItWasReadHasNoPageAndTheRestHas() throws Exception {
    new Nights(results(), 1).nights(0, 6);
    SiteRuns.site(results(), out());
    Path journal = results().resolve(Nights.id(2)).resolve("journal.jsonl");
    String text = Files.readString(journal);
    Files.writeString(journal, text.substring(0, 300) + "#" + text.substring(301));

    Site.Outcome outcome = SiteRuns.site(results(), out());

    assertEquals(1, outcome.removed());
    assertEquals(1, outcome.notes().size(), outcome.notes().toString());
    assertFalse(pages().stream().anyMatch(page -> page.contains(Nights.id(2))));
    String index = Files.readString(out().resolve("index.html"));
    assertTrue(index.contains("<strong>" + Nights.id(2)), index);
    assertTrue(index.contains("journal.jsonl, line 1: "), index);
  }

  @Test
  void withoutRunsThereIsAnIndexThatSaysSo() throws Exception {
    Files.createDirectories(results());

    SiteRuns.site(results(), out());

    assertEquals(new TreeSet<>(List.of("index.html")), pages());
    assertTrue(
        Files.readString(out().resolve("index.html")).contains("The history has no night yet"));
  }

  @Test
  void aRunThatHasItsReportKeepsItAndGetsAWayBack() throws Exception {
    new Nights(results(), 1).nights(0, 1);
    Path report = results().resolve(Nights.id(0)).resolve("report.html");
    for (String start : List.of("<body class=\"x\">", "<body><header>", "")) {
      Files.writeString(report, start + "its own report");

      SiteRuns.site(results(), out());

      String page = pages().stream().filter(p -> p.startsWith("runs/")).findFirst().orElseThrow();
      String text = Files.readString(out().resolve(page));
      assertTrue(text.startsWith(start) && text.endsWith("its own report"), text);
      assertEquals(
          start.isEmpty() ? 0 : 1, text.split("<a href=\"../index.html\">", -1).length - 1);
      assertEquals(start.isEmpty() ? 0 : 1, text.split("<a href=\"../trends/", -1).length - 1);
      assertEquals(start + "its own report", Files.readString(report));
    }
  }

  private Set<String> pages() throws IOException {
    try (Stream<Path> files = Files.walk(out())) {
      Set<String> names = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .map(file -> out().relativize(file).toString())
          .filter(name -> name.endsWith(".html") && !name.equals("runs/mine.html"))
          .forEach(names::add);
      return names;
    }
  }
}
