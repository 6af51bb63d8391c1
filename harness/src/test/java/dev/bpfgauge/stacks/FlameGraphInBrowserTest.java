package dev.bpfgauge.stacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.report.page.Chromium;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A flame graph as a reader's browser shows it. */
class FlameGraphInBrowserTest {
  private static final String MATCHED = "document.getElementById('matched').textContent";

  /** Names and widths of the frames that are shown. */
  private static final String SHOWN =
      """
      [...document.querySelectorAll('#frames g')].filter(g => g.style.display !== 'none')
        .map(g => g.querySelector('title').textContent.split('\\n')[0] + ' '
          + Math.round(g.querySelector('rect').getAttribute('width')))
      """;

  /** A browser may still write to its profile while it ends. */
  @TempDir(cleanup = CleanupMode.ALWAYS)
  Path folder;

  @Test
  void itSearchesZoomsAndKeepsBothInItsAddress() throws Exception {
    Requires.that(Chromium.binary() != null, "chromium");
    Path file = Files.write(folder.resolve("graph.svg"), graph());
    try (Chromium browser = Chromium.start(Objects.requireNonNull(Chromium.binary()), folder)) {
      browser.open(file, 1240, 600);

      search(browser, "read$|vfs");
      assertEquals("matched: 60.00 %", text(browser, MATCHED), "what is inside counts once");
      search(browser, "push_back(");
      assertEquals("matched: 30.00 %", text(browser, MATCHED), "no expression is a text");
      assertTrue(text(browser, "location.hash").contains("search=push_back("));

      click(browser, "read");
      List<String> zoomed = shown(browser);
      assertEquals(
          List.of("all 1180", "java 1180", "main 1180", "read 1180", "vfs_read_[k] 1180"), zoomed);

      URI link = URI.create(text(browser, "location.href"));
      browser.open(URI.create("about:blank"), 1240, 600); // else nothing is loaded again
      browser.open(link, 1240, 600);
      assertEquals(zoomed, shown(browser), "the address leads to the same");
      assertEquals("matched: 30.00 %", text(browser, MATCHED));

      click(browser, "all");
      assertEquals(7, shown(browser).size());
      assertEquals(List.of(), browser.complaints);
      assertTrue(
          browser.requests.stream()
              .allMatch(address ->
                  address.startsWith(file.toUri().toString()) || address.equals("about:blank")),
          browser.requests.toString());
    }
  }

  @Test
  void withoutScriptsNamesAndCountsAreThere() throws Exception {
    Requires.that(Chromium.binary() != null, "chromium");
    Path file = Files.write(folder.resolve("graph.svg"), graph());
    try (Chromium browser = Chromium.start(Objects.requireNonNull(Chromium.binary()), folder)) {
      browser.disableScripts(true);
      browser.look("dark", "screen");
      browser.open(file, 1240, 600);

      assertTrue(shown(browser).contains("read 708"), shown(browser).toString());
      assertEquals(
          "none",
          text(browser, "getComputedStyle(document.querySelector('.tools')).display"),
          "buttons that would do nothing");
    }
  }

  private static byte[] graph() {
    FrameTree tree = new FrameTree();
    tree.add(List.of("java", "main", "read", "vfs_read_[k]"), 60);
    tree.add(List.of("java", "main", "push_back(int&&)"), 30);
    tree.add(List.of("sh"), 10);
    return StackFormat.SVG.bytes(tree, "a graph", "samples", null);
  }

  private static void search(Chromium browser, String words) throws Exception {
    var _ =
        browser.evaluate(
            "(() => { const s = document.getElementById('search'); s.value = '%s';".formatted(words)
                + " s.dispatchEvent(new Event('input')); return 0; })()");
  }

  private static void click(Chromium browser, String frame) throws Exception {
    var _ =
        browser.evaluate(
            "(() => { [...document.querySelectorAll('#frames g')].find(g =>"
                + " g.querySelector('title').textContent.startsWith('"
                + frame
                + "\\n')).dispatchEvent(new MouseEvent('click')); return 0; })()");
  }

  private static List<String> shown(Chromium browser) throws Exception {
    return browser.evaluate(SHOWN).valueStream().map(each -> each.asString()).toList();
  }

  private static String text(Chromium browser, String expression) throws Exception {
    return browser.evaluate(expression).asString();
  }
}
