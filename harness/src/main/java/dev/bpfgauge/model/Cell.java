package dev.bpfgauge.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Benchmark × parameters × profile: the thing that gets one verdict.
 *
 * @param suite the suite, e.g. {@code maps}
 * @param benchmark suite and operation, e.g. {@code maps.lookup} or {@code floor.getppid}
 * @param params the benchmark's parameters by name, e.g. {@code map=hash}; values are never empty
 * @param profile the arm's label: a profile's name, with {@code #2} after a repeated one, e.g.
 *     {@code idle#2} in an A/A run
 */
public record Cell(
    String suite, String benchmark, SortedMap<String, String> params, String profile) {

  /** The suite of what every operation contains: measured along with the maps. */
  public static final String FLOOR = "floor";

  public Cell {
    params = Collections.unmodifiableSortedMap(new TreeMap<>(params));
  }

  public Cell(String suite, String benchmark, Map<String, String> params, String profile) {
    this(suite, benchmark, new TreeMap<>(params), profile);
  }

  /** The cell's name without its profile: equal for the arms of one comparison. */
  public String key() {
    if (params.isEmpty()) {
      return benchmark;
    }
    return params.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(",", benchmark + "[", "]"));
  }

  /** The benchmark without its suite: {@code lookup}. */
  public String operation() {
    return benchmark.substring(benchmark.indexOf('.') + 1);
  }

  /** {@code maps.lookup[entries=1024,map=hash]@cpu80}: stable, unique in a run. */
  public String id() {
    return key() + "@" + profile;
  }

  /** A parameter's value, or the empty string where the benchmark has no such parameter. */
  public String param(String name) {
    return params.getOrDefault(name, "");
  }

  /** The same benchmark and parameters on another arm. */
  public Cell on(String otherProfile) {
    return new Cell(suite, benchmark, params, otherProfile);
  }

  /** The same cell with one parameter set to another value. */
  public Cell with(String name, String value) {
    TreeMap<String, String> changed = new TreeMap<>(params);
    changed.put(name, value);
    return new Cell(suite, benchmark, changed, profile);
  }
}
