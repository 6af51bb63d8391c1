package dev.bpfgauge.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text of {@code openmetrics}, read by the programs it is written for. */
class PrometheusTest {
  private static final int TRIES = 200;

  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_]+=\"(?:[^\"\\\\]|\\\\.)*\"");

  /** Reads standard input as OpenMetrics and prints what it found, one series a line. */
  private static final String OPENMETRICS =
      """
      import sys
      from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
      for family in families(sys.stdin.read()):
          for s in family.samples:
              print(s.name, len(s.labels), repr(float(s.value)), family.unit)
      """;

  @TempDir Path folder;

  @Test
  void prometheusFindsNothingToCriticise() throws Exception {
    Path promtool = DebianPackage.program("usr/bin/promtool", "prometheus", "promtool");
    for (RunData run : ExportedRuns.all()) {
      DebianPackage.Ended checked =
          DebianPackage.Ended.of(
              folder,
              Map.of(),
              MetricsText.render(run),
              List.of(promtool.toString(), "check", "metrics"));
      assertEquals("", checked.output());
      assertEquals(0, checked.exitCode());
    }
    assertFalse(
        DebianPackage.Ended.of(
                    folder,
                    Map.of(),
                    MetricsText.render(ExportedRuns.sample()).replace("profile=", "pro file="),
                    List.of(promtool.toString(), "check", "metrics"))
                .exitCode()
            == 0,
        "promtool must notice what is wrong");
  }

  @Test
  void theReferenceParserOfOpenMetricsReadsEverySeries() throws Exception {
    String modules =
        Stream.of(
                DebianPackage.unpacked("python3-prometheus-client"),
                DebianPackage.unpacked("python3-decorator"))
            .map(folder -> folder.resolve("usr/lib/python3/dist-packages").toString())
            .collect(Collectors.joining(":"));
    Requires.that(SearchPath.find("python3").isPresent(), "python3");
    for (RunData run : ExportedRuns.all()) {
      String text = MetricsText.render(run);
      DebianPackage.Ended read =
          DebianPackage.Ended.of(
              folder, Map.of("PYTHONPATH", modules), text, List.of("python3", "-c", OPENMETRICS));
      assertEquals(0, read.exitCode(), read.output());
      assertEquals(series(text).size(), read.output().lines().count(), read.output());
    }
  }

  @Test
  void theNodeExporterPassesEveryFigureOn() throws Exception {
    Path exporter =
        DebianPackage.unpacked("prometheus-node-exporter")
            .resolve("usr/bin/prometheus-node-exporter");
    for (List<RunData> runs :
        List.of(
            List.of(ExportedRuns.sample(), ExportedRuns.lab()),
            List.of(ExportedRuns.emulated()),
            List.of(ExportedRuns.hostile()))) {
      String all = "";
      for (RunData run : runs) {
        String text = MetricsText.render(run);
        Files.writeString(folder.resolve(run.info().clock().replace(' ', '-') + ".prom"), text);
        all += text;
      }
      Map<String, Double> scraped = series(scrape(exporter));
      assertEquals(0, scraped.get("node_textfile_scrape_error{}"));
      series(all).forEach((name, value) -> assertEquals(value, scraped.get(name), name));
    }
  }

  private String scrape(Path exporter) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                exporter.toString(),
                "--web.listen-address=127.0.0.1:" + port,
                "--collector.disable-defaults",
                "--collector.textfile",
                "--collector.textfile.directory=" + folder)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      for (int i = 0; i < TRIES && process.isAlive(); i++) {
        try {
          return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException notYet) {
          Thread.sleep(50);
        }
      }
      throw new AssertionError(Files.readString(log));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Name and labels in alphabetical order → value; an empty label is as good as none. */
  static Map<String, Double> series(String text) {
    Map<String, Double> all = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#") && !line.isEmpty())
        .forEach(line -> {
          int end = line.lastIndexOf(' ');
          int open = line.indexOf('{');
          String name = open < 0 ? line.substring(0, end) : line.substring(0, open);
          String labels = open < 0 ? "" : line.substring(open + 1, end - 1);
          String sorted =
              LABEL
                  .matcher(labels)
                  .results()
                  .map(MatchResult::group)
                  .filter(label -> !label.endsWith("=\"\""))
                  .sorted()
                  .collect(Collectors.joining(","));
          Double before =
              all.put(name + "{" + sorted + "}", Double.parseDouble(line.substring(end + 1)));
          assertTrue(before == null, line);
        });
    return all;
  }
}
