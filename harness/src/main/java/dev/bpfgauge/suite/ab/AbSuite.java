package dev.bpfgauge.suite.ab;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Program;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Held;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Suite {@code ab}: a command under two settings or more, which are the arms. */
public final class AbSuite implements Suite {
  public static final String NAME = "ab";
  private static final String COMMAND = "command";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNamedByRun() {
    return false;
  }

  @Override
  public boolean needsBpf() {
    return false;
  }

  @Override
  public boolean needsQuiet() {
    return false;
  }

  @Override
  public Duration longestFork(Path run) {
    return Experiment.in(run)
        .map(experiment -> Duration.ofSeconds(experiment.deadlineSeconds()))
        .orElse(Duration.ZERO);
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public String words(String operation) {
    return operation.equals(COMMAND) ? "the command" : operation;
  }

  @Override
  public Optional<Arms> arms() {
    return Optional.of(
        new Arms(
            "arm",
            NAME,
            false,
            "Two settings, held against each other",
            "What settings change",
            List.of()));
  }

  @Override
  public List<String> operationOrder() {
    return List.of(COMMAND);
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra("user_ns", "ns", "in user space", Better.LESS),
        new Extra("system_ns", "ns", "in the kernel", Better.LESS),
        new Extra("task_clock_ns", "ns", "on a CPU", Better.LESS),
        new Extra("resident_bytes", "B", "most memory of one process", Better.LESS),
        new Extra("minor_faults", "", "page faults without reading", Better.LESS),
        new Extra("major_faults", "", "page faults with reading", Better.LESS),
        new Extra("switches", "", "switches to others", Better.LESS),
        new Extra("migrations", "", "moves to another CPU", Better.LESS),
        new Extra("cycles", "", "cycles", Better.LESS),
        new Extra("instructions", "", "instructions", Better.LESS),
        new Extra("cache_misses", "", "cache misses", Better.LESS),
        new Extra("branch_misses", "", "branches guessed wrong", Better.LESS),
        new Extra(VariantHeld.METRIC, "", "by the command itself", Better.NEITHER),
        new Extra(VariantHeld.RUNS, "", "runs of the command", Better.NEITHER),
        new Extra(VariantHeld.LEFT, "", "processes left running, and ended", Better.LESS));
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return List.of(cell(""));
  }

  /** The command on an arm. */
  public static Cell cell(String label) {
    return new Cell(NAME, NAME + "." + COMMAND, Map.of(), label);
  }

  /**
   * There is none for a cell alone.
   *
   * @throws IllegalStateException always: a command is measured with an arm's settings in force
   */
  @Override
  public Meter meter() {
    throw new IllegalStateException("a command is measured with an arm's settings in force");
  }

  @Override
  public Optional<Held.Holder> holder() {
    return Optional.of(
        new Held.Holder() {
          @Override
          public boolean takesTurns(Path folder) {
            return of(folder).isOfCommandsAlone();
          }

          @Override
          public Held hold(String label, Held.Ground ground) throws Held.UnavailableException {
            return VariantHeld.hold(of(ground.folder()), label, ground);
          }

          @Override
          public void cleanUp(Path folder, Path work) {}
        });
  }

  private static Experiment of(Path folder) {
    return Experiment.in(folder)
        .orElseThrow(() -> Refusal.environment("%s has no %s".formatted(folder, Experiment.FILE)));
  }

  /** What is held against what is part of what is comparable. */
  @Override
  public SortedMap<String, String> fingerprint(Path run) {
    SortedMap<String, String> print = new TreeMap<>();
    Experiment.in(run)
        .ifPresent(it -> {
          print.put(
              "ab command",
              it.command().stream().map(Program::quoted).collect(Collectors.joining(" ")));
          it.arms().keySet().forEach(arm -> print.put("ab arm " + arm, it.told(arm)));
        });
    return print;
  }

  @Override
  public Optional<List<String>> command(Cell cell, RunInfo run) {
    return Optional.of(run.commandLine());
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    AbTables ab = new AbTables(evidence.analysis());
    List<Table> tables = ab.tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(
            Section.of(
                NAME,
                "A against B",
                Place.ANSWER,
                Map.of("answers", ab.answers(), "tables", tables, "notes", ab.notes())));
  }
}
