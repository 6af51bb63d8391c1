package dev.bpfgauge.suite.maps;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.measure.CProgram;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The loop of {@link MapsBenchmark} in C: what a map call costs without a JVM. A fork's figure is
 * the median of its turns of about a millisecond. The program is {@code c/reference.c} in the jar.
 */
final class CReference {
  /** The program's name. */
  static final String PROGRAM = "reference";

  /** No JIT compiler warms up here, only caches and the CPU's clock. */
  private static final int LONGEST_WARMUP_MILLIS = 100;

  private CReference() {}

  /**
   * Measures one cell in a process of its own.
   *
   * @throws dev.bpfgauge.model.Refusal where there is no C compiler, or it fails
   */
  static Outcome run(MapCell cell, Settings settings) {
    int[] filled = IntStream.range(0, cell.filled()).toArray();
    return CProgram.ofThisSession(PROGRAM, settings.log())
        .run(
            arguments(cell, settings),
            keys(filled, MapLoop.sequence(cell, filled, 0, settings.seed())),
            settings,
            line -> new Outcome.Measured(parse(line), null));
  }

  private static List<String> arguments(MapCell cell, Settings settings) {
    int cpus = cell.kind().perCpu() ? BpfMap.possibleCpus() : 1;
    return List.of(
        cell.operation().word(),
        cell.path().word(),
        Integer.toString(cell.kind().type()),
        Integer.toString(cell.mapFlags()),
        Integer.toString(cell.keyBytes()),
        Integer.toString(cell.valueBytes()),
        Integer.toString(cpus),
        Long.toString(cell.entries()),
        Integer.toString(cell.timedTogether()),
        Integer.toString(Math.min(LONGEST_WARMUP_MILLIS, settings.warmupMillis())),
        Integer.toString(settings.measureMillis()),
        Integer.toString(settings.measureIterations()),
        cell.runtime() == LoopRuntime.C_THREAD ? "1" : "0");
  }

  private static byte[] keys(int[] filled, int[] sequence) {
    ByteBuffer words =
        ByteBuffer.allocate(Integer.BYTES * (2 + filled.length + sequence.length))
            .order(ByteOrder.nativeOrder());
    words.putInt(filled.length).putInt(sequence.length);
    words.asIntBuffer().put(filled).put(sequence);
    return words.array();
  }

  /**
   * Reads the program's line.
   *
   * @throws IllegalArgumentException where it is not what {@code reference.c} prints
   */
  static Measurement parse(String line) {
    try {
      JsonNode json = Json.tree(line, PROGRAM);
      List<Double> iterations = new ArrayList<>();
      json.required("iterations").forEach(one -> iterations.add(one.asDouble()));
      Measurement measured =
          new Measurement(
              number(json, "median"),
              iterations,
              new Measurement.Batches(
                  (int) number(json, "batch"),
                  (long) number(json, "batches"),
                  number(json, "p50"),
                  number(json, "p90"),
                  number(json, "p99"),
                  number(json, "max")),
              (long) number(json, "operations"),
              null,
              null,
              new TreeMap<>(
                  Map.of(
                      Measurement.WITH_WAITS, number(json, "mean"),
                      Measurement.TURNS, number(json, "turns"))));
      return OwnCpu.with(measured, json.hasNonNull("own_cpu") ? number(json, "own_cpu") : null);
    } catch (Refusal | JacksonException | IllegalArgumentException e) {
      throw new IllegalArgumentException("not a result of the C runner: " + line.strip(), e);
    }
  }

  private static double number(JsonNode json, String name) {
    JsonNode value = json.required(name);
    if (!value.isNumber()) {
      throw new IllegalArgumentException(name + " is not a number");
    }
    return value.doubleValue();
  }
}
