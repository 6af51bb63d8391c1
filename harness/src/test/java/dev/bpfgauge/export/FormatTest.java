package dev.bpfgauge.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.CopiedRun;
import dev.bpfgauge.files.CsvReader;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each format against the rules of its reader, on real runs and on one that means harm. */
class FormatTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SAMPLE_CELL =
      "maps.lookup[entries=1024,fill=100,key=4,map=hash,order=random,path=libbpf,runtime=java,threads=1,value=8]@idle";

  @Test
  void everyFormatHasAWordAndSaysWhichItTakes() {
    for (String word : Format.words()) {
      assertEquals(word, Format.ofWord(word).word());
      assertTrue(Format.ofWord(word).render(List.of(ExportedRuns.sample())).endsWith("\n"), word);
    }
    Refusal unknown = assertThrows(Refusal.class, () -> Format.ofWord("openmetric"));
    assertTrue(String.valueOf(unknown.getMessage()).contains("openmetrics"));
    assertThrows(
        Refusal.class,
        () -> Format.BENCHER.render(List.of(ExportedRuns.sample(), ExportedRuns.sample())));
  }

  @Test
  void aWideRowHasTheMeansOfItsRun() {
    List<List<String>> table =
        CsvReader.read(Format.CSV_WIDE.render(List.of(ExportedRuns.sample())));
    List<String> header = table.getFirst();
    assertEquals(header.size(), new HashSet<>(header).size(), "every column once");
    assertEquals(2, table.size());
    assertEquals("ns", table.get(1).get(header.indexOf("unit")));
    assertEquals(
        1102.23979, Double.parseDouble(table.get(1).get(header.indexOf(SAMPLE_CELL))), 1e-4);
  }

  @Test
  void runsThatCountDifferentThingsShareNoTable() {
    assertThrows(
        Refusal.class,
        () -> Format.CSV_WIDE.render(List.of(ExportedRuns.sample(), ExportedRuns.lab())));
  }

  /**
   * As otava/importer.py of 0.7.0 reads: columns by name, a time in each row, every metric a
   * number, a branch column with one branch.
   */
  @Test
  void otavaFindsEveryColumnOfTheConfigurationAndANumberInEachRow() {
    RunData sample = ExportedRuns.sample();
    RunData fewer =
        new RunData(
            sample.info(),
            sample.forks().stream().filter(f -> !f.cell().suite().equals("hooks")).toList(),
            sample.samples());
    for (List<RunData> runs :
        List.of(
            List.of(sample, fewer), List.of(ExportedRuns.lab()), List.of(ExportedRuns.hostile()))) {
      List<List<String>> table = CsvReader.read(Format.OTAVA.render(runs));
      List<String> header = table.getFirst();
      assertEquals(runs.size() + 1, table.size());
      Map<?, ?> test = otavaTest(Format.OTAVA_CONFIG.render(runs));
      assertEquals("csv", test.get("type"));
      assertTrue(header.containsAll((List<?>) Objects.requireNonNull(test.get("attributes"))));
      Map<?, ?> metrics = map(test, "metrics");
      assertFalse(metrics.isEmpty());
      Set<String> branches = new HashSet<>();
      for (List<String> row : table.subList(1, table.size())) {
        assertEquals(header.size(), row.size());
        OffsetDateTime.parse(row.get(header.indexOf(test.get("time_column"))));
        branches.add(row.get(header.indexOf("branch")));
        for (Map.Entry<?, ?> metric : metrics.entrySet()) {
          assertFalse(String.valueOf(metric.getKey()).contains(","));
          Map<?, ?> said = (Map<?, ?>) Objects.requireNonNull(metric.getValue());
          assertEquals(-1, said.get("direction"), "less is better");
          assertTrue(
              Double.parseDouble(row.get(header.indexOf(said.get("column")))) > 0, row.toString());
        }
      }
      assertEquals(1, branches.size());
    }
    assertFalse(
        Format.OTAVA.render(List.of(sample, fewer)).contains("hooks."),
        "a cell of one run alone is no column");
  }

  /** As its schema, src/extract.ts of 1.22.0, wants it: at least one; name, value, unit; texts. */
  @Test
  void githubActionBenchmarkTakesEveryEntry() {
    for (RunData run : ExportedRuns.all()) {
      JsonNode entries = JSON.readTree(Format.GITHUB_ACTION_BENCHMARK.render(List.of(run)));
      assertTrue(entries.isArray() && !entries.isEmpty());
      Set<String> names = new HashSet<>();
      for (JsonNode entry : entries) {
        assertTrue(names.add(entry.path("name").stringValue()));
        assertTrue(entry.path("value").isNumber());
        assertTrue(entry.path("unit").isString());
        assertTrue(entry.path("range").isMissingNode() || entry.path("range").isString());
        assertTrue(entry.path("extra").isString());
        assertEquals(run.info().unit() + "/op", entry.path("unit").stringValue());
      }
    }
    assertTrue(
        Format.GITHUB_ACTION_BENCHMARK
            .render(List.of(ExportedRuns.lab()))
            .contains("instructions/op"));
  }

  /** After bencher.dev/bmf.json and the limits beside it: names of at most 1024, slugs of 64. */
  @Test
  void bencherTakesEveryMetric() {
    Map<String, RunData> byMeasure =
        Map.of(
            "latency", ExportedRuns.sample(),
            "instructions", ExportedRuns.lab(),
            "emulated-latency", ExportedRuns.emulated());
    byMeasure.forEach((measure, run) -> {
      JsonNode benchmarks = JSON.readTree(Format.BENCHER.render(List.of(run)));
      assertFalse(benchmarks.isEmpty());
      benchmarks.forEachEntry((name, measures) -> {
        assertTrue(name.length() <= 1024);
        assertEquals(List.of(measure), List.copyOf(measures.propertyNames()));
        JsonNode metric = measures.path(measure);
        assertTrue(metric.path("value").isNumber());
        if (metric.has("lower_value")) {
          assertTrue(
              metric.path("lower_value").doubleValue() <= metric.path("value").doubleValue());
          assertTrue(
              metric.path("upper_value").doubleValue() >= metric.path("value").doubleValue());
        }
      });
    });
  }

  @Test
  void metricsAreInBaseUnits() {
    Map<String, Double> series =
        PrometheusTest.series(Format.OPENMETRICS.render(List.of(ExportedRuns.sample())));
    double seconds =
        series.entrySet().stream()
            .filter(e -> e.getKey().startsWith("bpfgauge_operation_seconds"))
            .filter(e -> e.getKey().contains(SAMPLE_CELL))
            .mapToDouble(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    assertEquals(1102.23979e-9, seconds, 1e-13);
    assertTrue(
        Format.OPENMETRICS
            .render(List.of(ExportedRuns.lab()))
            .contains("bpfgauge_operation_instructions{"));
  }

  @Test
  void answersAreNoFigures() {
    for (Format format : List.of(Format.BENCHER, Format.OPENMETRICS, Format.CSV_WIDE)) {
      assertFalse(format.render(List.of(ExportedRuns.lab())).contains("loads."), format.word());
    }
  }

  @Test
  void runsComeOldestFirst() {
    RunData sample = ExportedRuns.sample();
    List<List<String>> table =
        CsvReader.read(Format.CSV_WIDE.render(List.of(sample, earlier(sample))));
    assertTrue(Instant.parse(table.get(1).get(1)).isBefore(Instant.parse(table.get(2).get(1))));
  }

  private static RunData earlier(RunData run) {
    return new RunData(
        CopiedRun.of(run).later(Duration.ofDays(-1)).info("earlier"), run.forks(), run.samples());
  }

  private static Map<?, ?> otavaTest(String yaml) {
    Object config = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return map(map((Map<?, ?>) Objects.requireNonNull(config), "tests"), "bpfgauge");
  }

  private static Map<?, ?> map(Map<?, ?> parent, String key) {
    return (Map<?, ?>) Objects.requireNonNull(parent.get(key), key);
  }
}
