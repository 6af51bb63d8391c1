package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import dev.bpfgauge.suite.mllb.Scheduler.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Suite {@code schedulers}: what a balancing rule is worth. The arms are schedulers, the cells
 * scenarios; an operation is the scenario's own.
 */
public final class SchedulersSuite implements Suite {
  public static final String NAME = "schedulers";

  /** sched_ext with the kernel's rule, which the others are compared with. */
  public static final String NATIVE = "scx-native";

  /** The kernel's own scheduler. */
  public static final String KERNEL = "kernel-native";

  /** The rule is the network that imitates the kernel. */
  public static final String LEARNED = "scx-ml";

  /** The rule is the network that learned from outcomes. */
  public static final String OUTCOME = "scx-ml-outcome";

  private static final List<String> ARMS =
      List.of(NATIVE, NATIVE + "#2", KERNEL, LEARNED, OUTCOME, "scx-never", "scx-always");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return "scenario";
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public Optional<Arms> arms() {
    return Optional.of(
        new Arms(
            "scheduler",
            "mllb compare",
            true,
            "What a learned load balancer is worth",
            "A learned load balancer against the native rule",
            List.of()));
  }

  @Override
  public List<String> operationOrder() {
    return Arrays.stream(Scenario.values()).map(Scenario::word).toList();
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra("throughput_per_s", "1/s", "work done", Better.MORE),
        new Extra("bogo_ops_per_s_", "1/s", "operations of a stressor", Better.MORE),
        new Extra("transactions_per_s", "1/s", "transactions", Better.MORE),
        new Extra("megabytes_per_s", "MB/s", "read and written", Better.MORE),
        new Extra("wakeup_", "ns", "how late a wake-up was", Better.LESS),
        new Extra("load_avg_1m", "", "tasks running or waiting, over a minute", Better.NEITHER),
        new Extra("load_", "ns", "latency of the load itself", Better.LESS),
        new Extra("context_switches_per_s", "1/s", "context switches", Better.NEITHER),
        new Extra("migrations_per_s", "1/s", "tasks that changed their CPU", Better.NEITHER),
        new Extra("queue_spread", "", "longest less shortest queue", Better.LESS),
        new Extra("queue_variance", "", "variance of the queues' lengths", Better.LESS),
        new Extra("idle_while_waiting_percent", "%", "a CPU idle, a task waiting", Better.LESS),
        new Extra("idle_percent", "%", "CPUs idle", Better.NEITHER),
        new Extra("cpu_percent", "%", "CPUs in use", Better.NEITHER),
        new Extra("decisions_per_s", "1/s", "decisions", Better.NEITHER),
        new Extra("decided_migrations_per_s", "1/s", "decisions to move", Better.NEITHER),
        new Extra("decision_ns", "ns", "one decision", Better.LESS),
        new Extra("agreement_percent", "%", "decided as the kernel's rule", Better.NEITHER),
        new Extra("native_yes_percent", "%", "moves by the kernel's rule", Better.NEITHER),
        new Extra("memory_used_bytes", "B", "memory in use", Better.LESS),
        new Extra("energy_joules", "J", "energy of the package", Better.LESS));
  }

  @Override
  public boolean isNamedByRun() {
    return false;
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(wanted.operations().stream().map(Scenario::ofWord).toList());
  }

  /**
   * There is none for a cell alone.
   *
   * @throws IllegalStateException always: it is measured with a scheduler in force
   */
  @Override
  public Meter meter() {
    throw new IllegalStateException("scenarios are measured with a scheduler in force");
  }

  @Override
  public Optional<Held.Holder> holder() {
    return Optional.of(
        new Held.Holder() {
          @Override
          public boolean isTheLoad() {
            return true;
          }

          @Override
          public Held hold(String label, Held.Ground ground) throws Held.UnavailableException {
            return SchedulerArm.of(label, ground);
          }

          @Override
          public void cleanUp(Path folder, Path work) {
            Scenario.cleanUp(work);
          }
        });
  }

  @Override
  public Optional<List<String>> command(Cell cell, RunInfo run) {
    List<String> words = new ArrayList<>(List.of("mllb", "compare", "--scenarios"));
    words.addAll(List.of(cell.operation(), "--rounds", Integer.toString(run.plan().rounds())));
    if (run.inLab()) {
      String kernel = run.fingerprint().getOrDefault("kernel", "");
      words.addAll(List.of("--kernel", kernel.replaceFirst("^(\\d+\\.\\d+).*", "$1")));
    }
    return Optional.of(words);
  }

  @Override
  public SortedMap<String, String> files(RunData run) {
    SortedMap<String, String> files = new TreeMap<>();
    String metrics = PerformanceMetrics.render(run);
    if (!metrics.isEmpty()) {
      files.put(PerformanceMetrics.FILE, metrics);
    }
    return files;
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Section> sections = new ArrayList<>();
    SchedulersCompared compared = new SchedulersCompared(evidence);
    if (compared.isThere()) {
      sections.add(
          Section.of(
              "schedulers",
              "Schedulers",
              Place.ANSWER,
              Map.of(
                  "sentences", compared.sentences(),
                  "exhibits", compared.exhibits(),
                  "tables", compared.tables(),
                  "overTime", compared.overTime())));
    }
    ModelCards networks = new ModelCards(evidence);
    if (!networks.tables().isEmpty()) {
      sections.add(
          Section.of(
              "networks-used",
              "Networks",
              Place.DETAIL,
              Map.of("sentences", networks.sentences(), "tables", networks.tables())));
    }
    return sections;
  }

  /**
   * The arms' labels, the reference first, once more for the A/A.
   *
   * @param outcome whether there is a second network
   */
  public static List<String> arms(boolean outcome) {
    return ARMS.stream().filter(arm -> outcome || !arm.equals(OUTCOME)).toList();
  }

  /** What an arm does, in words. */
  public static String description(String label) {
    return switch (label.replaceAll("#.*", "")) {
      case KERNEL -> "the kernel's own scheduler";
      case NATIVE -> "sched_ext, tasks move by the rule of can_migrate_task()";
      case LEARNED -> "sched_ext, tasks move as a network says that learned the kernel's decisions";
      case OUTCOME -> "sched_ext, tasks move as a network says that learned from outcomes";
      case "scx-never" -> "sched_ext, no task is ever moved to balance";
      default -> "sched_ext, each task that may run elsewhere is moved";
    };
  }

  /** The rule of an arm; empty for the kernel's own scheduler. */
  public static Optional<Rule> rule(String label) {
    return switch (label.replaceAll("#.*", "")) {
      case KERNEL -> Optional.empty();
      case NATIVE -> Optional.of(Rule.NATIVE);
      case LEARNED, OUTCOME -> Optional.of(Rule.LEARNED);
      case "scx-never" -> Optional.of(Rule.NEVER);
      case "scx-always" -> Optional.of(Rule.ALWAYS);
      default -> throw Refusal.option(NearestName.unknown("scheduler", label, ARMS));
    };
  }

  /** A cell for each scenario. */
  public static List<Cell> cells(List<Scenario> scenarios) {
    return scenarios.stream()
        .map(scenario -> new Cell(NAME, NAME + "." + scenario.word(), Map.of(), ""))
        .toList();
  }

  /** The scenario of a cell. */
  static Scenario scenario(Cell cell) {
    return Scenario.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }
}
