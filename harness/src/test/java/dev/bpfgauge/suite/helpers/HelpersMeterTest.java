package dev.bpfgauge.suite.helpers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Undisturbed;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real programs on the real kernel, as briefly as they can be measured. */
class HelpersMeterTest {
  @TempDir private Path folder;

  static Stream<Cell> cells() {
    return HelpersSuite.cells(List.of()).stream();
  }

  /** What a kernel lacks it says itself, by the verifier or as a map that it does not know. */
  @ParameterizedTest
  @MethodSource("cells")
  void everyBlockIsMeasuredOrTheKernelSaysWhyNot(Cell cell) {
    Requires.bpf();
    Outcome outcome = Undisturbed.outcome(new HelpersMeter(), cell, folder);
    if (outcome instanceof Outcome.Unavailable(String reason)) {
      assertTrue(reason.startsWith("bpf_object__load(helpers) failed: "), reason);
    } else {
      Measurement measured =
          assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
      assertTrue(measured.operations() > 0);
      assertTrue(Double.isFinite(measured.meanNanosPerOp()), measured.toString());
    }
  }

  /** A block that does sixteen times the work of another cannot cost less. */
  @Test
  void whatDoesMoreCostsMore() {
    Requires.bpf();
    Map<String, Double> nanos =
        Stream.of("loop_16", "static_call", "get_stack", "get_current_task")
            .collect(
                java.util.stream.Collectors.toMap(
                    word -> word,
                    word ->
                        Undisturbed.measurement(
                                new HelpersMeter(),
                                HelpersSuite.cells(List.of(word)).getFirst(),
                                folder)
                            .meanNanosPerOp()));
    assertTrue(nanos("loop_16", nanos) > nanos("static_call", nanos), nanos.toString());
    assertTrue(nanos("get_stack", nanos) > nanos("get_current_task", nanos), nanos.toString());
  }

  private static double nanos(String word, Map<String, Double> of) {
    return Objects.requireNonNull(of.get(word));
  }

  @Test
  void aHelperMayBeNamedAsProgramsWriteIt() {
    assertEquals(
        HelpersSuite.cells(List.of("ktime_get_ns")),
        HelpersSuite.cells(List.of("bpf_ktime_get_ns")));
    Refusal refused =
        Assertions.assertThrows(Refusal.class, () -> HelpersSuite.cells(List.of("ktime_get_n")));
    assertTrue(String.valueOf(refused.getMessage()).contains("ktime_get_ns"), refused.toString());
  }
}
