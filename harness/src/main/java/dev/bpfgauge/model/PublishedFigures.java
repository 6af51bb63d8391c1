package dev.bpfgauge.model;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The map times that a 2024 comparison of map types published: seconds for one loop of 1023 calls,
 * on a virtual machine with 8 CPUs and a 5.x kernel. Nothing is said there about spread or
 * repetitions.
 *
 * <p>Its maps were filled by a program on {@code raw_syscalls/sys_enter}, which therefore ran
 * inside every timed call, and each per-CPU call had a {@code malloc}, a {@code free} and a walk
 * over all CPUs' values around it: the figures are not those of the map operation alone.
 */
public final class PublishedFigures {

  /** Where the figures come from, for the report. */
  public static final String SOURCE =
      "the 2024 comparison of map types (docs/method.md), test cases 1, 2 and 4";

  /** Calls in one of its timings. */
  public static final int CALLS = 1023;

  /** Its maps, by our names, in the order of its tables' columns. */
  public static final List<String> MAPS = List.of("hash", "array", "percpu-array", "percpu-hash");

  /** Its operations; its "insert" writes keys that are mostly there already. */
  public static final List<String> OPERATIONS = List.of("lookup", "insert", "delete");

  /**
   * One of its tables.
   *
   * @param load the load in its words, translated
   * @param profile the profile here that comes closest
   * @param rows the figures
   */
  public record Table(String load, String profile, List<Row> rows) {}

  /**
   * One row: seconds for {@value #CALLS} calls.
   *
   * @param operation one of {@link #OPERATIONS}
   * @param seconds one figure for each of {@link #MAPS}
   */
  public record Row(String operation, List<Double> seconds) {}

  /** The published tables. P-states and C-states on were said to differ "almost not" from off. */
  public static final List<Table> TABLES =
      List.of(
          new Table(
              "CPU use 80 % (stress-ng --cpu 8 --cpu-load 80)",
              "cpu80",
              List.of(
                  new Row("lookup", List.of(0.001882, 0.001717, 0.009763, 0.009444)),
                  new Row("insert", List.of(0.001819, 0.002745, 0.007086, 0.006651)),
                  new Row("delete", List.of(0.002188, 0.002347, 0.009136, 0.006414)))),
          new Table(
              "memory use 75 % (stress-ng --vm 1 --vm-bytes 90%)",
              "mem75",
              List.of(
                  new Row("lookup", List.of(0.001758, 0.001700, 0.005549, 0.005642)),
                  new Row("insert", List.of(0.001789, 0.001766, 0.005167, 0.004338)),
                  new Row("delete", List.of(0.001883, 0.001713, 0.004995, 0.004220)))),
          new Table(
              "P-states and C-states off",
              "cstates-off",
              List.of(
                  new Row("lookup", List.of(0.001664, 0.001671, 0.005664, 0.005544)),
                  new Row("insert", List.of(0.001643, 0.001728, 0.005067, 0.004389)),
                  new Row("delete", List.of(0.001506, 0.001645, 0.004862, 0.004152)))));

  private PublishedFigures() {}

  /** Seconds for {@value #CALLS} calls, where the document has a figure. */
  public static OptionalDouble seconds(String profile, String operation, String map) {
    int column = MAPS.indexOf(map);
    if (column < 0) {
      return OptionalDouble.empty();
    }
    return TABLES.stream()
        .filter(table -> table.profile().equals(profile))
        .flatMap(table -> table.rows().stream())
        .filter(row -> row.operation().equals(operation))
        .mapToDouble(row -> row.seconds().get(column))
        .findFirst();
  }
}
