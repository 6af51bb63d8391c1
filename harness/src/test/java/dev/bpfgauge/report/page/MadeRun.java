package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run put together fork by fork; everything else is as in {@link SampleRuns}. */
public final class MadeRun {
  private final List<ForkRecord> forks = new ArrayList<>();

  public static Cell cell(String benchmark, Map<String, String> params) {
    return new Cell(benchmark.substring(0, benchmark.indexOf('.')), benchmark, params, "idle");
  }

  /** One fork a round, each with that mean. */
  public MadeRun ok(Cell cell, double... nanos) {
    for (int round = 0; round < nanos.length; round++) {
      ok(round, cell, new Measurement(nanos[round], List.of(nanos[round]), null, 10, null, null));
    }
    return this;
  }

  public MadeRun ok(int round, Cell cell, Measurement measurement) {
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

  public RunData run() {
    RunData usual = SampleRuns.usual(1, 1);
    return new RunData(usual.info(), forks, usual.samples(), List.of());
  }

  Evidence evidence() {
    return new Evidence(RunAnalysis.of(run()));
  }

  public static List<String> texts(Table.Row row) {
    return row.cells().stream().map(Table.Datum::text).toList();
  }
}
