package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.RunData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The page as a reader's browser shows it. */
public class ReportInBrowserTest {
  /** A browser may still write to its profile while it ends. */
  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path folder;

  private static @Nullable Chromium browser;
  private static Path usual = Path.of("");
  private static Path hostile = Path.of("");
  private static Path lab = Path.of("");

  /**
   * Text whose contrast to what lies behind it is below 4.5 : 1 (WCAG 2.2, 1.4.3). The page has no
   * picture behind text and no transparency, so the nearest painted background is the one seen.
   */
  public static final String LOW_CONTRAST =
      """
      (() => {
        const numbers = c => c.match(/[\\d.]+/g).map(Number);
        const light = c => { const [r, g, b] = numbers(c).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const clear = c => { const n = numbers(c); return n.length > 3 && n[3] === 0; };
        const behind = e => { for (; e; e = e.parentElement) {
          const c = getComputedStyle(e).backgroundColor; if (!clear(c)) return c; }
          return 'rgb(255, 255, 255)'; };
        const low = new Set();
        let looked = 0;
        for (const e of document.body.querySelectorAll('*')) {
          if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
          if (['title', 'desc', 'STYLE'].includes(e.tagName)) continue;
          const style = getComputedStyle(e);
          const ink = e.tagName === 'text' ? style.fill : style.color;
          const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x);
          const contrast = (a + 0.05) / (b + 0.05);
          looked++;
          if (contrast < 4.5) low.add(e.tagName + '.' + e.getAttribute('class') + ' ' + ink + ' '
            + contrast.toFixed(2));
        }
        return { looked, low: [...low] };
      })()
      """;

  /** What sticks out of the window on the right, but for what scrolls in a box of its own. */
  public static final String TOO_WIDE =
      """
      [...document.body.querySelectorAll('*')]
        .filter(e => !e.closest('.scroll') && !e.closest('.skip'))
        .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
        .map(e => e.tagName + '.' + e.className)
      """;

  /** Marks of charts against the page: 3 : 1 (WCAG 2.2, 1.4.11). */
  public static final String LOW_MARKS =
      """
      (() => {
        const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const page = light(getComputedStyle(document.body).backgroundColor);
        const low = new Set();
        for (const e of document.querySelectorAll('svg path')) {
          const kind = e.getAttribute('class');
          if (!/^([sl]\\d|w)$/.test(kind)) continue;
          const style = getComputedStyle(e);
          const ink = light(kind[0] === 's' ? style.fill : style.stroke);
          const contrast = (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05);
          if (contrast < 3) low.add(kind + ' ' + contrast.toFixed(2));
        }
        return [...low];
      })()
      """;

  @BeforeAll
  static void start() throws Exception {
    Path binary = Chromium.binary();
    Requires.that(binary != null, "chromium");
    if (binary != null) {
      usual = write("usual.html", SampleRuns.usual(7, 3));
      lab = write("lab.html", LabRuns.usual());
      hostile = write("hostile.html", SampleRuns.hostile());
      browser = Chromium.start(binary, Files.createDirectories(folder.resolve("browser")));
    }
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void thePageAsksForNothingAndComplainsOfNothing() throws Exception {
    for (Path page : List.of(usual, lab, hostile)) {
      Chromium chromium = fresh();
      chromium.open(page, 1280, 900);
      assertEquals(List.of(), chromium.complaints);
      assertEquals(
          List.of(page.toUri().toString()),
          chromium.requests.stream().filter(r -> !r.startsWith("data:")).toList());
    }
  }

  @Test
  void textIsReadableInLightAndDark() throws Exception {
    Chromium chromium = fresh();
    for (String scheme : List.of("light", "dark")) {
      chromium.look(scheme, "screen");
      chromium.open(usual, 1280, 900);
      var seen = chromium.evaluate(LOW_CONTRAST);
      assertTrue(seen.get("looked").asInt() > 500, scheme);
      assertEquals("[]", seen.get("low").toString(), scheme);
      assertEquals("[]", chromium.evaluate(LOW_MARKS).toString(), scheme);
    }
    chromium.look("dark", "print");
    assertEquals("[]", chromium.evaluate(LOW_CONTRAST).get("low").toString(), "print");
    assertEquals(
        "rgb(255, 255, 255)",
        chromium.evaluate("getComputedStyle(document.body).backgroundColor").asString(""),
        "paper stays white");
  }

  @Test
  void aTelephoneScrollsTablesNotThePage() throws Exception {
    Chromium chromium = fresh();
    for (Path page : List.of(usual, lab, hostile)) {
      chromium.open(page, 360, 640);
      assertEquals(360, chromium.evaluate("innerWidth").asInt());
      assertEquals("[]", chromium.evaluate(TOO_WIDE).toString());
      assertTrue(
          chromium.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean());
    }
  }

  @Test
  void thePageReadsTheSameWithoutScripts() throws Exception {
    Chromium chromium = fresh();
    chromium.open(usual, 1280, 900);
    String with = chromium.evaluate("document.body.innerText").asString("");
    chromium.disableScripts(true);
    chromium.open(usual, 1280, 900);
    String without = chromium.evaluate("document.body.innerText").asString("");
    chromium.disableScripts(false);
    assertTrue(with.contains("cpu80 against idle"), "the page has its words");
    assertEquals(with, without);
    assertEquals(0, chromium.evaluate("document.scripts.length").asInt());
  }

  @Test
  void headingsAreInOrderAndTheLanguageIsNamed() throws Exception {
    Chromium chromium = fresh();
    chromium.open(usual, 1280, 900);
    assertEquals("en", chromium.evaluate("document.documentElement.lang").asString(""));
    assertEquals(1, chromium.evaluate("document.querySelectorAll('h1').length").asInt());
    assertEquals(
        "[]",
        chromium
            .evaluate(
                """
                [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])
                  .filter((level, i, all) => i > 0 && level > all[i - 1] + 1)
                """)
            .toString());
    assertEquals(
        0,
        chromium
            .evaluate(
                "[...document.querySelectorAll('nav a')].filter(a =>"
                    + " !document.querySelector(a.getAttribute('href'))).length")
            .asInt());
  }

  @Test
  void theFirstTabLeadsPastTheContents() throws Exception {
    Chromium chromium = fresh();
    chromium.open(usual, 1280, 900);
    chromium.press("Tab");
    assertEquals("#content", chromium.evaluate("document.activeElement.hash").asString(""));
    assertTrue(
        chromium.evaluate("document.activeElement.getBoundingClientRect().left >= 0").asBoolean(),
        "and is seen");
    assertEquals(
        0,
        chromium
            .evaluate(
                "[...document.querySelectorAll('.scroll')].filter(e => e.tabIndex !== 0 ||"
                    + " !e.ariaLabel).length")
            .asInt());
  }

  @Test
  void itPrints() throws Exception {
    Chromium chromium = fresh();
    chromium.open(usual, 1280, 900);
    byte[] pdf = chromium.pdf();
    assertEquals("%PDF", new String(pdf, 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
    chromium.look("light", "print");
    // A4 less its margins, at 96 pixels an inch.
    chromium.open(usual, 703, 1000);
    assertTrue(
        chromium.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean(),
        "nothing is cut off on paper");
    assertEquals(
        "none",
        chromium.evaluate("getComputedStyle(document.querySelector('nav')).display").asString(""));
  }

  private static Chromium fresh() throws Exception {
    Chromium chromium = java.util.Objects.requireNonNull(browser);
    chromium.look("light", "screen");
    chromium.requests.clear();
    chromium.complaints.clear();
    return chromium;
  }

  private static Path write(String name, RunData run) throws Exception {
    return Files.writeString(
        folder.resolve(name),
        ReportPage.render(RunAnalysis.of(run), SampleRuns.downloads(run), folder));
  }
}
