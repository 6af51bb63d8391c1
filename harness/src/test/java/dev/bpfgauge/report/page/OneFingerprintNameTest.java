package dev.bpfgauge.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.export.Format;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.site.SiteNames;
import dev.bpfgauge.report.site.SiteRuns;
import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.trend.Anchors;
import dev.bpfgauge.trend.Nights;
import dev.bpfgauge.trend.RunImport;
import dev.bpfgauge.trend.Series;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Trend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two different twelve digits were called fingerprint once, and a reader could not join them. */
class OneFingerprintNameTest {
  @TempDir Path folder;

  @Test
  void exportsStoreTrendSiteAndAnchorsSayTheSame() throws Exception {
    Path results = folder.resolve("results");
    new Nights(results, 3).fingerprint("cpu", "a CPU = with; all\nsorts of signs").nights(0, 8);
    RunFolder run = RunFolder.resolve(results, Nights.id(7));
    RunData data = run.read();
    String name = data.info().fingerprintName();
    assertTrue(name.matches("[0-9a-f]{12}"), name);

    for (Format format :
        List.of(Format.CSV_WIDE, Format.OPENMETRICS, Format.GITHUB_ACTION_BENCHMARK)) {
      assertTrue(format.render(List.of(data)).contains(name), format.word());
    }
    Anchors.add(results, data.info(), "release", Instant.EPOCH);
    assertTrue(Files.readString(results.resolve(Anchors.FILE)).contains("\"" + name + "\""));
    try (Store store = Store.open(Store.in(results))) {
      RunImport.of(store, List.of(results));
      store.runs().forEach(stored -> assertEquals(name, stored.fingerprint()));
      List<Series> series = store.series(name);
      assertTrue(series.size() >= 2, "series: " + series.size());
      Trend trend = Trend.newest(store, Anchors.read(results));
      assertTrue(TrendText.markdown(trend).contains("(fingerprint " + name + ")"));
      assertEquals(name, trend.anchor() == null ? "no anchor" : trend.anchor().fingerprint());
    }
    Path out = folder.resolve("out");
    SiteRuns.site(results, out);
    String page = SiteNames.trend(name, List.of("maps"));
    assertTrue(Files.isRegularFile(out.resolve(page)), page);
  }
}
