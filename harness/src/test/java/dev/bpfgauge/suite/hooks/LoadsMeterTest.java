package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What this machine's kernel takes. */
class LoadsMeterTest {
  /** Of libbpf's development package: every helper with its number. */
  private static final Path DEFINITIONS = Path.of("/usr/include/bpf/bpf_helper_defs.h");

  @TempDir Path folder;

  private Outcome measure(Cell cell) {
    Requires.bpf();
    return new LoadsMeter().attempt(cell, Settings.of(1, 1, 1, 1, folder.resolve("log")));
  }

  private SortedMap<String, Double> answers(Cell cell) {
    Outcome.Measured measured = assertInstanceOf(Outcome.Measured.class, measure(cell));
    return extras(measured.measurement());
  }

  private static SortedMap<String, Double> extras(Measurement measured) {
    SortedMap<String, Double> extras = measured.extras();
    return extras == null ? new TreeMap<>() : extras;
  }

  private static Cell cell(String hook) {
    return HookLoads.cells(List.of(hook)).getFirst();
  }

  @ParameterizedTest
  @EnumSource(Hook.class)
  void aHookFiresOrSaysWhyNot(Hook hook) {
    switch (measure(cell(hook.word()))) {
      case Outcome.Measured(Measurement measured, String _) ->
          assertTrue(extras(measured).getOrDefault("runs_per_op", 0.0) >= 1, hook.word());
      case Outcome.Unavailable(String reason) ->
          assertTrue(reason.matches("(denied: EPERM|denied: EACCES|absent: )[^\\n]*"), reason);
      case Outcome.Failed(String reason) -> throw new AssertionError(reason);
      case Outcome.Refused(String reason) -> throw new AssertionError(reason);
    }
  }

  @Test
  void helpersDependOnTheKindOfProgram() {
    Map<String, Double> tracing = answers(cell("raw_tp"));
    Map<String, Double> device = answers(cell("xdp.run"));
    Map<String, Double> queue = answers(cell("tc.run"));
    for (Map<String, Double> any : List.of(tracing, device, queue)) {
      assertEquals(1.0, any.get("helper_map_lookup_elem"));
    }
    assertEquals(1.0, tracing.get("helper_probe_read_kernel"));
    assertEquals(0.0, tracing.get("helper_skb_store_bytes"));
    assertEquals(0.0, tracing.get("helper_copy_from_user"), "it sleeps, the program may not");
    assertEquals(1.0, device.get("helper_xdp_adjust_head"));
    assertEquals(0.0, device.get("helper_skb_store_bytes"));
    assertEquals(1.0, queue.get("helper_skb_store_bytes"));
    assertEquals(0.0, queue.get("helper_xdp_adjust_head"));
  }

  @Test
  void tracingProgramsAreAskedToo() {
    switch (measure(cell("tp_btf"))) {
      case Outcome.Measured _ -> {
        Map<String, Double> answers = answers(cell("tp_btf"));
        assertEquals(1.0, answers.get("helper_get_current_task_btf"));
        assertEquals(0.0, answers.get("helper_xdp_adjust_head"));
      }
      case Outcome other -> Requires.machine(false, "tp_btf: " + other);
    }
  }

  @Test
  void typesAreAskedByName() {
    Map<String, Double> maps = answers(new Cell(HookLoads.NAME, HookLoads.MAPS, Map.of(), ""));
    assertEquals(1.0, maps.get("map_hash"));
    Map<String, Double> programs =
        answers(new Cell(HookLoads.NAME, HookLoads.PROGRAMS, Map.of(), ""));
    assertEquals(1.0, programs.get("program_socket_filter"));
  }

  @Test
  void numbersAreTheKernels() throws IOException {
    Requires.that(Files.isReadable(DEFINITIONS), DEFINITIONS.toString());
    Matcher definition =
        Pattern.compile("\\(\\*(?: const )?bpf_(\\w+)\\)\\(.*\\) = \\(void \\*\\) (\\d+);")
            .matcher(Files.readString(DEFINITIONS));
    Map<String, Integer> numbers = new TreeMap<>();
    while (definition.find()) {
      numbers.put(definition.group(1), Integer.valueOf(definition.group(2)));
    }
    for (Helper helper : Helper.values()) {
      assertEquals(
          helper.number(), numbers.get(helper.word().replaceFirst("^bpf_", "")), helper.word());
    }
  }
}
