package dev.bpfgauge.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** docs/grafana-dashboard.json against the gauges that {@code openmetrics} writes. */
class GrafanaDashboardTest {
  private static final Path FILE =
      Path.of(System.getProperty("project.root", "..")).resolve("docs/grafana-dashboard.json");
  private static final Pattern GAUGE = Pattern.compile("bpfgauge_\\w+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=~|, (\\w+)\\)|\\{\\{(\\w+)\\}\\}");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)\\}?");

  /** Prometheus itself adds it. */
  private static final Set<String> OF_THE_SCRAPE = Set.of("instance");

  @TempDir Path folder;

  @Test
  void everyGaugeLabelAndVariableExists() throws IOException {
    String text = Files.readString(FILE);
    JsonNode dashboard = Json.tree(text, FILE.toString());
    String series =
        MetricsText.render(ExportedRuns.sample())
            + MetricsText.render(ExportedRuns.labOfSixBoots());
    for (String gauge : all(GAUGE, text)) {
      assertTrue(series.contains("\n" + gauge + "{"), gauge);
    }
    for (String label : all(LABEL, String.join("\n", queries(dashboard)))) {
      assertTrue(series.contains(label + "=\"") || OF_THE_SCRAPE.contains(label), label);
    }
    Set<String> variables = new HashSet<>();
    dashboard
        .path("templating")
        .path("list")
        .forEach(v -> variables.add(v.path("name").stringValue()));
    variables.add("__all");
    assertTrue(variables.containsAll(all(VARIABLE, text)), all(VARIABLE, text).toString());
  }

  @Test
  void panelsHaveAnIdAndAPlaceOfTheirOwn() throws IOException {
    Set<Integer> ids = new HashSet<>();
    Set<List<Integer>> taken = new HashSet<>();
    for (JsonNode panel : Json.tree(Files.readString(FILE), FILE.toString()).path("panels")) {
      assertTrue(ids.add(panel.path("id").intValue()));
      JsonNode grid = panel.path("gridPos");
      for (int x = 0; x < grid.path("w").intValue(); x++) {
        for (int y = 0; y < grid.path("h").intValue(); y++) {
          List<Integer> square =
              List.of(grid.path("x").intValue() + x, grid.path("y").intValue() + y);
          assertTrue(square.getFirst() < 24 && taken.add(square), panel.path("title").toString());
        }
      }
    }
  }

  @Test
  void prometheusTakesEveryExpression() throws Exception {
    Path promtool = DebianPackage.program("usr/bin/promtool", "prometheus", "promtool");
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    int count = 0;
    for (JsonNode panel : Json.tree(Files.readString(FILE), FILE.toString()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String expression = VARIABLE.matcher(target.path("expr").stringValue()).replaceAll(".*");
        rules.append("  - record: dashboard:expression").append(count++).append("\n    expr: ");
        rules.append(Json.line(expression)).append('\n');
      }
    }
    Files.writeString(folder.resolve("rules.yml"), rules);
    DebianPackage.Ended checked =
        DebianPackage.Ended.of(
            folder, Map.of(), "", List.of(promtool.toString(), "check", "rules", "rules.yml"));
    assertEquals(0, checked.exitCode(), checked.output());
    assertTrue(checked.output().contains(count + " rules found"), checked.output());
  }

  private static List<String> queries(JsonNode dashboard) {
    List<String> queries = new ArrayList<>();
    for (JsonNode variable : dashboard.path("templating").path("list")) {
      queries.add(variable.path("query").path("query").asString(""));
    }
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.path("expr").stringValue());
        queries.add(target.path("legendFormat").stringValue());
      }
    }
    return queries;
  }

  /** What the first group that took part matched, or the whole; each once. */
  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(GrafanaDashboardTest::word)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String word(MatchResult found) {
    for (int group = 1; group <= found.groupCount(); group++) {
      if (found.group(group) != null) {
        return found.group(group);
      }
    }
    return found.group();
  }
}
