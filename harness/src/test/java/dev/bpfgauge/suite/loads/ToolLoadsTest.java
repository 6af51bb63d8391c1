package dev.bpfgauge.suite.loads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tools as suite {@code loads} attaches them, on this machine's kernel. */
class ToolLoadsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.bpfgauge.suite.tools.BuiltInTools#names")
  void aToolSaysHowItIsAttachedAndWhatItProved(String tool) {
    Requires.bpf();
    Requires.root();
    Cell cell = new Cell("loads", "loads.tool." + tool, Map.of(), "");

    Outcome outcome = new ToolLoads().attempt(cell, Settings.of(1, 1, 1, 1, folder.resolve("log")));

    Outcome.Measured measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome::toString);
    Map<String, Double> extras = measured.measurement().extras();
    assertNotNull(extras, tool);
    assertTrue(extras.keySet().stream().anyMatch(key -> key.startsWith("by_")), extras::toString);
    assertEquals(
        tool.equals("filetop") ? 2.0 * 300 * 4096 : null, extras.get("bytes_counted"), tool);
  }
}
