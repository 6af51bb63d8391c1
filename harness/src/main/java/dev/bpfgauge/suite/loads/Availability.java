package dev.bpfgauge.suite.loads;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.suite.hooks.HookLoads;
import dev.bpfgauge.suite.hooks.HooksSuite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What loads where: hooks, helpers and types of maps and programs, by kernel. From suite {@code
 * loads}; hooks also from suite {@code hooks}, where only that was measured.
 */
public final class Availability {

  private static final String HELPER = "helper_";
  private static final String WAY = "by_";
  private static final String YES = "yes";

  private final List<CellSummary> cells;

  /** Kernels: the lab's arms, or the one machine. */
  private final List<String> arms;

  public Availability(Evidence evidence) {
    this.arms = evidence.info().inLab() ? evidence.armLabels() : List.of(evidence.reference());
    this.cells =
        evidence.cells(c ->
            (c.suite().equals(HookLoads.NAME) || c.suite().equals(HooksSuite.NAME))
                && arms.contains(c.profile()));
  }

  /** Those with rows only; none where neither suite was measured. */
  public List<Table> tables() {
    return Stream.of(
            hooks(),
            helpers(),
            types("loads-programs", "Types of programs", "program_"),
            types("loads-maps", "Types of maps", "map_"))
        .filter(table -> !table.rows().isEmpty())
        .toList();
  }

  private Table hooks() {
    boolean one = arms.size() == 1;
    List<String> heads = new ArrayList<>(List.of("~Hook"));
    arms.forEach(arm -> heads.add("~" + arm));
    if (one) {
      heads.add("~Why not");
    }
    Table.Builder table =
        Table.of(
            "loads-hooks",
            "Hooks: loads, attaches, fires; tools: attached by",
            heads.toArray(String[]::new));
    for (String hook : hookNames()) {
      List<String> row = new ArrayList<>(List.of(hook));
      arms.forEach(arm -> row.add(state(hook, arm)));
      if (one) {
        row.add(
            seen(hook, arms.getFirst())
                .filter(cell -> cell.forks() == 0)
                .map(cell -> Words.sentence(cell.reason()))
                .orElse(""));
      }
      table.row(row.toArray());
    }
    return table.build();
  }

  private List<String> hookNames() {
    return cells.stream()
        .map(CellSummary::cell)
        .filter(c -> !c.benchmark().equals("loads.maps") && !c.benchmark().equals("loads.programs"))
        .sorted(java.util.Comparator.comparingInt(CellNames::operationRank))
        .map(CellNames::operation)
        .distinct()
        .toList();
  }

  private String state(String hook, String arm) {
    return seen(hook, arm)
        .map(cell -> cell.forks() > 0 ? how(cell) : Words.why(cell))
        .orElse(Words.NONE);
  }

  /** The way a tool took; of a hook, that it works. */
  private static String how(CellSummary cell) {
    return cell.extras().keySet().stream()
        .filter(key -> key.startsWith(WAY))
        .map(key -> key.substring(WAY.length()).replace("+", ", "))
        .findFirst()
        .orElse(YES);
  }

  /** A cell that loaded the hook's program, else one that says why not. */
  private Optional<CellSummary> seen(String hook, String arm) {
    List<CellSummary> its =
        cells.stream()
            .filter(c -> CellNames.operation(c.cell()).equals(hook))
            .filter(c -> c.cell().profile().equals(arm))
            .toList();
    return its.stream().filter(c -> c.forks() > 0).findFirst().or(() -> its.stream().findFirst());
  }

  /** Hooks whose programs may call the same helpers on every kernel share a column. */
  private Table helpers() {
    Map<Map<String, SortedSet<String>>, List<String>> columns = new LinkedHashMap<>();
    for (String hook : hookNames()) {
      Map<String, SortedSet<String>> there = byKernel(hook);
      if (!there.isEmpty()) {
        columns.computeIfAbsent(there, k -> new ArrayList<>()).add(hook);
      }
    }
    List<String> heads = new ArrayList<>(List.of("~Helper"));
    columns.values().forEach(hooks -> heads.add("~" + String.join(", ", hooks)));
    Table.Builder table =
        Table.of("loads-helpers", "Helpers a program may call", heads.toArray(String[]::new));
    for (String helper : names(HELPER)) {
      List<String> row = new ArrayList<>(List.of("bpf_" + helper.replaceFirst("^bpf_", "")));
      columns.keySet().forEach(there -> row.add(where(there, helper)));
      table.row(row.toArray());
    }
    return table.build();
  }

  /** Kernel → helpers, for the kernels that load the hook's program. */
  private Map<String, SortedSet<String>> byKernel(String hook) {
    Map<String, SortedSet<String>> there = new TreeMap<>();
    for (CellSummary cell : cells) {
      if (CellNames.operation(cell.cell()).equals(hook) && !names(cell, HELPER).isEmpty()) {
        SortedSet<String> may = new TreeSet<>(names(cell, HELPER));
        may.removeIf(helper -> cell.extras().getOrDefault(HELPER + helper, 0.0) == 0);
        there.put(cell.cell().profile(), may);
      }
    }
    return there;
  }

  private String where(Map<String, SortedSet<String>> there, String helper) {
    return where(
        arms.stream()
            .filter(arm -> there.getOrDefault(arm, new TreeSet<>()).contains(helper))
            .toList());
  }

  /** {@code yes} on all kernels, else their names. */
  private String where(List<String> on) {
    return on.isEmpty() ? Words.NONE : on.size() == arms.size() ? YES : String.join(", ", on);
  }

  private Table types(String id, String caption, String prefix) {
    Table.Builder table = Table.of(id, caption, "~Type", "~Loads");
    for (String type : names(prefix)) {
      table.row(
          type,
          where(
              answers()
                  .filter(cell -> cell.extras().getOrDefault(prefix + type, 0.0) > 0)
                  .map(cell -> cell.cell().profile())
                  .distinct()
                  .toList()));
    }
    return table.build();
  }

  /** The cells that were asked; what else a hook's cell measures may be named alike. */
  private Stream<CellSummary> answers() {
    return cells.stream().filter(cell -> RunAnalysis.isAnswer(cell.cell()));
  }

  private List<String> names(String prefix) {
    return answers().flatMap(cell -> names(cell, prefix).stream()).distinct().sorted().toList();
  }

  private static List<String> names(CellSummary cell, String prefix) {
    return cell.extras().keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }
}
