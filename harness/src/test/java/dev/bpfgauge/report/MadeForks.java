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
import org.jspecify.annotations.Nullable;

/** A run of forks that a test makes up one by one. */
final class MadeForks {
  private static final RunData FRAME = SampleRuns.usual(1, 1);
  private final List<ForkRecord> forks = new ArrayList<>();

  void measured(Cell cell, double nanos, Map<String, Double> extras) {
    add(
        cell,
        ForkStatus.OK,
        "",
        new Measurement(nanos, List.of(nanos), null, 1000, null, null).with(extras));
  }

  void unavailable(Cell cell, String reason) {
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

  RunData run() {
    return new RunData(FRAME.info(), forks, FRAME.samples(), List.of());
  }

  Evidence evidence() {
    return new Evidence(RunAnalysis.of(run()));
  }

  static List<String> texts(Table.Row row) {
    return row.cells().stream().map(Table.Datum::text).toList();
  }
}
