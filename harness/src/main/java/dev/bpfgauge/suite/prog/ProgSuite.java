package dev.bpfgauge.suite.prog;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.FingerprintPart;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The suite {@code prog}: programs of a user's own objects, loaded and run. Its arms are profiles,
 * kernels, or two versions of the objects.
 */
public final class ProgSuite implements Suite {
  public static final String NAME = ProgCell.SUITE;

  /** Of a cell in guests whose arms are versions: its kernel. */
  public static final String KERNEL = ProgCell.KERNEL;

  /** The folder of a run that has its objects. */
  public static final String OBJECTS = ObjectFiles.FOLDER;

  /** The arms of a run that compares two versions. */
  public static final String OLD = "old";

  public static final String NEW = "new";

  /** What a command that measures a cell again needs of the run's. */
  private static final Set<String> INPUT_OPTIONS =
      Set.of("--pcap", "--frames", "--data", "--ctx", "--map", "--set", "--shapes");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNamedByRun() {
    return false;
  }

  /** The folder of a run that has what its programs are given. */
  public static final String INPUTS = InputFiles.FOLDER;

  /** Of an attached program what it adds to an operation, of one run by calls what to these. */
  @Override
  public boolean isNet(Cell cell) {
    return cell.operation().equals(EnumWords.of(ProgCell.Task.EVENT))
        || cell.param(ProgCell.INPUT).equals(InputFiles.CONTEXT);
  }

  /** Whether a file of a run is a record alone, which no guest needs. */
  public static boolean isRecord(String file) {
    return file.equals(InputFiles.name(InputFiles.ASKED));
  }

  @Override
  public SortedMap<String, String> fingerprint(Path run) {
    SortedMap<String, String> parts = new TreeMap<>();
    InputFiles.told(run).ifPresent(told -> parts.put(FingerprintPart.INPUT.word(), told));
    return parts;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public Optional<Arms> arms() {
    return Optional.of(
        new Arms(
            "version",
            NAME,
            false,
            "What changed in these BPF programs",
            "programs of one's own",
            List.of(OLD, NEW)));
  }

  /** Where programs load has nothing to do with noise, and their runs take turns. */
  @Override
  public boolean needsQuiet() {
    return false;
  }

  @Override
  public List<String> operationOrder() {
    return EnumWords.all(ProgCell.Task.class);
  }

  @Override
  public List<Param> params() {
    return List.of(
        Param.of(ProgCell.OBJECT, object -> "of " + object),
        Param.of(ProgCell.PROGRAM, program -> program).telling(),
        Param.of(ProgCell.INPUT, packet -> packet).telling().among(Packet.words()),
        Param.named(ProgCell.SHAPE).telling(),
        Param.of(ProgCell.KERNEL, kernel -> "on " + kernel));
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(
        new Extra("insns", "", "instructions of the program", Better.NEITHER),
        new Extra("processed_insns", "", "instructions that the verifier walked", Better.LESS),
        new Extra("peak_states", "", "states remembered at once", Better.LESS),
        new Extra("total_states", "", "states remembered in all", Better.LESS),
        new Extra("stack_bytes", "B", "stack of its functions together", Better.LESS),
        new Extra("xlated_bytes", "B", "BPF code after the verifier", Better.LESS),
        new Extra("jited_bytes", "B", "machine code", Better.LESS),
        new Extra("base_ns", "ns", "the operation without the program", Better.LESS),
        new Extra("attached_ns", "ns", "the operation with the program", Better.LESS),
        new Extra("runtime_stats_ns", "ns", "a run, by the kernel's statistics", Better.LESS),
        new Extra(
            ProgramAlone.BY_STATISTICS,
            "",
            "1: the figure is that of the statistics",
            Better.NEITHER),
        new Extra("runs_per_op", "", "runs for each operation", Better.NEITHER),
        new Extra("command_ns", "ns", "a run of the load without the program", Better.LESS),
        new Extra("command_attached_ns", "ns", "a run of the load with the program", Better.LESS),
        new Extra("command_cpu_ns", "ns", "its CPU time without the program", Better.LESS),
        new Extra("command_attached_cpu_ns", "ns", "its CPU time with the program", Better.LESS),
        new Extra("made_by_", "", "1: this operation made the events", Better.NEITHER),
        new Extra("returned", "", "what the first run gave", Better.NEITHER),
        new Extra(ProgMeter.RETURNED, "", "how many single runs gave this value", Better.NEITHER),
        new Extra(
            "single_runs", "", "1: each run is a call, by the kernel's clock", Better.NEITHER));
  }

  /** Whether a cell is what the verifier does with a program, and not what a run costs. */
  public static boolean isOfTheVerifier(Cell cell) {
    return ProgCell.of(cell).task() == ProgCell.Task.LOAD;
  }

  /**
   * Runs a user's command once, before anything is measured.
   *
   * @throws Refusal where it fails or does not end, in its own words
   */
  public static void tryLoad(String command) throws InterruptedException {
    try {
      new CommandLoad(command, CommandLoad.LONGEST).run();
    } catch (CommandLoad.FailedException e) {
      throw Refusal.usage(e.reason());
    }
  }

  /** None by options of {@code run}: objects are named by a command of their own. */
  @Override
  public List<Cell> cells(Wanted wanted) {
    return List.of();
  }

  @Override
  public Meter meter() {
    return new ProgMeter();
  }

  @Override
  public Optional<InTurns> inTurns() {
    return Optional.of(new ProgTurns());
  }

  @Override
  public Optional<List<String>> command(Cell cell, RunInfo run) {
    List<String> words =
        new ArrayList<>(
            List.of(NAME, cell.param(ProgCell.OBJECT), "--program", cell.param(ProgCell.PROGRAM)));
    List<String> given = run.commandLine();
    for (int i = 0; i + 1 < given.size(); i++) {
      if (INPUT_OPTIONS.contains(given.get(i))) {
        words.addAll(given.subList(i, i + 2));
      }
    }
    ProgCell asked = ProgCell.of(cell);
    if (asked.task() == ProgCell.Task.EVENT && !asked.input().isEmpty()) {
      words.addAll(List.of("--load", asked.input()));
    }
    return Optional.of(words);
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new ProgTables(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(Section.of(NAME, "Programs", Place.ANSWER, Map.of("tables", tables)));
  }
}
