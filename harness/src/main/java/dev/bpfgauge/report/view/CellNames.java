package dev.bpfgauge.report.view;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.page.Ladders;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.events.EventWays;
import dev.bpfgauge.suite.hooks.Availability;
import dev.bpfgauge.suite.hooks.HookCosts;
import dev.bpfgauge.suite.mllb.SchedulersCompared;
import dev.bpfgauge.suite.tools.ToolCosts;
import dev.bpfgauge.suite.verifier.VerifierWork;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What cells are called and how they are ordered: an operation on a map, then only those parameters
 * that differ between cells of the run.
 */
public final class CellNames {
  private static final List<String> OPERATIONS =
      List.of(
          "lookup",
          "lookup-miss",
          "update",
          "insert",
          "delete",
          "iterate",
          "batch-lookup",
          "batch-update",
          "batch-delete",
          "mmap-read",
          "push-pop",
          "peek",
          "reserve-submit",
          "get",
          "loop",
          "raw_tp",
          "tp_btf",
          "tracepoint",
          "kprobe",
          "kretprobe",
          "kprobe.multi",
          "fentry",
          "fexit",
          "uprobe",
          "uretprobe",
          "usdt",
          "perf_event",
          "xdp.run",
          "tc.run",
          "xdp.generic",
          "xdp.native",
          "tc.clsact",
          "tc.tcx",
          "cgroup_skb",
          "sock_ops",
          "sys_enter",
          "straight-line",
          "branches",
          "bounded-loop",
          "bpf-loop",
          "subprograms",
          "spills",
          "run",
          "throughput",
          "latency",
          "switch",
          "disk",
          "read",
          "send",
          "programs",
          "maps",
          "inference",
          "decision");
  private static final List<String> MAPS =
      List.of(
          "hash",
          "array",
          "percpu-hash",
          "percpu-array",
          "lru-hash",
          "lru-percpu-hash",
          "hash-no-prealloc",
          "lpm-trie",
          "queue",
          "stack",
          "bloom-filter",
          "ringbuf",
          "task-storage",
          "cgroup-storage");

  private static final String MLLB = "mllb";
  private static final List<String> SUITES =
      List.of(
          "maps",
          Cell.FLOOR,
          "kernel-maps",
          "hooks",
          "loads",
          "verifier",
          "events",
          "mllb",
          "tools",
          "maps-seed");
  private static final List<String> FLOOR = List.of("empty", "ffm", "getppid", "bpf");
  private static final Map<String, String> USUAL =
      Map.of("path", "libbpf", "runtime", "java", "sharing", "shared");

  /** Parameters without which nobody knows what was measured, even where they are the same. */
  private static final Set<String> TELLING =
      Set.of("program", "body", "size", "via", "net", "form");

  private final Map<Cell, String> variants = new HashMap<>();
  private final SortedMap<String, TreeSet<String>> values = new TreeMap<>();

  /** Parameters that every cell has; of operations on maps, where there are any. */
  private final Set<String> everywhere = new HashSet<>();

  public CellNames(Collection<Cell> cells) {
    List<Cell> onMaps = cells.stream().filter(cell -> !cell.param("map").isEmpty()).toList();
    Collection<Cell> alike = onMaps.isEmpty() ? cells : onMaps;
    alike.stream().findFirst().ifPresent(cell -> everywhere.addAll(cell.params().keySet()));
    alike.forEach(cell -> everywhere.retainAll(cell.params().keySet()));
    for (Cell cell : cells) {
      cell.params()
          .forEach((name, value) -> values.computeIfAbsent(name, n -> new TreeSet<>()).add(value));
    }
  }

  /** The operation: the benchmark without its suite. */
  public static String operation(Cell cell) {
    return cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
  }

  /** {@code lookup on hash}, or {@code hook: raw_tp}, and what else distinguishes the cell. */
  public String name(Cell cell) {
    if (Evidence.isFloor(cell)) {
      return "floor: " + Ladders.rung(cell);
    }
    return switch (cell.suite()) {
      case HookCosts.SUITE -> "hook: " + nameInSuite(cell);
      case VerifierWork.SUITE -> "verifier: " + nameInSuite(cell);
      case EventWays.SUITE -> "events: " + nameInSuite(cell);
      case MLLB -> "mllb: " + nameInSuite(cell);
      case SchedulersCompared.SUITE -> "scenario: " + nameInSuite(cell);
      case ToolCosts.SUITE -> "load: " + nameInSuite(cell);
      default -> nameInSuite(cell);
    };
  }

  /** The same where it is clear which suite is meant. */
  public String nameInSuite(Cell cell) {
    List<String> parts = new ArrayList<>();
    if (!Evidence.isJava(cell) && !variant(cell).contains(runtime(cell.param("runtime")))) {
      parts.add(runtime(cell.param("runtime")));
    }
    if (cell.suite().equals(Evidence.SEED)) {
      parts.add("founding loop");
      parts.add(parameter("calls", cell.param("calls")));
    }
    if (!variant(cell).isEmpty()) {
      parts.add(variant(cell));
    }
    String map = cell.param("map");
    return operation(cell)
        + (map.isEmpty() ? "" : " on " + map)
        + (parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")");
  }

  /**
   * The parameters that differ in this run, without the map: {@code by syscall, 4 threads}. What is
   * usual goes without saying.
   */
  public String variant(Cell cell) {
    return variants.computeIfAbsent(cell.on(""), this::variantOf);
  }

  private String variantOf(Cell cell) {
    List<String> parts = new ArrayList<>();
    if (cell.suite().equals("kernel-maps")) {
      parts.add("inside the kernel");
    }
    if (cell.suite().equals(Availability.SUITE)) {
      parts.add("loading");
    }
    cell.params()
        .forEach((name, value) -> {
          boolean differs =
              TELLING.contains(name) || values.getOrDefault(name, new TreeSet<>()).size() > 1;
          if (!name.equals("map") && differs && !value.equals(USUAL.get(name))) {
            parts.add(parameter(name, value));
          }
        });
    return String.join(", ", parts);
  }

  /** What all cells have in common: {@code 1 024 entries, path libbpf}. */
  public String constants() {
    List<String> parts = new ArrayList<>();
    values.forEach((name, seen) -> {
      if (!name.equals("map") && seen.size() == 1 && everywhere.contains(name)) {
        parts.add(parameter(name, seen.first()));
      }
    });
    return String.join(", ", parts);
  }

  public static String parameter(String name, String value) {
    String number = value.matches("\\d{1,18}") ? Words.count(Long.parseLong(value)) : value;
    return switch (name) {
      case "entries" -> number + " entries";
      case "calls" -> number + " calls";
      case "threads" -> number + (value.equals("1") ? " thread" : " threads");
      case "path" -> "by " + value;
      case "runtime" -> runtime(value);
      case "order" -> value + " keys";
      case "key" -> number + " B keys";
      case "value" -> number + " B values";
      case "fill" -> number + " % full";
      case "batch" -> "batches of " + number;
      case "keys" -> value + " keys";
      case "program" -> "in a program that may sleep";
      case "body" -> value + " body";
      case "sharing" -> value.equals("own") ? "a map each" : "one map";
      default -> name + " " + number;
    };
  }

  public static String runtime(String value) {
    return switch (value) {
      case "java" -> "Java";
      case "c" -> "C, one thread";
      case "c-thread" -> "C, second thread";
      case "java-and-c" -> "Java, by turns with C";
      default -> value;
    };
  }

  /** Suites, parameters, operations and maps as people list them, then arms as planned. */
  public Comparator<Cell> order(List<String> arms) {
    return Comparator.<Cell>comparingInt(cell -> rank(SUITES, cell.suite()))
        .thenComparing(Cell::suite)
        .thenComparing(this::variant, CellNames::compareNatural)
        .thenComparingInt(cell -> Evidence.isFloor(cell) ? floorRank(cell) : 0)
        .thenComparingInt(cell -> operationRank(cell))
        .thenComparing(CellNames::operation)
        .thenComparingInt(cell -> mapRank(cell.param("map")))
        .thenComparing(cell -> cell.param("map"))
        .thenComparing(cell -> !Evidence.isJava(cell))
        .thenComparing(Cell::key, CellNames::compareNatural)
        .thenComparingInt(cell -> rank(arms, cell.profile()));
  }

  /** The rung of the floor ladder, from 0; higher than all for one not known here. */
  public static int floorRank(Cell cell) {
    for (int i = 0; i < FLOOR.size(); i++) {
      if (operation(cell).startsWith(FLOOR.get(i))) {
        return i;
      }
    }
    return FLOOR.size();
  }

  /** Where the operation stands among those known; higher than all for one not known here. */
  public static int operationRank(Cell cell) {
    return rank(OPERATIONS, operation(cell));
  }

  public static int mapRank(String map) {
    return rank(MAPS, map);
  }

  private static int rank(List<String> known, String name) {
    int at = known.indexOf(name);
    return at < 0 ? known.size() : at;
  }

  /** Runs of digits compare as numbers: 1024 before 65536. */
  public static int compareNatural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (Character.isDigit(a.charAt(i)) && Character.isDigit(b.charAt(j))) {
        int endA = digitsEnd(a, i);
        int endB = digitsEnd(b, j);
        int order =
            new java.math.BigInteger(a.substring(i, endA))
                .compareTo(new java.math.BigInteger(b.substring(j, endB)));
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
      } else if (a.charAt(i) != b.charAt(j)) {
        return Character.compare(a.charAt(i), b.charAt(j));
      } else {
        i++;
        j++;
      }
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
