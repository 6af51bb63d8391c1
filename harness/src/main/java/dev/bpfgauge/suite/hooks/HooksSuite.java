package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.MapParams;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The suite {@code hooks}: what a program adds to the operation it hangs on. The cells' profile is
 * left empty; the plan puts them on its arms.
 */
public final class HooksSuite implements Suite {
  public static final String NAME = "hooks";

  /** One of each way into the kernel's code, for a first look at a kernel. */
  private static final List<String> MAIN_HOOKS =
      List.of("raw_tp", "tracepoint", "kprobe", "kretprobe", "fentry", "fexit", "xdp.run");

  /** The bodies that belong to them. */
  private static final List<String> MAIN_BODIES = List.of("empty", "counter");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return "hook";
  }

  @Override
  public String costOf() {
    return "what a program on a hook adds";
  }

  /** The operation without the program is subtracted. */
  @Override
  public boolean isNet(Cell cell) {
    return true;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public List<String> operationOrder() {
    return hooks();
  }

  @Override
  public List<Param> params() {
    return List.of(Param.of("body", what -> what + " body").telling(), MapParams.RUNTIME);
  }

  @Override
  public List<Extra> extras() {
    return Turns.extrasAnd(
        new Extra("base_ns", "ns", "the operation without the program", Better.LESS),
        new Extra("attached_ns", "ns", "the operation with the program", Better.LESS),
        new Extra("base_cpu_ns", "ns", "CPU time without the program", Better.LESS),
        new Extra("attached_cpu_ns", "ns", "CPU time with the program", Better.LESS),
        new Extra("base_softirq_percent", "%", "in soft interrupts, without", Better.NEITHER),
        new Extra("attached_softirq_percent", "%", "in soft interrupts, with", Better.NEITHER),
        new Extra("runtime_stats_ns", "ns", "a run, by the kernel's statistics", Better.LESS),
        new Extra("runs_per_op", "", "runs for each operation", Better.NEITHER),
        new Extra("missed_runs", "", "runs that the kernel left out", Better.LESS),
        new Extra("load_us", "µs", "loading the program", Better.LESS),
        new Extra("attach_us", "µs", "attaching it", Better.LESS),
        new Extra("detach_us", "µs", "detaching it", Better.LESS),
        new Extra("program_bytes", "B", "memory of the program", Better.LESS),
        new Extra("jited_bytes", "B", "its machine code", Better.LESS),
        new Extra("maps_bytes", "B", "memory of its maps", Better.LESS));
  }

  /** What it takes beside the common options. */
  private static final class Own {
    @Option(
        names = "--body",
        split = ",",
        paramLabel = "BODY",
        description =
            "Suite hooks: what the program does, see `list`. Default: empty, counter, hash,"
                + " ringbuf, printk.")
    List<String> bodies = List.of();
  }

  @Override
  public Optional<Object> ownOptions() {
    return Optional.of(new Own());
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(wanted.hooks(), wanted.own(Own.class).bodies);
  }

  @Override
  public List<Cell> usualInGuests(Wanted wanted) {
    List<String> bodies = wanted.own(Own.class).bodies;
    return cells(
        wanted.hooks().isEmpty() ? MAIN_HOOKS : wanted.hooks(),
        bodies.isEmpty() ? MAIN_BODIES : bodies);
  }

  /** As {@link #overview}, fewer and with the empty body alone. */
  @Override
  public List<Cell> glance() {
    return cells(List.of("raw_tp", "tracepoint", "uprobe", "kprobe", "fentry"), List.of("empty"));
  }

  @Override
  public List<Cell> inC(List<Cell> cells) {
    return references(cells);
  }

  @Override
  public Meter meter() {
    return new HooksMeter();
  }

  @Override
  public Optional<Meter> meterInC() {
    return Optional.of(new HooksInC());
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice("hooks", "--hook", hooks()), new Choice("bodies", "--body", bodies()));
  }

  @Override
  public List<String> options(Cell cell) {
    return List.of("--hook", cell.operation(), "--body", cell.param("body"));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Section> sections = new ArrayList<>();
    List<Table> costs = new HookCosts(evidence).tables();
    if (!costs.isEmpty()) {
      sections.add(Section.of("hooks", "Hooks", Place.COST, Map.of("tables", costs)));
    }
    List<Table> choice = new HookChoice(evidence).tables();
    if (!choice.isEmpty()) {
      sections.add(Section.of("hook-guide", "Which hook?", Place.ANSWER, Map.of("tables", choice)));
    }
    return sections;
  }

  /** Every word for a hook. */
  public static List<String> hooks() {
    return Hook.words();
  }

  /** Every word for what the program does. */
  public static List<String> bodies() {
    return Body.words();
  }

  /**
   * The cells asked for.
   *
   * @param hooks words of {@link #hooks()}; empty: all of them
   * @param bodies words of {@link #bodies()}; empty: the usual ones of each hook
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> hooks, List<String> bodies) {
    List<Body> wanted = bodies.stream().map(Body::ofWord).distinct().toList();
    List<Cell> cells = new ArrayList<>();
    for (Hook hook :
        (hooks.isEmpty() ? hooks() : hooks).stream().map(Hook::ofWord).distinct().toList()) {
      for (Body body : wanted.isEmpty() ? hook.usualBodies() : wanted) {
        cells.add(cell(hook, body));
      }
    }
    return cells;
  }

  /**
   * The hooks that tools use most, raw_tp and tracepoint also with a counter; of those that many
   * kernels refuse the empty body, so that a run says which this kernel has.
   */
  @Override
  public List<Cell> overview() {
    List<Cell> cells = new ArrayList<>();
    for (Hook hook : List.of(Hook.RAW_TP, Hook.TRACEPOINT)) {
      cells.add(cell(hook, Body.EMPTY));
      cells.add(cell(hook, Body.COUNTER));
    }
    for (Hook hook : List.of(Hook.TP_BTF, Hook.UPROBE, Hook.XDP_RUN, Hook.TC_RUN)) {
      cells.add(cell(hook, Body.EMPTY));
    }
    for (Hook hook :
        List.of(Hook.KPROBE, Hook.KRETPROBE, Hook.KPROBE_MULTI, Hook.FENTRY, Hook.FEXIT)) {
      cells.add(cell(hook, Body.EMPTY));
    }
    return cells;
  }

  /** The same in C of those among the cells that C does as well. */
  public static List<Cell> references(List<Cell> cells) {
    return cells.stream()
        .filter(cell -> cell.suite().equals(NAME))
        .filter(cell -> HooksInC.measures(hook(cell), body(cell)))
        .map(cell -> cell.with("runtime", LoopRuntime.C.word()))
        .toList();
  }

  static Cell cell(Hook hook, Body body) {
    return new Cell(NAME, NAME + "." + hook.word(), Map.of("body", body.word()), "");
  }

  /** The hook of a cell. */
  static Hook hook(Cell cell) {
    return Hook.ofWord(cell.benchmark().substring(NAME.length() + 1));
  }

  /** The body of a cell. */
  static Body body(Cell cell) {
    return Body.ofWord(cell.param("body"));
  }
}
