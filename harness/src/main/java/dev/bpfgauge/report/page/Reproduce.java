package dev.bpfgauge.report.page;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.events.EventWays;
import dev.bpfgauge.suite.hooks.Availability;
import dev.bpfgauge.suite.hooks.HookCosts;
import dev.bpfgauge.suite.mllb.SchedulersCompared;
import dev.bpfgauge.suite.tools.ToolCosts;
import dev.bpfgauge.suite.verifier.VerifierWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The command that measures a cell again. */
public final class Reproduce {
  private static final String KERNEL = "kernel ";

  private final Evidence evidence;

  Reproduce(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One line a benchmark and its parameters; the line runs all profiles of this run. */
  Table table() {
    Table.Builder table =
        Table.of("reproduce-lines", "One command for each cell", "~Cell", "~Command");
    Map<String, Cell> byKey = new LinkedHashMap<>();
    evidence.cells().forEach(c -> byKey.putIfAbsent(c.cell().key(), c.cell()));
    byKey.values().forEach(cell -> table.row(evidence.names().name(cell), command(cell)));
    return table.build();
  }

  String command(Cell cell) {
    RunInfo.PlanInfo plan = evidence.info().plan();
    List<String> words = new ArrayList<>(List.of("java", "-jar", "harness.jar"));
    if (cell.suite().equals(ToolCosts.SUITE)) {
      words.addAll(overhead());
      return quoted(words);
    }
    if (cell.suite().equals(SchedulersCompared.SUITE)) {
      words.addAll(
          List.of("mllb", "compare", "--scenarios", CellNames.operation(cell), "--rounds"));
      words.add(Integer.toString(plan.rounds()));
      if (evidence.info().inLab()) {
        words.addAll(List.of("--kernel", release()));
      }
      return quoted(words);
    }
    if (evidence.info().inLab()) {
      words.addAll(kernels());
      words.addAll(List.of("--mode", plan.mode().replaceFirst("^lab, ", "")));
    } else {
      words.addAll(List.of("run", "-p", arms().collect(Collectors.joining(","))));
    }
    if (!Evidence.isFloor(cell)) {
      words.addAll(List.of("--suite", cell.suite()));
      words.addAll(options(cell));
    }
    if (plan.mode().equals("quick") || plan.mode().equals("thorough")) {
      words.add("--" + plan.mode());
    }
    words.addAll(List.of("--rounds", Integer.toString(plan.rounds())));
    words.addAll(List.of("--seed", Long.toString(plan.seed())));
    return quoted(words);
  }

  /** The first two numbers of the guest's kernel: {@code 7.2}. */
  private String release() {
    return evidence
        .info()
        .fingerprint()
        .getOrDefault("kernel", "")
        .replaceFirst("^(\\d+\\.\\d+).*", "$1");
  }

  private Stream<String> arms() {
    return evidence.info().plan().arms().stream().map(RunInfo.ArmInfo::profile);
  }

  /** An arm of the lab is a kernel, or a kernel and a load: {@code 6.12 cpu80}. */
  private List<String> kernels() {
    List<String> loads =
        arms().map(arm -> arm.contains(" ") ? arm.replaceFirst(".* ", "") : "idle").toList();
    String first = loads.getFirst();
    List<String> kernels = arms().map(arm -> arm.replaceFirst(" .*", "")).toList();
    String booted =
        IntStream.range(0, kernels.size())
            .filter(i -> loads.get(i).equals(first))
            .mapToObj(kernels::get)
            .collect(Collectors.joining(","));
    List<String> words = new ArrayList<>(List.of("kernels", "run", "--kernels", booted));
    if (loads.stream().anyMatch(load -> !load.equals("idle"))) {
      words.addAll(List.of("-p", loads.stream().distinct().collect(Collectors.joining(","))));
    }
    return words;
  }

  /** The whole experiment: a load alone says nothing. */
  private List<String> overhead() {
    RunInfo info = evidence.info();
    List<String> words = new ArrayList<>(List.of("tools", "overhead"));
    if (info.inLab()) {
      info.fingerprint().keySet().stream()
          .filter(key -> key.startsWith(KERNEL) && !key.endsWith("parameters"))
          .forEach(key -> words.addAll(List.of("--kernel", key.substring(KERNEL.length()))));
    } else {
      words.addAll(List.of("-p", info.plan().arms().getFirst().profile()));
    }
    words.addAll(List.of("--rounds", Integer.toString(info.plan().rounds())));
    return words;
  }

  private static String quoted(List<String> words) {
    return words.stream().map(Reproduce::quoted).collect(Collectors.joining(" "));
  }

  /** What narrows a suite down to the cell, as far as options can. */
  private static List<String> options(Cell cell) {
    String operation = CellNames.operation(cell);
    List<String> words = new ArrayList<>();
    switch (cell.suite()) {
      case HookCosts.SUITE ->
          words.addAll(List.of("--hook", operation, "--body", cell.param("body")));
      case Availability.SUITE -> {
        if (!operation.matches("maps|programs|tool\\..*")) {
          words.addAll(List.of("--hook", operation));
        }
      }
      case VerifierWork.SUITE -> {
        if (!operation.equals("run")) {
          words.addAll(List.of("--op", operation, "--program-size", cell.param("size")));
        }
      }
      case EventWays.SUITE -> words.addAll(List.of("--op", operation, "--via", cell.param("via")));
      default -> {
        words.addAll(List.of("--op", operation));
        boolean seed = cell.suite().equals(Evidence.SEED);
        cell.params()
            .forEach((name, value) -> {
              if (!seed || name.equals("map")) {
                words.addAll(option(name, value));
              }
            });
      }
    }
    return words;
  }

  /** Every run has its C loops and its numbers of calls: they are no options. */
  private static List<String> option(String parameter, String value) {
    return switch (parameter) {
      case "runtime", "calls" -> List.of();
      case "key", "value" -> List.of("--" + parameter + "-size", value);
      default -> List.of("--" + parameter, value);
    };
  }

  /** Quoted for a POSIX shell where a word needs it. */
  public static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./,:=@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
