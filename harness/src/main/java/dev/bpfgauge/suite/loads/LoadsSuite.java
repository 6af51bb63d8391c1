package dev.bpfgauge.suite.loads;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import dev.bpfgauge.suite.hooks.HookLoads;
import dev.bpfgauge.suite.hooks.HooksSuite;
import dev.bpfgauge.suite.tools.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The suite {@code loads}: what a kernel takes, of hooks, helpers, types and tracing tools. */
public final class LoadsSuite implements Suite {
  @Override
  public String name() {
    return HookLoads.NAME;
  }

  @Override
  public String mark() {
    return "loading";
  }

  @Override
  public boolean isYesOrNo() {
    return true;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public List<String> operationOrder() {
    List<String> order = new ArrayList<>(HooksSuite.hooks());
    order.addAll(List.of(HookLoads.PROGRAMS_WORD, HookLoads.MAPS_WORD));
    return order;
  }

  @Override
  public List<Extra> extras() {
    List<Extra> extras =
        new ArrayList<>(
            List.of(
                new Extra(
                    "helper_", "", "1: programs of this hook may call the helper", Better.NEITHER),
                new Extra("map_", "", "1: maps of this type can be created", Better.NEITHER),
                new Extra("program_", "", "1: programs of this type can be loaded", Better.NEITHER),
                new Extra("by_", "", "1: the tool attached by these hooks", Better.NEITHER),
                new Extra("runs_per_op", "", "runs for each operation", Better.NEITHER)));
    ToolSpec.every().forEach(tool -> extras.addAll(tool.extras()));
    extras.add(new Extra("events_lost", "", "events that the tool lost", Better.LESS));
    return extras;
  }

  /**
   * The cells asked for.
   *
   * @throws Refusal where a hook's word is wrong
   */
  @Override
  public List<Cell> cells(Wanted wanted) {
    return ToolLoads.cells(wanted.hooks());
  }

  @Override
  public List<Cell> usualInGuests(Wanted wanted) {
    return cells(wanted);
  }

  @Override
  public Meter meter() {
    return new ToolLoads();
  }

  @Override
  public List<String> options(Cell cell) {
    return HookLoads.isHook(cell) ? List.of("--hook", cell.operation()) : List.of();
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new Availability(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(Section.of("loads", "What loads where", Place.ANSWER, Map.of("tables", tables)));
  }
}
