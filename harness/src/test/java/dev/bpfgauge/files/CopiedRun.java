package dev.bpfgauge.files;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A real run again in another results folder, with what a test wants to be different. */
public record CopiedRun(
    RunData run,
    Map<String, String> fingerprint,
    Map<String, String> environment,
    Duration later,
    Predicate<Cell> slowed,
    double factor) {

  public static CopiedRun of(RunFolder folder) {
    return of(folder.read());
  }

  public static CopiedRun of(RunData run) {
    return new CopiedRun(run, Map.of(), Map.of(), Duration.ZERO, cell -> false, 1);
  }

  public CopiedRun fingerprint(String name, String value) {
    return new CopiedRun(run, Map.of(name, value), environment, later, slowed, factor);
  }

  public CopiedRun from(String branch, String commit) {
    return new CopiedRun(
        run,
        fingerprint,
        Map.of("git branch", branch, "git commit", commit),
        later,
        slowed,
        factor);
  }

  public CopiedRun later(Duration by) {
    return new CopiedRun(run, fingerprint, environment, by, slowed, factor);
  }

  /** Every time of these cells multiplied. */
  public CopiedRun slowed(Predicate<Cell> cells, double by) {
    return new CopiedRun(run, fingerprint, environment, later, cells, by);
  }

  /** Leaves these cells out. */
  public CopiedRun without(Predicate<Cell> cells) {
    RunData rest =
        new RunData(
            run.info(),
            run.forks().stream().filter(fork -> !cells.test(fork.cell())).toList(),
            run.samples());
    return new CopiedRun(rest, fingerprint, environment, later, slowed, factor);
  }

  /** Writes it; the run's files are those that a session leaves. */
  public RunFolder into(Path results, String id) {
    RunFolder folder = RunFolder.create(results, id);
    folder.writeInfo(info(id));
    try (Journal journal = folder.journal()) {
      run.forks().forEach(fork -> journal.append(changed(fork)));
    }
    return folder;
  }

  /** run.json of the copy. */
  public RunInfo info(String id) {
    RunInfo info = run.info();
    return new RunInfo(
        info.formatVersion(),
        id,
        info.startedAt().plus(later),
        info.finishedAt() == null ? null : info.finishedAt().plus(later),
        info.elapsedMillis(),
        info.status(),
        info.bpfgaugeVersion(),
        info.commandLine(),
        info.plan(),
        merged(info.fingerprint(), fingerprint),
        merged(info.environment(), environment),
        info.capabilities(),
        info.notes());
  }

  private static SortedMap<String, String> merged(
      Map<String, String> usual, Map<String, String> other) {
    SortedMap<String, String> all = new TreeMap<>(usual);
    all.putAll(other);
    return all;
  }

  private ForkRecord changed(ForkRecord fork) {
    Measurement measured = fork.measurement();
    if (measured == null || !slowed.test(fork.cell())) {
      return fork;
    }
    return new ForkRecord(
        fork.seq(),
        fork.round(),
        fork.cell(),
        fork.status(),
        fork.reason(),
        fork.startedAt(),
        fork.startMillis(),
        fork.endMillis(),
        new Measurement(
            measured.meanNanosPerOp() * factor,
            measured.iterationNanosPerOp().stream().map(nanos -> nanos * factor).toList(),
            measured.batches(),
            measured.operations(),
            measured.bytesPerOp(),
            measured.pooledErrorNanos(),
            measured.extras()),
        fork.load());
  }
}
