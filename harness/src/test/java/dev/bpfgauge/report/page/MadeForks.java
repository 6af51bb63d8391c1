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
import org.jspecify.annotations.Nullable;

/** A run of forks that a test makes up one by one. */
public final class MadeForks {
  private static final RunData FRAME = SampleRuns.usual(1, 1);
  private final List<ForkRecord> forks = new ArrayList<>();

  public void measured(Cell cell, double nanos, Map<String, Double> extras) {
    add(
        cell,
        ForkStatus.OK,
        "",
        new Measurement(nanos, List.of(nanos), null, 1000, null, null).with(extras));
  }

  public void unavailable(Cell cell, String reason) {
    add(cell, ForkStatus.UNAVAILABLE, reason, null);
  }

  private void add(Cell cell, ForkStatus status, String reason, @Nullable Measurement measured) {
    int round = (int) forks.stream().filter(fork -> fork.cell().equals(cell)).count();
    forks.add(
        new ForkRecord(
            forks.size(),
            round,
            cell,
            status,
            reason,
            FRAME.forks().getFirst().startedAt(),
            1,
            2,
            measured,
            List.of()));
  }

  public RunData run() {
    return new RunData(FRAME.info(), forks, FRAME.samples(), List.of());
  }

  public Evidence evidence() {
    return new Evidence(RunAnalysis.of(run()));
  }

  public static List<String> texts(Table.Row row) {
    return row.cells().stream().map(Table.Datum::text).toList();
  }
}
