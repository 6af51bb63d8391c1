package dev.bpfgauge.run;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Executes a plan: one supervised fork at a time, every outcome one journal row. What a fork, a
 * stressor or a profile does wrong is a row too; the rest goes on.
 */
final class Session {
  /** Forks in a row whose load was not there before the rest of their block is given up. */
  private static final int PATIENCE = 3;

  private static final String GAVE_UP =
      "not started: the load was not there for the " + PATIENCE + " forks before it";

  private final Plan plan;
  private final Journal journal;
  private final ArmState.Source states;
  private final Function<PlannedFork, Callable<Outcome>> forks;
  private final Duration deadline;
  private final RunClock clock;
  private final SessionListener listener;

  /** What the kernel refuses: it is not asked again in later rounds. */
  private final Map<Cell, ForkRecord> refused = new HashMap<>();

  private final Waits waits = new Waits();

  /** Forks in the journal, from earlier sessions of this run too. */
  private int finished;

  /**
   * @param states brings the machine in an arm's state
   * @param forks what measures one fork, started on a thread of its own
   * @param deadline of one fork
   */
  Session(
      Plan plan,
      Journal journal,
      ArmState.Source states,
      Function<PlannedFork, Callable<Outcome>> forks,
      Duration deadline,
      RunClock clock,
      SessionListener listener) {
    this.plan = plan;
    this.journal = journal;
    this.states = states;
    this.forks = forks;
    this.deadline = deadline;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Runs every fork of the plan whose position is not in {@code done}.
   *
   * @throws InterruptedException where the run was cancelled: the arm's load and power state are
   *     gone, the journal is whole, the fork that ran is not in it
   * @throws dev.bpfgauge.model.Refusal where the journal cannot be written any more
   */
  void run(Set<Integer> done) throws InterruptedException {
    List<PlannedFork> left =
        plan.forks().stream().filter(fork -> !done.contains(fork.seq())).toList();
    finished = plan.forks().size() - left.size();
    try {
      for (int at = 0; at < left.size(); ) {
        List<PlannedFork> block = blockAt(left, at);
        runBlock(block);
        at += block.size();
      }
    } finally {
      waits.sentence().ifPresent(listener::note);
    }
  }

  /** The forks that follow each other in one round on one arm: the load stays up for them. */
  private static List<PlannedFork> blockAt(List<PlannedFork> forks, int from) {
    PlannedFork first = forks.get(from);
    int to = from;
    while (to < forks.size()
        && forks.get(to).round() == first.round()
        && forks.get(to).cell().profile().equals(first.cell().profile())) {
      to++;
    }
    return forks.subList(from, to);
  }

  private void runBlock(List<PlannedFork> block) throws InterruptedException {
    ArmInfo arm = arm(block.getFirst().cell().profile());
    listener.arm(block.getFirst().round(), arm);
    try (ArmState state = states.enter(arm.label())) {
      state.notes().forEach(listener::note);
      int missedInARow = 0;
      for (PlannedFork fork : block) {
        if (missedInARow == PATIENCE) {
          new Row(fork).write(ForkStatus.LOAD_NOT_REACHED, GAVE_UP, null, List.of());
        } else {
          missedInARow = runFork(fork, state) ? 0 : missedInARow + 1;
        }
      }
      state.finish();
    } catch (ArmState.UnavailableException e) {
      for (PlannedFork fork : block) {
        new Row(fork).write(ForkStatus.UNAVAILABLE, e.reason(), null, List.of());
      }
    }
  }

  private ArmInfo arm(String label) {
    return plan.arms().stream().filter(arm -> arm.label().equals(label)).findFirst().orElseThrow();
  }

  /** Returns whether the load was there before the fork, as far as one was needed. */
  private boolean runFork(PlannedFork fork, ArmState state) throws InterruptedException {
    Row row = new Row(fork);
    ForkRecord known = refused.get(fork.cell());
    if (known != null) {
      row.write(known.status(), known.reason(), null, List.of());
      return true;
    }
    List<LoadCheck> before = state.before();
    if (!reached(before)) {
      row.write(ForkStatus.LOAD_NOT_REACHED, missed(before, state), null, before);
      return false;
    }
    ArmState.During during = state.during(fork.cell());
    ForkSupervisor.Ended<Outcome> ended = ForkSupervisor.supervise(forks.apply(fork), deadline);
    List<LoadCheck> load = Stream.concat(before.stream(), during.end().stream()).toList();
    switch (ended) {
      case ForkSupervisor.Returned<Outcome>(Outcome outcome) ->
          row.write(outcome, load, state.lastWords());
      case ForkSupervisor.TimedOut<Outcome>(Duration limit) ->
          row.write(
              ForkStatus.TIMEOUT,
              "the fork did not end within " + limit.toSeconds() + " s and was killed",
              null,
              load);
      case ForkSupervisor.Threw<Outcome>(Throwable cause) ->
          row.write(ForkStatus.CRASHED, String.valueOf(cause), null, load);
    }
    return true;
  }

  static boolean reached(List<LoadCheck> checks) {
    return checks.stream().allMatch(LoadCheck::reached);
  }

  /** With what the load's program said, where it has ended. */
  static String missed(List<LoadCheck> checks, ArmState state) {
    String words = state.lastWords();
    return missed(checks) + (words.isEmpty() ? "" : "; " + words);
  }

  static String missed(List<LoadCheck> checks) {
    return checks.stream()
        .filter(check -> !check.reached())
        .map(Session::missed)
        .collect(Collectors.joining("; "));
  }

  private static String missed(LoadCheck check) {
    if (check.what().equals(OwnShare.WHAT)) {
      return OwnShare.words(check);
    }
    return check.wanted() == 0
        ? String.format(
            Locale.ROOT,
            "%s %s the fork: wanted at most %.3g %s in use, seen %.4g",
            check.what(),
            check.when(),
            check.tolerance(),
            check.unit(),
            check.seen())
        : String.format(
            Locale.ROOT,
            "%s %s the fork: wanted %.4g ± %.3g %s, seen %.4g",
            check.what(),
            check.when(),
            check.wanted(),
            check.tolerance(),
            check.unit(),
            check.seen());
  }

  /** Forks whose figures hold a wait for a CPU. */
  private static final class Waits {
    private int forks;
    private int waited;
    private double least = Double.POSITIVE_INFINITY;

    void add(ForkRecord fork) {
      fork.load().stream()
          .filter(check -> check.what().equals(OwnShare.WHAT))
          .forEach(check -> {
            forks++;
            if (OwnShare.waited(check)) {
              waited++;
              least = Math.min(least, check.seen());
            }
          });
    }

    Optional<String> sentence() {
      return waited == 0
          ? Optional.empty()
          : Optional.of(
              String.format(
                  Locale.ROOT,
                  RunInfo.WAITED
                      + "%d of %d forks: a measuring thread had less"
                      + " than %.0f %% of what was its due (least: %.0f %% of a CPU), and its"
                      + " figure holds the wait",
                  waited,
                  forks,
                  100 * OwnShare.WAITED,
                  least));
    }
  }

  /** One journal row in the making: knows when its fork began. */
  private final class Row {
    private final PlannedFork fork;
    private final Instant startedAt = Instant.now();
    private final long startMillis = clock.millis();

    Row(PlannedFork fork) {
      this.fork = fork;
    }

    void write(Outcome outcome, List<LoadCheck> load, String lastWords) {
      LoadedState.Judged judged = LoadedState.judged(fork.cell(), outcome, load);
      boolean ended = judged.status() == ForkStatus.LOAD_NOT_REACHED && !lastWords.isEmpty();
      String reason = judged.reason() + (ended ? "; " + lastWords : "");
      write(judged.status(), reason, judged.measurement(), judged.load());
    }

    void write(
        ForkStatus status, String reason, @Nullable Measurement measurement, List<LoadCheck> load) {
      ForkRecord record =
          new ForkRecord(
              fork.seq(),
              fork.round(),
              fork.cell(),
              status,
              reason,
              startedAt,
              startMillis,
              clock.millis(),
              measurement,
              load);
      journal.append(record);
      waits.add(record);
      if (record.isKernelsRefusal()) {
        refused.putIfAbsent(record.cell(), record);
      }
      finished++;
      listener.fork(record, finished, plan.forks().size());
    }
  }
}
