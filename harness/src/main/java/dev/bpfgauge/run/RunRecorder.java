package dev.bpfgauge.run;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.Status;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A run's folder while it is measured: run.json says that it runs, the journal goes on where it
 * was, and the folder is valid and derived from at the end, however that comes.
 */
public final class RunRecorder {
  /** Ends that a resumed run keeps. */
  private static final Set<ForkStatus> NOT_REPEATED =
      Set.of(ForkStatus.OK, ForkStatus.REFUSED, ForkStatus.UNAVAILABLE);

  private final RunFolder folder;
  private final int planned;
  private final MeasuredRun.ListenerFactory listeners;
  private final Info info;
  private final Consumer<RunFolder> derive;

  /** Makes run.json; asked at the start and at the end. */
  public interface Info {
    RunInfo of(@Nullable Instant finishedAt, long elapsedMillis, Status status);
  }

  /**
   * While it goes on.
   *
   * @param done numbers of forks that are not measured again
   */
  public record Recording(
      Journal journal, SessionListener listener, RunClock clock, Set<Integer> done) {}

  /** Measures; returns whether it was interrupted. */
  public interface Measuring {
    boolean measure(Recording recording);
  }

  /**
   * @param planned forks in any case
   * @param derive writes the files that follow from the run, at its end, also when cancelled
   */
  public RunRecorder(
      RunFolder folder,
      int planned,
      MeasuredRun.ListenerFactory listeners,
      Info info,
      Consumer<RunFolder> derive) {
    this.folder = folder;
    this.planned = planned;
    this.listeners = listeners;
    this.info = info;
    this.derive = derive;
  }

  /**
   * Measures what has no row yet, or failed.
   *
   * @param status of a run that was not interrupted, by its rows
   */
  public MeasuredRun.Result record(Measuring measuring, Function<List<ForkRecord>, Status> status) {
    folder.writeInfo(info.of(null, 0, Status.RUNNING));
    List<ForkRecord> earlier = folder.read().forks();
    Set<Integer> done =
        earlier.stream()
            .filter(fork -> NOT_REPEATED.contains(fork.status()))
            .map(ForkRecord::seq)
            .collect(Collectors.toSet());
    RunClock clock =
        RunClock.startingAt(earlier.stream().mapToLong(ForkRecord::endMillis).max().orElse(0));
    SessionListener told = listeners.create(Math.max(done.size(), planned), done.size());
    try (Cancellation cancellation = new Cancellation();
        Journal journal = folder.journal()) {
      boolean interrupted;
      try (SessionListener listener = told) {
        interrupted = measuring.measure(new Recording(journal, listener, clock, done));
        Thread.interrupted(); // What is written now must not be cut off.
      }
      Status ended = interrupted ? Status.INTERRUPTED : status.apply(folder.read().forks());
      folder.writeInfo(info.of(Instant.now(), clock.millis(), ended));
      cancellation.safe(folder.leftToDo());
      derive.accept(folder);
      return new MeasuredRun.Result(folder, ended);
    }
  }
}
