package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bpfgauge.Patience;
import dev.bpfgauge.Requires;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.os.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** TestPrograms that make the events, and waiting for what they do. */
public final class TestPrograms {

  private TestPrograms() {}

  /** Skips or fails the test where one of these programs is not there. */
  public static void require(String... programs) {
    for (String program : programs) {
      Requires.that(SearchPath.find(program).isPresent(), program);
    }
  }

  /** Runs a command to its end and returns what it printed; it must succeed. */
  public static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
    return said;
  }

  /** The same at a test's end, whatever interrupts it. */
  public static void undo(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.onExit().join().exitValue(), () -> String.join(" ", command));
  }

  /** What fio's only job did; {@code --thread}, so that the process is fio's own. */
  public static JsonNode fio(Path file, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("fio", "--name=test", "--thread", "--bs=4k", "--output-format=json"));
    command.add("--filename=" + file);
    command.addAll(List.of(options));
    String said = run(command.toArray(String[]::new));
    JsonNode result = Json.tree(said.substring(said.indexOf('{')), "what it printed");
    return result.get("jobs").get(0);
  }

  /** All values of one column. */
  public static List<Object> column(Findings table, String key) {
    Rows rows = (Rows) table;
    return rows.rows().stream()
        .map(row -> Objects.requireNonNull(named(rows, row).get(key)))
        .toList();
  }

  /** A row's values by their columns' keys. */
  public static Map<String, Object> named(Rows rows, List<Object> row) {
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < row.size(); i++) {
      values.put(rows.columns().get(i).key(), row.get(i));
    }
    return values;
  }

  /** Waits until it is so; fails where it never is. */
  public static void await(BooleanSupplier condition, String what) throws InterruptedException {
    Patience.until(what, condition);
  }
}
