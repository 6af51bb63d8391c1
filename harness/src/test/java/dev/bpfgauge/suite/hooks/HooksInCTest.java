package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same programs on the same hooks from C, by libbpf, on the real kernel. */
class HooksInCTest {
  @TempDir private Path folder;

  private Outcome measure(Hook hook, Body body) {
    return new HooksInC()
        .attempt(HooksSuite.cell(hook, body), Settings.of(10, 50, 2, 1, folder.resolve("log")));
  }

  @ParameterizedTest
  @CsvSource({"RAW_TP, EMPTY", "RAW_TP, COUNTER", "TRACEPOINT, EMPTY", "TRACEPOINT, COUNTER"})
  void cMeasuresWhatJavaMeasures(Hook hook, Body body) {
    Requires.bpf();
    Outcome outcome = measure(hook, body);
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, outcome, outcome.toString()).measurement();
    assertEquals(2, measured.iterationNanosPerOp().size());
    assertTrue(measured.operations() > 1000, measured.toString());
  }

  @Test
  void otherHooksAreRefused() {
    assertInstanceOf(Outcome.Refused.class, measure(Hook.KPROBE, Body.EMPTY));
    assertInstanceOf(Outcome.Refused.class, measure(Hook.RAW_TP, Body.PRINTK));
  }

  /** Each turn takes what its fastest batch takes; the one that met somebody else costs 800. */
  @Test
  void theMedianOfTheTurnsIsTheCostAndTheMeanStandsBesideIt() {
    String line =
        """
        {"batch":100,"iterations":[[{"detached":[99,100,250,101,100,120,100,100],\
        "attached":[180,181,183,900,180,184,182,180]}],\
        [{"detached":[100,100,100,100,104,101,103,102],\
        "attached":[900,900,900,900,181,182,183,184]}]]}
        """;
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, HooksInC.parse(line)).measurement();
    assertEquals(80.5, measured.meanNanosPerOp());
    assertEquals(List.of(80.5, 440.0), measured.iterationNanosPerOp());
    assertEquals(4 * 400, measured.operations());
    Map<String, Double> extras = Objects.requireNonNull(measured.extras());
    assertEquals(4, extras.get(Measurement.TURNS));
    assertEquals(
        (361 - 137.5 + 181.5 - 105 + 800 + 80) / 4,
        Objects.requireNonNull(extras.get(Measurement.WITH_WAITS)),
        1e-9);
  }

  @Test
  void aProgramLostInTheNoiseIsMeasuredToo() {
    String line =
        """
        {"batch":100,"iterations":[[{"detached":[100,100,100,100,100,100,100,100],\
        "attached":[97,97,97,97,97,97,97,97]}]]}
        """;
    Measurement measured =
        assertInstanceOf(Outcome.Measured.class, HooksInC.parse(line)).measurement();
    assertEquals(-3, measured.meanNanosPerOp());
    assertEquals(List.of(-3.0), measured.iterationNanosPerOp());
  }

  @Test
  void rawTracepointAndTracepointAreReferences() {
    List<Cell> references =
        HooksSuite.references(HooksSuite.cells(HooksSuite.hooks(), List.of("empty", "counter")));
    assertEquals(
        List.of(
            "hooks.raw_tp[body=empty,runtime=c]",
            "hooks.raw_tp[body=counter,runtime=c]",
            "hooks.tracepoint[body=empty,runtime=c]",
            "hooks.tracepoint[body=counter,runtime=c]"),
        references.stream().map(Cell::key).toList());
  }
}
