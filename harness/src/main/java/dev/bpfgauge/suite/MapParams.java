package dev.bpfgauge.suite;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords.Param;
import java.util.ArrayList;
import java.util.List;

/** Parameters of cells that call maps, for the suites that have them. */
public final class MapParams {
  public static final Param ENTRIES = Param.of("entries", n -> n + " entries");
  public static final Param KEY = Param.of("key", n -> n + " B keys");
  public static final Param VALUE = Param.of("value", n -> n + " B values");
  public static final Param FILL = Param.of("fill", n -> n + " % full");
  public static final Param THREADS =
      Param.of("threads", n -> n + (n.equals("1") ? " thread" : " threads"));
  public static final Param PATH = Param.of("path", way -> "by " + way).usually("libbpf");
  public static final Param RUNTIME = Param.of("runtime", MapParams::runtime).usually("java");

  private MapParams() {}

  /** The kinds of a suite in reading order; they stand in a cell's name by themselves. */
  public static Param maps(List<String> kinds) {
    return Param.named("map").among(kinds);
  }

  /** The options of {@code run} for a cell; what is none is part of each run, such as C loops. */
  public static List<String> options(Cell cell) {
    List<String> words = new ArrayList<>(List.of("--op", cell.operation()));
    cell.params()
        .forEach((name, value) -> {
          switch (name) {
            case "map", "path", "entries", "fill", "threads", "sharing", "order", "batch" ->
                words.addAll(List.of("--" + name, value));
            case "key", "value" -> words.addAll(List.of("--" + name + "-size", value));
            default -> {}
          }
        });
    return words;
  }

  private static String runtime(String value) {
    return switch (value) {
      case "java" -> "Java";
      case "c" -> "C, one thread";
      case "c-thread" -> "C, second thread";
      default -> value;
    };
  }
}
