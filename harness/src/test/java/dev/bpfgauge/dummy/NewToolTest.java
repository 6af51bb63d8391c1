package dev.bpfgauge.dummy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.cli.Commands;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.loads.ToolLoads;
import dev.bpfgauge.suite.tools.TargetLoad;
import dev.bpfgauge.suite.tools.ToolGuest;
import dev.bpfgauge.suite.tools.ToolsSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A new tracing tool is its own classes and one line in META-INF/services: no other class knows
 * {@link DummyTool}, and yet it is a command, and its cost is measured.
 */
class NewToolTest {
  @TempDir private Path folder;

  @Test
  void theCommandLineKnowsIt() {
    assertTrue(
        Commands.output("tools", "--help")
            .contains("dummytool    How many system calls there are."));
    String help = Commands.output("tools", "dummytool", "--help");
    assertTrue(help.startsWith("Usage: bpfgauge tools dummytool [-hV] [--json] "), help);
    assertTrue(help.contains("[-t=WORD]"), help);
    assertTrue(help.contains("What stands above the calls. Default: CALLS."), help);
    assertTrue(Commands.output("list").matches("(?s).*in tools overhead: --tools .*dummytool.*"));
    assertTrue(json(Commands.output("list", "--json")).get("tools").toString().contains("dummy"));
    String completion = Commands.output("generate-completion");
    assertTrue(completion.contains("_picocli_bpfgauge_tools_dummytool"));
    assertTrue(completion.matches("(?s).*TOOL_option_args=\\([^)\\n]*\"dummytool\".*"));
  }

  @Test
  void itRunsWithItsOptions() {
    programsMayBeLoaded();

    String text = Commands.output("tools", "dummytool", "--title", "ENTERED", "1", "1");
    List<JsonNode> lines =
        Commands.output("tools", "dummytool", "--json", "1", "1")
            .lines()
            .map(NewToolTest::json)
            .toList();

    assertTrue(text.startsWith("Counting system calls by raw_tp/sys_enter..."), text);
    assertTrue(text.contains("ENTERED"), text);
    lines.forEach(line -> assertEquals("dummytool", line.get("tool").asString()));
    assertTrue(lines.get(1).get("rows").get(0).get("calls").asLong() > 0, lines.toString());
    assertTrue(lines.getLast().get("seen").asLong() > 0, lines.toString());
  }

  @Test
  void theExperimentCanBeMadeWithIt() {
    List<String> tools = ToolsSuite.named(List.of("dummytool"));

    assertEquals(List.of("off", "off#2", "dummytool"), ToolsSuite.arms(tools, true));
    assertEquals(List.of(TargetLoad.SWITCH), ToolsSuite.loads(tools));
    assertEquals(1, ToolGuest.cells(tools).size());
    assertTrue(ToolsSuite.named(List.of("all")).contains("dummytool"));
  }

  @Test
  void itsCostIsMeasured() throws Exception {
    programsMayBeLoaded();
    Path log = Files.createFile(folder.resolve("log"));
    Held.Ground ground =
        new Held.Ground(
            List.of("off", "dummytool"),
            Map.of(),
            folder,
            folder,
            log,
            Map.of(),
            (_, value) -> value,
            () -> 0);
    Cell cell = ToolsSuite.cells("dummytool", List.of(TargetLoad.values())).getFirst();

    try (Held tool = new ToolsSuite().holder().orElseThrow().hold("dummytool", ground)) {
      Map<String, Double> figures = figures(tool.attempt(cell, Settings.of(0, 300, 1, 42, log)));

      assertTrue(Objects.requireNonNull(figures.get("events_per_op")) >= 4, figures::toString);
      assertTrue(Objects.requireNonNull(figures.get("bpf_ns_per_op")) > 0, figures::toString);
    }
  }

  @Test
  void suiteLoadsAttachesIt() {
    programsMayBeLoaded();
    Cell cell =
        ToolLoads.cells(List.of()).stream()
            .filter(it -> it.benchmark().equals("loads.tool.dummytool"))
            .findFirst()
            .orElseThrow();

    Map<String, Double> figures =
        figures(new ToolLoads().attempt(cell, Settings.of(1, 1, 1, 1, folder.resolve("log"))));

    assertEquals(Map.of("by_raw_tp/sys_enter", 1.0, "events_lost", 0.0), figures);
  }

  private static void programsMayBeLoaded() {
    Requires.bpf();
    Requires.root();
  }

  private static Map<String, Double> figures(Outcome outcome) {
    Outcome.Measured measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome::toString);
    return Objects.requireNonNull(measured.measurement().extras());
  }

  private static JsonNode json(String text) {
    return Json.tree(text, "what it printed");
  }
}
