package dev.bpfgauge.suite.counters;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a count is kept; each is a program of bpf/counters/counters.bpf.c. */
enum CounterKind {
  GLOBAL_ATOMIC("a global variable, by an atomic addition", null),
  ARRAY_ATOMIC("an array’s element, by an atomic addition", "in_array"),
  HASH_ATOMIC("a hash’s element, by an atomic addition", "in_hash"),
  CGROUP_STORAGE("storage of the control group, by an atomic addition", "of_cgroup"),
  PERCPU_ARRAY("a per-CPU array’s element", "in_percpu_array"),
  PERCPU_HASH("a per-CPU hash’s element", "in_percpu_hash"),
  /** A global array of cache lines, without a per-CPU map. */
  GLOBAL_PER_CPU("a global array with a cache line for each CPU", null),
  TASK_STORAGE("storage of the thread, which ends with it", "of_task"),
  /** What goes wrong without any of that; its loss is counted. */
  GLOBAL_PLAIN("a global variable, not atomic", null),
  /** No counter: the loop alone, which all are held against. */
  LOOP("the loop alone", null);

  private final String what;
  private final @Nullable String map;

  CounterKind(String what, @Nullable String map) {
    this.what = what;
    this.map = map;
  }

  /** What is added to, and how. */
  String what() {
    return what;
  }

  /** The map that it lives in; none for global variables. */
  @Nullable String map() {
    return map;
  }

  /** Each CPU has a count of its own, and who reads adds them up. */
  boolean isPerCpu() {
    return this == PERCPU_ARRAY || this == PERCPU_HASH || this == GLOBAL_PER_CPU;
  }

  /** It lives with what the program runs for, and is read by a program. */
  boolean isStorage() {
    return this == CGROUP_STORAGE || this == TASK_STORAGE;
  }

  /** No addition may be lost. */
  boolean isExact() {
    return this != GLOBAL_PLAIN;
  }

  String word() {
    return EnumWords.of(this);
  }

  String program() {
    return this == LOOP ? "bare" : name().toLowerCase(Locale.ROOT);
  }

  /** The same without the addition. */
  String empty() {
    return switch (this) {
      case GLOBAL_ATOMIC, GLOBAL_PLAIN, LOOP -> "bare";
      default -> "empty";
    };
  }

  static List<String> words() {
    return Arrays.stream(values()).map(CounterKind::word).toList();
  }

  /** Whether a cell is of it, whatever wrote the cell. */
  boolean is(Cell cell) {
    return cell.operation().equals(word());
  }

  /**
   * The kind of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static CounterKind ofWord(String word) {
    return EnumWords.parse(CounterKind.class, "operation", word);
  }
}
