package dev.bpfgauge.report.site;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.report.page.Chromium;
import dev.bpfgauge.report.page.ReportInBrowserTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The site as a reader's browser shows it: index, histories and cells, made-up and hostile. */
class SiteInBrowserTest {
  private static final String AXE = "META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  /** A browser may still write to its profile while it ends. */
  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path folder;

  private static @Nullable Chromium browser;
  private static List<Path> usual = List.of();
  private static List<Path> all = List.of();

  @BeforeAll
  static void start() throws Exception {
    Path binary = Chromium.binary();
    Requires.that(binary != null, "chromium");
    if (binary != null) {
      SiteRuns.usual(folder.resolve("usual"));
      SiteRuns.hostile(folder.resolve("hostile"));
      SiteRuns.unreadable(folder.resolve("usual"));
      usual = pages("usual");
      all = Stream.concat(usual.stream(), pages("hostile").stream()).toList();
      browser = Chromium.start(binary, Files.createDirectories(folder.resolve("browser")));
    }
  }

  private static List<Path> pages(String name) throws Exception {
    Path out = folder.resolve(name + "-site");
    SiteRuns.site(folder.resolve(name), out);
    List<Path> pages = new ArrayList<>(List.of(out.resolve("index.html")));
    for (String part : List.of("cells", "trends")) {
      try (Stream<Path> files = Files.list(out.resolve(part))) {
        files.sorted().forEach(pages::add);
      }
    }
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      pages.add(runs.sorted().findFirst().orElseThrow());
    }
    return pages;
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void noPageAsksForAnythingOrComplains() throws Exception {
    for (Path page : all) {
      Chromium chromium = fresh();
      chromium.open(page, 1280, 900);
      assertEquals(List.of(), chromium.complaints, page.toString());
      assertEquals(
          List.of(page.toUri().toString()),
          chromium.requests.stream().filter(r -> !r.startsWith("data:")).toList());
    }
  }

  @Test
  void textAndMarksAreReadableInLightAndDark() throws Exception {
    Chromium chromium = fresh();
    for (String scheme : List.of("light", "dark")) {
      chromium.look(scheme, "screen");
      for (Path page : usual) {
        chromium.open(page, 1280, 900);
        JsonNode seen = chromium.evaluate(ReportInBrowserTest.LOW_CONTRAST);
        assertTrue(seen.get("looked").asInt() > 20, page.toString());
        assertEquals("[]", seen.get("low").toString(), scheme + " " + page);
        assertEquals("[]", chromium.evaluate(ReportInBrowserTest.LOW_MARKS).toString(), scheme);
      }
    }
  }

  @Test
  void aTelephoneScrollsTablesAndChartsNotThePage() throws Exception {
    Chromium chromium = fresh();
    for (Path page : all) {
      chromium.open(page, 360, 640);
      chromium.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
      assertEquals(
          "[]", chromium.evaluate(ReportInBrowserTest.TOO_WIDE).toString(), page.toString());
      assertTrue(
          chromium.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean(),
          page.toString());
    }
  }

  @Test
  void axeFindsNoViolation() throws Exception {
    Chromium chromium = fresh();
    for (String scheme : List.of("light", "dark")) {
      chromium.look(scheme, "screen");
      for (Path page : all) {
        chromium.open(page, 1280, 900);
        chromium.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        chromium.evaluate(axe() + ";0");
        JsonNode found =
            chromium.evaluate(
                """
                axe.run().then(r => ({
                  passes: r.passes.length,
                  violations: r.violations.map(v => v.id + ': ' + v.nodes[0].html)
                }))
                """);
        assertTrue(found.get("passes").asInt() > 10, "axe looked");
        assertEquals("[]", found.get("violations").toString(), scheme + " " + page);
      }
    }
  }

  private static String axe() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            SiteInBrowserTest.class.getClassLoader().getResourceAsStream(AXE), AXE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void pointingAtANightOrMovingByKeysSaysItsFigure() throws Exception {
    Path cell =
        usual.stream().filter(p -> p.toString().contains("cells/")).findFirst().orElseThrow();
    Chromium chromium = fresh();
    chromium.open(cell, 1280, 900);
    assertTrue(value(chromium).startsWith("Point at a night"), value(chromium));

    chromium.evaluate("document.getElementById('plot').focus()");
    String last = value(chromium);
    chromium.press("ArrowLeft");
    String before = value(chromium);
    assertTrue(last.contains("ns per operation, ["), last);
    assertTrue(before.contains(" 2024, 03:00: "), before);
    assertTrue(!last.equals(before), before);

    JsonNode first =
        chromium.evaluate(
            """
            (() => { document.getElementById('plot').scrollIntoView();
              const b = document.querySelector('[data-i="0"]').getBoundingClientRect();
              return { x: b.x + b.width / 2, y: b.y }; })()
            """);
    chromium.moveTo(first.get("x").asDouble(), first.get("y").asDouble() + 20);
    String oldest =
        chromium
            .evaluate(
                "[...document.querySelectorAll('#nights tbody th')].at(-1).textContent.trim()")
            .asString("");
    assertTrue(value(chromium).startsWith(oldest + ": "), value(chromium) + " / " + oldest);
  }

  private static String value(Chromium chromium) throws Exception {
    return chromium.evaluate("document.getElementById('value').textContent").asString("");
  }

  @Test
  void withoutScriptsTheChartIsWholeAndNothingIsMissing() throws Exception {
    Path cell =
        usual.stream().filter(p -> p.toString().contains("cells/")).findFirst().orElseThrow();
    Chromium chromium = fresh();
    chromium.open(cell, 1280, 900);
    String with = chromium.evaluate(WITHOUT_VALUE).asString("");
    chromium.disableScripts(true);
    chromium.open(cell, 1280, 900);
    String without = chromium.evaluate(WITHOUT_VALUE).asString("");
    int points = chromium.evaluate("document.querySelectorAll('[data-i]').length").asInt();
    boolean hidden =
        chromium.evaluate("document.getElementById('value').offsetParent === null").asBoolean();
    chromium.disableScripts(false);
    assertEquals(with, without);
    assertTrue(points >= 8, "points: " + points);
    assertTrue(hidden, "no hint about what does not work");
  }

  private static final String WITHOUT_VALUE =
      """
      document.body.innerText.replace(document.getElementById('value').innerText, '')
        .replace(/\\n+/g, '\\n')
      """;

  @Test
  void headingsAreInOrderAndTheFirstTabLeadsToTheContent() throws Exception {
    Chromium chromium = fresh();
    for (Path page : usual) {
      chromium.open(page, 1280, 900);
      assertEquals(1, chromium.evaluate("document.querySelectorAll('h1').length").asInt());
      assertEquals(
          "[]",
          chromium
              .evaluate(
                  """
                  [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])
                    .filter((level, i, all) => i > 0 && level > all[i - 1] + 1)
                  """)
              .toString(),
          page.toString());
      chromium.press("Tab");
      assertEquals("#content", chromium.evaluate("document.activeElement.hash").asString(""));
    }
  }

  @Test
  void aRunsPageLeadsBackByKeys() throws Exception {
    Path run = usual.getLast();
    Chromium chromium = fresh();
    chromium.open(run, 360, 640);
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      chromium.press("Tab");
      reached.add(chromium.evaluate("document.activeElement.getAttribute('href')").asString(""));
    }
    assertEquals(List.of("#content", "../index.html"), reached.subList(0, 2));
    assertTrue(reached.getLast().startsWith("../trends/"), reached.toString());
  }

  private static Chromium fresh() throws Exception {
    Chromium chromium = Objects.requireNonNull(browser);
    chromium.look("light", "screen");
    chromium.requests.clear();
    chromium.complaints.clear();
    return chromium;
  }
}
