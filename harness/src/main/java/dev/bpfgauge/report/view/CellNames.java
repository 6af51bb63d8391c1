package dev.bpfgauge.report.view;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.SuiteWords;
import dev.bpfgauge.model.SuiteWords.Param;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What cells are called and how they are ordered: an operation on a map, then only those parameters
 * that differ between cells of the run.
 */
public final class CellNames {
  private static final List<String> SUITES =
      SuiteWords.all().stream().map(SuiteWords::name).toList();

  /** All kinds of maps that some suite has. */
  private static final List<String> MAPS =
      SuiteWords.all().stream()
          .flatMap(suite -> suite.params().stream())
          .filter(param -> param.name().equals("map"))
          .flatMap(param -> param.values().stream())
          .distinct()
          .toList();

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
    return cell.operation();
  }

  /** {@code lookup on hash}, or {@code hook: raw_tp}, and what else distinguishes the cell. */
  public String name(Cell cell) {
    if (Evidence.isFloor(cell)) {
      return "floor: " + rung(cell);
    }
    String lead = suite(cell).map(SuiteWords::lead).orElse("");
    return (lead.isEmpty() ? "" : lead + ": ") + nameInSuite(cell);
  }

  /** An operation of the floor in words. */
  public static String rung(Cell cell) {
    return suite(cell).map(suite -> suite.words(cell.operation())).orElse(cell.operation());
  }

  private static Optional<SuiteWords> suite(Cell cell) {
    return SuiteWords.named(cell.suite());
  }

  /** The same where it is clear which suite is meant. */
  public String nameInSuite(Cell cell) {
    List<String> parts = new ArrayList<>();
    String runtime = parameter("runtime", cell.param("runtime"));
    if (!Evidence.isJava(cell) && !variant(cell).contains(runtime)) {
      parts.add(runtime);
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
    suite(cell).map(SuiteWords::mark).filter(mark -> !mark.isEmpty()).ifPresent(parts::add);
    cell.params()
        .forEach((name, value) -> {
          boolean differs =
              param(name).filter(Param::isTelling).isPresent()
                  || values.getOrDefault(name, new TreeSet<>()).size() > 1;
          if (!name.equals("map")
              && differs
              && !param(name).filter(it -> value.equals(it.usual())).isPresent()) {
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

  /** A parameter's value in words. */
  public static String parameter(String name, String value) {
    String number = value.matches("\\d{1,18}") ? Words.count(Long.parseLong(value)) : value;
    return param(name).map(it -> it.words().apply(number)).orElse(name + " " + number);
  }

  /** The values of those parameters without which nobody knows what was measured. */
  public static Stream<String> telling(Cell cell) {
    return cell.params().entrySet().stream()
        .filter(it -> param(it.getKey()).filter(Param::isTelling).isPresent())
        .map(Map.Entry::getValue);
  }

  private static Optional<Param> param(String name) {
    return SuiteWords.all().stream()
        .flatMap(suite -> suite.params().stream())
        .filter(param -> param.name().equals(name))
        .findFirst();
  }

  /** Suites, parameters, operations and maps as people list them, then arms as planned. */
  public Comparator<Cell> order(List<String> arms) {
    return Comparator.<Cell>comparingInt(cell -> rank(SUITES, cell.suite()))
        .thenComparing(Cell::suite)
        .thenComparing(this::variant, CellNames::compareNatural)
        .thenComparingInt(cell -> operationRank(cell))
        .thenComparing(CellNames::operation)
        .thenComparingInt(cell -> mapRank(cell.param("map")))
        .thenComparing(cell -> cell.param("map"))
        .thenComparing(cell -> !Evidence.isJava(cell))
        .thenComparing(Cell::key, CellNames::compareNatural)
        .thenComparingInt(cell -> rank(arms, cell.profile()));
  }

  /** Where the operation stands among those of its suite; higher than all for one not known. */
  public static int operationRank(Cell cell) {
    return suite(cell).map(it -> rank(it.operationOrder(), cell.operation())).orElse(0);
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
