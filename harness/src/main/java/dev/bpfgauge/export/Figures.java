package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures that other programs are given: cells with at least one ok fork that are times or
 * counts, not answers.
 *
 * @param run the run
 * @param cells by cell, in plan order
 */
record Figures(RunInfo run, Map<Cell, CellSummary> cells) {

  static Figures of(RunData run) {
    Map<Cell, CellSummary> cells = new LinkedHashMap<>();
    RunAnalysis.of(run).cells().stream()
        .filter(cell -> cell.forks() > 0 && !RunAnalysis.isAnswer(cell.cell()))
        .forEach(cell -> cells.put(cell.cell(), cell));
    return new Figures(run.info(), cells);
  }

  /**
   * Of several runs, the oldest first.
   *
   * @throws Refusal where they count different things
   */
  static List<Figures> of(List<RunData> runs) {
    List<Figures> all =
        runs.stream()
            .map(Figures::of)
            .sorted(Comparator.comparing(figures -> figures.run().startedAt()))
            .toList();
    RunInfo first = all.getFirst().run();
    all.stream()
        .map(Figures::run)
        .filter(run -> !run.clock().equals(first.clock()))
        .findFirst()
        .ifPresent(other -> {
          throw Refusal.usage(
              "%s counts %s, %s counts %s: they do not belong in one file."
                  .formatted(first.id(), first.clock(), other.id(), other.clock()));
        });
    return all;
  }

  /** What is known of where the run was made from; empty where it is not. */
  String environment(String name) {
    return run.environment().getOrDefault(name, "");
  }
}
