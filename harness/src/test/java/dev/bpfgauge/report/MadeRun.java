package dev.bpfgauge.report;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.ForkRecord;
import dev.bpfgauge.results.ForkStatus;
import dev.bpfgauge.results.Measurement;
import dev.bpfgauge.results.RunData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run put together fork by fork; everything else is as in {@link SampleRuns}. */
final class MadeRun {
  private final List<ForkRecord> forks = new ArrayList<>();

  static Cell cell(String benchmark, Map<String, String> params) {
    return new Cell(benchmark.substring(0, benchmark.indexOf('.')), benchmark, params, "idle");
  }

  /** One fork a round, each with that mean. */
  MadeRun ok(Cell cell, double... nanos) {
    for (int round = 0; round < nanos.length; round++) {
      ok(round, cell, new Measurement(nanos[round], List.of(nanos[round]), null, 10, null, null));
    }
    return this;
  }

  MadeRun ok(int round, Cell cell, Measurement measurement) {
    ForkRecord any = SampleRuns.usual(1, 1).forks().getFirst();
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            cell,
            ForkStatus.OK,
            "",
            any.startedAt(),
            1,
            2,
            measurement,
            List.of()));
    return this;
  }

  RunData run() {
    RunData usual = SampleRuns.usual(1, 1);
    return new RunData(usual.info(), forks, usual.samples(), List.of());
  }

  Evidence evidence() {
    return new Evidence(RunAnalysis.of(run()));
  }

  static List<String> texts(Table.Row row) {
    return row.cells().stream().map(Table.Datum::text).toList();
  }
}
