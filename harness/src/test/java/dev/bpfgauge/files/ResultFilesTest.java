package dev.bpfgauge.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** results.csv, jmh.json and results.json, read by other readers than the writers' own. */
class ResultFilesTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** What JMH 1.37 itself wrote for two forks of three iterations with its gc profiler. */
  private static final JsonNode REAL = JSON.readTree(resource("jmh-1.37.json")).path(0);

  @Test
  void jmhJsonSaysWhatJmhSaysOfTheSameIterations() {
    List<ForkRecord> forks = new ArrayList<>();
    for (JsonNode fork : REAL.path("primaryMetric").path("rawData")) {
      List<Double> iterations = new ArrayList<>();
      fork.forEach(nanos -> iterations.add(nanos.doubleValue()));
      double mean = iterations.stream().mapToDouble(d -> d).average().orElseThrow();
      forks.add(ok(forks.size(), new Measurement(mean, iterations, null, 1000, 0.007, null)));
    }
    JsonNode ours = JSON.readTree(JmhJson.render(run(forks))).path(0);
    assertEquals(names(REAL), names(ours), "the same fields in the same order");
    JsonNode wanted = REAL.path("primaryMetric");
    JsonNode metric = ours.path("primaryMetric");
    assertEquals(names(wanted), names(metric));
    assertEquals(wanted.path("rawData"), metric.path("rawData"));
    assertEquals(names(wanted.path("scorePercentiles")), names(metric.path("scorePercentiles")));
    for (String field : List.of("score", "scoreError")) {
      assertClose(wanted.path(field), metric.path(field));
    }
    wanted
        .path("scorePercentiles")
        .forEachEntry((p, v) -> assertClose(v, metric.path("scorePercentiles").path(p)));
    for (int side = 0; side < 2; side++) {
      assertClose(
          wanted.path("scoreConfidence").path(side), metric.path("scoreConfidence").path(side));
    }
    assertEquals(2, ours.path("forks").intValue());
    assertEquals(3, ours.path("measurementIterations").intValue());
    JsonNode bytes = ours.path("secondaryMetrics").path("gc.alloc.rate.norm");
    assertEquals(0.007, bytes.path("score").doubleValue(), 1e-12);
    assertEquals("NaN", bytes.path("scoreError").stringValue(), "as JMH writes it");
    assertEquals(names(REAL.path("secondaryMetrics").path("gc.alloc.rate.norm")), names(bytes));
    assertEquals("idle", ours.path("params").path("profile").stringValue());
  }

  @Test
  void onlyForksThatWereOkEnterJmhJson() {
    RunData run = RandomRun.of(11, 200);
    int rows = 0;
    for (JsonNode entry : JSON.readTree(JmhJson.render(run))) {
      rows += entry.path("forks").intValue();
      assertEquals(
          entry.path("forks").intValue(), entry.path("primaryMetric").path("rawData").size());
    }
    assertEquals(run.forks().stream().filter(f -> f.status() == ForkStatus.OK).count(), rows);
  }

  @Test
  void csvComesBackFieldByFieldWhateverTheTextsHold() {
    RunData run = RandomRun.of(12, 100);
    List<List<String>> table = CsvReader.read(ResultsCsv.render(run));
    List<String> header = table.getFirst();
    assertEquals(header.size(), new TreeSet<>(header).size(), "every column once");
    assertEquals(run.forks().size() + 1, table.size());
    for (int i = 0; i < run.forks().size(); i++) {
      List<String> row = table.get(i + 1);
      ForkRecord fork = run.forks().get(i);
      assertEquals(header.size(), row.size());
      assertEquals(Integer.toString(fork.seq()), row.get(header.indexOf("seq")));
      assertEquals(fork.reason(), row.get(header.indexOf("reason")));
      assertEquals(fork.status().word(), row.get(header.indexOf("status")));
      assertEquals(fork.cell().profile(), row.get(header.indexOf("profile")));
      assertEquals(fork.cell().param("map"), row.get(header.indexOf("param_map")));
      String mean = row.get(header.indexOf("mean_ns_per_op"));
      Measurement measured = fork.measurement();
      assertEquals(measured == null, mean.isEmpty());
      if (measured != null) {
        assertEquals(measured.meanNanosPerOp(), Double.parseDouble(mean));
        assertEquals(measured.operations(), Long.parseLong(row.get(header.indexOf("operations"))));
        String extra = row.get(header.indexOf("extra_jited_bytes"));
        assertEquals(measured.extras() == null, extra.isEmpty());
        if (measured.extras() != null) {
          assertEquals(measured.extras().get("jited_bytes"), Double.parseDouble(extra));
        }
      }
    }
  }

  @Test
  void sameRunSameBytesInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      List<String> texts = new ArrayList<>();
      for (Locale locale : List.of(Locale.ROOT, Locale.GERMANY, Locale.of("ar", "EG"))) {
        Locale.setDefault(locale);
        RunData run = RandomRun.of(13, 50);
        texts.add(ResultsCsv.render(run) + JmhJson.render(run) + ResultsJson.render(run));
      }
      assertEquals(texts.get(0), texts.get(1));
      assertEquals(texts.get(0), texts.get(2));
      assertFalse(ResultsJson.render(RandomRun.of(13, 50)).contains("\r"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void resultsJsonCarriesFingerprintForksAndWarnings() {
    RunData run = RandomRun.of(14, 3);
    RunData warned = new RunData(run.info(), run.forks(), run.samples(), List.of("torn"));
    JsonNode json = JSON.readTree(ResultsJson.render(warned));
    assertEquals(
        run.info().fingerprint().get("kernel"),
        json.path("run").path("fingerprint").path("kernel").stringValue());
    assertEquals(3, json.path("forks").size());
    assertEquals("torn", json.path("warnings").path(0).stringValue());
    assertTrue(json.path("run").path("capabilities").path(0).path("supported").isMissingNode());
  }

  @Test
  void twoThousandCellsByFiveForksAreReadAndWritten() {
    RunData run = RandomRun.of(15, 10_000);
    StringBuilder lines = new StringBuilder();
    run.forks().forEach(fork -> lines.append(Journal.lineOf(fork)).append('\n'));
    byte[] journal = lines.toString().getBytes(StandardCharsets.UTF_8);
    RunData read = new RunData(run.info(), Journal.parse(journal, "journal").forks(), Samples.NONE);
    assertEquals(run, read);
    assertEquals(10_001, CsvReader.read(ResultsCsv.render(read)).size());
    assertEquals(JmhJson.render(run), JmhJson.render(read));
  }

  private static RunData run(List<ForkRecord> forks) {
    return new RunData(new RandomRun(1).info("x"), forks, Samples.NONE);
  }

  private static ForkRecord ok(int round, Measurement measured) {
    Cell cell = new Cell("maps", "maps.lookup", Map.of("map", "hash"), "idle");
    return new ForkRecord(
        round, round, cell, ForkStatus.OK, "", Instant.EPOCH, 0, 1, measured, List.of());
  }

  private static void assertClose(JsonNode wanted, JsonNode seen) {
    assertEquals(wanted.doubleValue(), seen.doubleValue(), Math.abs(wanted.doubleValue()) * 1e-12);
  }

  private static List<String> names(JsonNode node) {
    return List.copyOf(node.propertyNames());
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(ResultFilesTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
