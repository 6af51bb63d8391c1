package dev.bpfgauge.suite.tools;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Suite {@code tools}: what tools cost a host. The arms are the tools, off and on; the cells are
 * loads ({@link TargetLoad}), whose operations take longer while a tool looks on.
 */
public final class ToolsSuite implements Suite {
  public static final String NAME = "tools";

  /** The arm without any tool, which the others are compared with. */
  public static final String OFF = "off";

  /** All of them at once. */
  public static final String ALL = "all";

  /** Before the name of one of libbpf-tools. */
  public static final String PEER = "libbpf-tools:";

  /** What the programs of a tool take for an event that it counts. */
  static final String NANOS_PER_EVENT = "bpf_ns_per_event";

  /** Before a guest's kernel in the fingerprint. */
  private static final String KERNEL = "kernel ";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return "load";
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public Optional<Arms> arms() {
    return Optional.of(
        new Arms(
            "tool",
            "tools overhead",
            false,
            "What tracing tools cost this host",
            "What tracing tools cost",
            List.of()));
  }

  @Override
  public List<String> operationOrder() {
    return Arrays.stream(TargetLoad.values()).map(TargetLoad::word).toList();
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra("bpf_ns_per_op", "ns", "programs, for each operation", Better.LESS),
        new Extra(NANOS_PER_EVENT, "ns", "programs, for each event", Better.LESS),
        new Extra("bpf_ns_per_run", "ns", "programs, for each run", Better.LESS),
        new Extra("bpf_runs_per_op", "", "runs for each operation", Better.NEITHER),
        new Extra("events_seen", "", "events that the tool counted", Better.NEITHER),
        new Extra("events_lost", "", "events that it lost", Better.LESS),
        new Extra("events_per_op", "", "events for each operation", Better.NEITHER),
        new Extra("missed_runs", "", "runs that the kernel left out", Better.LESS),
        new Extra("tool_cpu_percent", "%", "CPU of the tool's process", Better.LESS),
        new Extra("tool_resident_bytes", "B", "memory of the tool's process", Better.LESS),
        new Extra("tool_map_bytes", "B", "memory of its maps", Better.LESS),
        new Extra("tool_program_bytes", "B", "memory of its programs", Better.LESS));
  }

  @Override
  public boolean isNamedByRun() {
    return false;
  }

  @Override
  public List<Choice> choices() {
    return List.of(new Choice(NAME, "  in tools overhead: --tools", ToolSpec.names()));
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(OFF, wanted.operations().stream().map(TargetLoad::ofWord).toList());
  }

  /**
   * There is none for a cell alone.
   *
   * @throws IllegalStateException always: it is measured with an arm's tools attached
   */
  @Override
  public Meter meter() {
    throw new IllegalStateException("loads are measured with an arm's tools attached");
  }

  @Override
  public Optional<Held.Holder> holder() {
    return Optional.of(
        new Held.Holder() {
          @Override
          public boolean isBeforeTheLoad() {
            return true;
          }

          @Override
          public Held hold(String label, Held.Ground ground)
              throws Held.UnavailableException, InterruptedException {
            List<String> all = ground.labels().stream().filter(ToolSpec.names()::contains).toList();
            long nanos = ground.injectNanos().getOrDefault(label, 0L);
            return ToolArm.attach(label, all, nanos, ground.folder(), ground.log());
          }

          @Override
          public void cleanUp(Path folder, Path work) {
            TargetLoad.cleanUp(folder);
          }
        });
  }

  /** The whole experiment: a load alone says nothing. */
  @Override
  public Optional<List<String>> command(Cell cell, RunInfo run) {
    List<String> words = new ArrayList<>(List.of("tools", "overhead"));
    if (run.inLab()) {
      run.fingerprint().keySet().stream()
          .filter(key -> key.startsWith(KERNEL) && !key.endsWith("parameters"))
          .forEach(key -> words.addAll(List.of("--kernel", key.substring(KERNEL.length()))));
    } else {
      words.addAll(List.of("-p", run.plan().arms().getFirst().profile()));
    }
    words.addAll(List.of("--rounds", Integer.toString(run.plan().rounds())));
    return Optional.of(words);
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    ToolCosts costs = new ToolCosts(evidence);
    List<Table> tables = costs.tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(
            Section.of(
                "tools",
                "Tools",
                Place.ANSWER,
                Map.of(
                    "tables",
                    tables,
                    "exhibits",
                    Stream.concat(
                            new ToolsOverTime(evidence).beforeAndAfter().stream(),
                            costs.costAgainstRate().stream())
                        .toList())));
  }

  /**
   * One of our tools by name, or all.
   *
   * @throws Refusal where there is none of that name
   */
  public static List<String> named(List<String> words) {
    List<String> tools = new ArrayList<>();
    for (String word : words) {
      if (word.equals(ALL)) {
        tools.addAll(ToolSpec.names());
      } else {
        tools.add(ToolSpec.of(word).name());
      }
    }
    return tools.stream().distinct().toList();
  }

  /**
   * The arms' labels, the one without tools first: it again (A/A), each tool alone, all, and the
   * same of libbpf-tools.
   *
   * @param tools ours
   * @param peers whether libbpf-tools are measured beside
   */
  public static List<String> arms(List<String> tools, boolean peers) {
    List<String> labels = new ArrayList<>(List.of(OFF, OFF + "#2"));
    labels.addAll(tools);
    if (tools.size() > 1) {
      labels.add(ALL);
    }
    if (peers) {
      tools.stream()
          .flatMap(tool -> ToolSpec.of(tool).peer().stream())
          .forEach(peer -> labels.add(PEER + peer.name()));
    }
    return labels;
  }

  /**
   * What an arm does, in words.
   *
   * @param tools what {@link #ALL} stands for
   */
  public static String description(String label, List<String> tools) {
    if (toolsOf(label, tools).isEmpty()) {
      return "no tool attached";
    }
    String who = label.startsWith(PEER) ? "libbpf-tools' " : "";
    return who
        + String.join(", ", toolsOf(label, tools))
        + " attached, an output a second ("
        + String.join(", ", printingAtTheEnd())
        + ": at the end)";
  }

  private static List<String> printingAtTheEnd() {
    List<String> names = new ArrayList<>();
    for (ToolSpec tool : ToolSpec.every()) {
      if (tool.output() == ToolSpec.Output.AT_THE_END) {
        names.add(tool.name());
      }
      tool.peer()
          .filter(peer -> peer.output() == ToolSpec.Output.AT_THE_END)
          .ifPresent(peer -> names.add(peer.name()));
    }
    return names;
  }

  /**
   * The tools of an arm, by name.
   *
   * @param tools what {@link #ALL} stands for
   */
  public static List<String> toolsOf(String label, List<String> tools) {
    String name = label.startsWith(PEER) ? label.substring(PEER.length()) : label;
    String bare = name.replaceAll("[#+].*", "");
    return bare.equals(OFF) ? List.of() : bare.equals(ALL) ? tools : List.of(bare);
  }

  /**
   * The cells of an arm: the loads that its tools trace; all of them without a tool, or with all.
   */
  public static List<Cell> cells(String label, List<TargetLoad> loads) {
    return loads.stream()
        .map(load -> cell(label, load))
        .filter(cell -> measures(label, cell))
        .toList();
  }

  static Cell cell(String label, TargetLoad load) {
    return new Cell(NAME, NAME + "." + load.word(), Map.of(), label);
  }

  /** Whether an arm measures a cell of the suite: its tools trace that load, or it has none. */
  public static boolean measures(String label, Cell cell) {
    List<String> tools = toolsOf(label, ToolSpec.names());
    return tools.isEmpty() || load(cell).isTracedBy(tools);
  }

  /** The load of a cell. */
  static TargetLoad load(Cell cell) {
    return TargetLoad.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }

  /** The names under which distributions have libbpf-tools' programs, the newest first. */
  public static List<String> peerPrograms() {
    return ToolSpec.all().stream()
        .flatMap(tool -> tool.peer().stream())
        .sorted(Comparator.comparing(ToolSpec.Peer::name))
        .flatMap(peer -> programs(peer).stream())
        .toList();
  }

  static List<String> programs(ToolSpec.Peer peer) {
    return List.of(peer.name() + "-libbpf", peer.name(), "bpf-" + peer.name());
  }

  /** Loads that some tools trace. */
  public static List<TargetLoad> loads(List<String> tools) {
    return Stream.of(TargetLoad.values()).filter(load -> load.isTracedBy(tools)).toList();
  }
}
