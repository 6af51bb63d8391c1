package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.Samples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the journal of a run in memory, one call a fork, as a session would. */
final class MadeJournal {
  private final List<RunInfo.ArmInfo> arms;
  private final List<ForkRecord> forks = new ArrayList<>();

  MadeJournal(String... arms) {
    this.arms =
        Arrays.stream(arms).map(arm -> new RunInfo.ArmInfo(arm, arm, "for a test", "")).toList();
  }

  static Cell cell(String benchmark, String arm, String... params) {
    TreeMap<String, String> map = new TreeMap<>();
    for (String param : params) {
      map.put(param.substring(0, param.indexOf('=')), param.substring(param.indexOf('=') + 1));
    }
    return new Cell(benchmark.substring(0, benchmark.indexOf('.')), benchmark, map, arm);
  }

  /** Forks so far: the next one's place in the plan. */
  int size() {
    return forks.size();
  }

  MadeJournal ok(int round, Cell cell, double nanosPerOp) {
    return ok(forks.size(), round, cell, nanosPerOp);
  }

  MadeJournal ok(int seq, int round, Cell cell, double nanosPerOp) {
    Measurement measurement =
        new Measurement(nanosPerOp, List.of(nanosPerOp, nanosPerOp), null, 1000, 0.0, null);
    return add(seq, round, cell, ForkStatus.OK, "", measurement);
  }

  /** One OK fork a round, from round 0. */
  MadeJournal rounds(Cell cell, double... nanosPerOp) {
    for (int round = 0; round < nanosPerOp.length; round++) {
      ok(round, cell, nanosPerOp[round]);
    }
    return this;
  }

  MadeJournal failed(int round, Cell cell, ForkStatus status, String reason) {
    return add(forks.size(), round, cell, status, reason, null);
  }

  MadeJournal add(
      int seq,
      int round,
      Cell cell,
      ForkStatus status,
      String reason,
      @Nullable Measurement measurement) {
    forks.add(
        new ForkRecord(
            seq, round, cell, status, reason, Instant.EPOCH, 0, 0, measurement, List.of()));
    return this;
  }

  RunData run() {
    RunInfo.PlanInfo plan =
        new RunInfo.PlanInfo(
            "default", List.of("maps"), arms, 5, forks.size(), 1, 1000, 1000, 0.03, null);
    RunInfo info =
        new RunInfo(
            RunInfo.FORMAT_VERSION,
            "test",
            Instant.EPOCH,
            null,
            0,
            RunInfo.Status.COMPLETE,
            "0",
            List.of(),
            plan,
            new TreeMap<>(Map.of()),
            new TreeMap<>(Map.of()),
            List.of(),
            List.of());
    return new RunData(info, forks, Samples.NONE);
  }
}
