package dev.bpfgauge.run;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.measure.Windows;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.CpuWaits;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.InTurns.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
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
  private final Function<List<PlannedFork>, Callable<List<Taken>>> processes;
  private final Duration deadline;
  private final RunClock clock;
  private final SessionListener listener;
  private final Further further;

  /** What the kernel refuses: it is not asked again in later rounds. */
  private final Map<Cell, ForkRecord> refused = new HashMap<>();

  /** Of this session. */
  private final List<ForkRecord> written = new ArrayList<>();

  /** Forks in the journal, from earlier sessions of this run too. */
  private int finished;

  /** How many there will be, as far as is known. */
  private int expected;

  /** Which cells go on in the rounds after those that are measured in any case. */
  interface Further {
    /**
     * Asked once for each such round, before its first fork.
     *
     * @param round from 0
     * @return the cells whose processes are measured; none ends the session
     */
    Set<Cell> in(int round);
  }

  /**
   * @param states brings the machine in an arm's state
   * @param forks what measures one fork, started on a thread of its own
   * @param processes what measures forks that take turns in one process: what became of each, in
   *     the same order
   * @param deadline of one fork
   * @param further asked where the plan goes on after its rounds
   */
  Session(
      Plan plan,
      Journal journal,
      ArmState.Source states,
      Function<PlannedFork, Callable<Outcome>> forks,
      Function<List<PlannedFork>, Callable<List<Taken>>> processes,
      Duration deadline,
      RunClock clock,
      SessionListener listener,
      Further further) {
    this.plan = plan;
    this.journal = journal;
    this.states = states;
    this.forks = forks;
    this.processes = processes;
    this.deadline = deadline;
    this.clock = clock;
    this.listener = listener;
    this.further = further;
  }

  /**
   * Runs every fork of the plan whose position is not in {@code done}, as far as the plan goes.
   *
   * @throws InterruptedException where the run was cancelled: the arm's load and power state are
   *     gone, the journal is whole, the fork that ran is not in it
   * @throws dev.bpfgauge.model.Refusal where the journal cannot be written any more
   */
  void run(Set<Integer> done) throws InterruptedException {
    List<PlannedFork> left =
        plan.forks().stream().filter(fork -> !done.contains(fork.seq())).toList();
    finished = plan.forks().size() - left.size();
    expected = Math.max(finished, plan.inAnyCase().size());
    try {
      for (int round : left.stream().map(PlannedFork::round).distinct().toList()) {
        List<PlannedFork> due = left.stream().filter(fork -> fork.round() == round).toList();
        if (round >= plan.rounds()) {
          Set<Cell> cells = further.in(round);
          if (cells.isEmpty()) {
            break;
          }
          due = Plan.withCompany(due, cells);
          expected = finished + due.size();
        }
        runRound(due);
      }
    } finally {
      CpuWaits.of(written).sentence().ifPresent(listener::note);
    }
  }

  private void runRound(List<PlannedFork> due) throws InterruptedException {
    Map<Integer, Set<String>> armsOf = armsOf(due);
    for (int at = 0; at < due.size(); ) {
      List<PlannedFork> block = blockAt(due, at, armsOf);
      if (isShared(block.getFirst(), armsOf)) {
        runShared(block);
      } else {
        runBlock(block);
      }
      at += block.size();
    }
  }

  /** Process → the arms that it sees. */
  private static Map<Integer, Set<String>> armsOf(List<PlannedFork> forks) {
    Map<Integer, Set<String>> arms = new HashMap<>();
    for (PlannedFork fork : forks) {
      if (fork.process() != null) {
        arms.computeIfAbsent(fork.process(), _ -> new LinkedHashSet<>()).add(fork.cell().profile());
      }
    }
    return arms;
  }

  /** Whether a fork's process sees several arms. */
  private static boolean isShared(PlannedFork fork, Map<Integer, Set<String>> armsOf) {
    return fork.process() != null && armsOf.getOrDefault(fork.process(), Set.of()).size() > 1;
  }

  /**
   * The forks of a round that follow each other on one arm: the load stays up for them. Those of a
   * process that sees several arms are a block of their own.
   */
  private static List<PlannedFork> blockAt(
      List<PlannedFork> forks, int from, Map<Integer, Set<String>> armsOf) {
    PlannedFork first = forks.get(from);
    boolean shared = isShared(first, armsOf);
    int to = from;
    while (to < forks.size()
        && (shared
            ? Objects.equals(forks.get(to).process(), first.process())
            : forks.get(to).cell().profile().equals(first.cell().profile())
                && !isShared(forks.get(to), armsOf))) {
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
      for (List<PlannedFork> unit : units(block)) {
        if (missedInARow == PATIENCE) {
          unit.forEach(
              fork -> new Row(fork).write(ForkStatus.LOAD_NOT_REACHED, GAVE_UP, null, List.of()));
        } else {
          boolean there =
              unit.getFirst().process() == null
                  ? runFork(unit.getFirst(), state)
                  : runInTurns(unit, state);
          missedInARow = there ? 0 : missedInARow + 1;
        }
      }
      state.finish();
    } catch (ArmState.UnavailableException e) {
      for (PlannedFork fork : block) {
        new Row(fork).write(ForkStatus.UNAVAILABLE, e.reason(), null, List.of());
      }
    }
  }

  /** What one process measures. */
  private static List<List<PlannedFork>> units(List<PlannedFork> block) {
    Map<Object, List<PlannedFork>> units = new LinkedHashMap<>();
    for (PlannedFork fork : block) {
      units.computeIfAbsent(unit(fork), _ -> new ArrayList<>()).add(fork);
    }
    return List.copyOf(units.values());
  }

  /** What it shares with the forks of its process; a fork with a process to itself is its own. */
  private static Object unit(PlannedFork fork) {
    return fork.process() == null ? fork : fork.process();
  }

  /** One process, and all arms in turns; where the machine cannot do that, one after the other. */
  private void runShared(List<PlannedFork> block) throws InterruptedException {
    Set<String> labels = new LinkedHashSet<>();
    block.forEach(fork -> labels.add(fork.cell().profile()));
    if (!states.canTakeTurns(labels)) {
      for (String label : labels) {
        runInParts(
            block.stream().filter(fork -> fork.cell().profile().equals(label)).toList(),
            fork -> isOnAll(fork, labels, block));
      }
      return;
    }
    labels.forEach(label -> listener.arm(block.getFirst().round(), arm(label)));
    try (Together arms = Together.enter(states, labels)) {
      arms.entered().values().forEach(state -> state.notes().forEach(listener::note));
      new InTurnsBlock(block, arms).run();
      arms.finish();
    }
  }

  /** Apart, so that what is compared has the same company on each arm. */
  private void runInParts(List<PlannedFork> block, Predicate<PlannedFork> onAllArms)
      throws InterruptedException {
    for (List<PlannedFork> part :
        List.of(
            block.stream().filter(onAllArms).toList(),
            block.stream().filter(onAllArms.negate()).toList())) {
      if (!part.isEmpty()) {
        runBlock(part);
      }
    }
  }

  private static boolean isOnAll(PlannedFork fork, Set<String> labels, List<PlannedFork> block) {
    return labels.stream()
        .allMatch(label -> block.stream().anyMatch(f -> f.cell().equals(fork.cell().on(label))));
  }

  /** A process of cells in turns on one arm. Returns whether the load was there before. */
  private boolean runInTurns(List<PlannedFork> unit, ArmState state) throws InterruptedException {
    List<PlannedFork> asked = writeRefused(unit);
    if (asked.isEmpty()) {
      return true;
    }
    List<Row> rows = asked.stream().map(Row::new).toList();
    List<LoadCheck> before = state.before();
    if (!reached(before)) {
      rows.forEach(
          row -> row.write(ForkStatus.LOAD_NOT_REACHED, missed(before, state), null, before));
      return false;
    }
    ArmState.During during = state.during(asked.getFirst().cell());
    ForkSupervisor.Ended<List<Taken>> ended = supervise(asked);
    List<LoadCheck> load = Stream.concat(before.stream(), during.end().stream()).toList();
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).write(ended, i, Windows.ALWAYS, load, state.lastWords());
    }
    return true;
  }

  private ForkSupervisor.Ended<List<Taken>> supervise(List<PlannedFork> asked)
      throws InterruptedException {
    return ForkSupervisor.supervise(
        processes.apply(asked), deadline.plusMillis(plan.inTurns(asked.size()).totalMillis()));
  }

  /** Rows for what the kernel is known to refuse; returns the rest. */
  private List<PlannedFork> writeRefused(List<PlannedFork> unit) {
    List<PlannedFork> rest = new ArrayList<>();
    for (PlannedFork fork : unit) {
      ForkRecord known = refused.get(fork.cell());
      if (known == null) {
        rest.add(fork);
      } else {
        new Row(fork).write(known.status(), known.reason(), null, List.of());
      }
    }
    return rest;
  }

  /** A process that sees several arms. */
  private final class InTurnsBlock {
    private final Together arms;
    private final Map<PlannedFork, Row> rows = new LinkedHashMap<>();

    InTurnsBlock(List<PlannedFork> block, Together arms) {
      this.arms = arms;
      writeRefused(block).forEach(fork -> rows.put(fork, new Row(fork)));
    }

    void run() throws InterruptedException {
      arms.unavailable()
          .forEach((label, reason) ->
              take(label)
                  .forEach(row -> row.write(ForkStatus.UNAVAILABLE, reason, null, List.of())));
      Map<String, List<LoadCheck>> before = before();
      if (!rows.isEmpty()) {
        measure(before);
      }
    }

    /** The rows of an arm, which are no longer to be measured. */
    private List<Row> take(String label) {
      List<Row> taken =
          rows.values().stream().filter(row -> row.fork.cell().profile().equals(label)).toList();
      taken.forEach(row -> rows.remove(row.fork));
      return taken;
    }

    private Map<String, List<LoadCheck>> before() throws InterruptedException {
      Map<String, List<LoadCheck>> before = new HashMap<>();
      for (Map.Entry<String, ArmState> arm : arms.entered().entrySet()) {
        List<LoadCheck> checks = arms.before(arm.getKey());
        before.put(arm.getKey(), checks);
        if (!reached(checks)) {
          String reason = missed(checks, arm.getValue());
          take(arm.getKey())
              .forEach(row -> row.write(ForkStatus.LOAD_NOT_REACHED, reason, null, checks));
        }
      }
      return before;
    }

    private void measure(Map<String, List<LoadCheck>> before) throws InterruptedException {
      List<PlannedFork> asked = List.copyOf(rows.keySet());
      Set<String> labels = new LinkedHashSet<>();
      asked.forEach(fork -> labels.add(fork.cell().profile()));
      Map<String, ArmState.During> during = new HashMap<>();
      arms.entered()
          .forEach((label, state) -> during.put(label, state.during(asked.getFirst().cell())));
      Together.Turning turning = arms.turn(labels, plan.seed() + asked.getFirst().seq());
      ForkSupervisor.Ended<List<Taken>> ended = supervise(asked, turning);
      Map<String, List<LoadCheck>> load = new HashMap<>();
      for (String label : labels) {
        List<LoadCheck> after =
            Objects.requireNonNull(during.get(label)).end(turning.worked(label));
        load.put(
            label,
            Stream.concat(before.getOrDefault(label, List.of()).stream(), after.stream()).toList());
      }
      for (int i = 0; i < asked.size(); i++) {
        String label = asked.get(i).cell().profile();
        Objects.requireNonNull(rows.get(asked.get(i)))
            .write(
                ended,
                i,
                turning.windows(label),
                load.getOrDefault(label, List.of()),
                Objects.requireNonNull(arms.entered().get(label)).lastWords());
      }
    }
  }

  /** While the arms take turns; where those fail, so does the process. */
  private ForkSupervisor.Ended<List<Taken>> supervise(
      List<PlannedFork> asked, Together.Turning turning) throws InterruptedException {
    Optional<RuntimeException> failure;
    ForkSupervisor.Ended<List<Taken>> ended;
    try {
      ended = supervise(asked);
    } finally {
      failure = turning.end();
    }
    return failure.isPresent() ? new ForkSupervisor.Threw<>(failure.get()) : ended;
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
      case ForkSupervisor.TimedOut<Outcome>(Duration limit) -> row.writeTimeout(limit, load);
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
    if (check.what().equals(CpuWaits.PROOF)) {
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

  /** One journal row in the making: knows when its fork began. */
  private final class Row {
    private final PlannedFork fork;
    private final Instant startedAt = Instant.now();
    private final long startMillis = clock.millis();

    Row(PlannedFork fork) {
      this.fork = fork;
    }

    /** What became of the cell at a place in a process of many. */
    void write(
        ForkSupervisor.Ended<List<Taken>> ended,
        int place,
        Windows windows,
        List<LoadCheck> load,
        String lastWords) {
      switch (ended) {
        case ForkSupervisor.Returned<List<Taken>>(List<Taken> taken) ->
            write(
                switch (taken.get(place)) {
                  case InTurns.Had(Turns turns) -> turns.in(windows);
                  case InTurns.Not(Outcome outcome) -> outcome;
                },
                load,
                lastWords);
        case ForkSupervisor.TimedOut<List<Taken>>(Duration limit) -> writeTimeout(limit, load);
        case ForkSupervisor.Threw<List<Taken>>(Throwable cause) ->
            write(ForkStatus.CRASHED, String.valueOf(cause), null, load);
      }
    }

    private void writeTimeout(Duration limit, List<LoadCheck> load) {
      write(
          ForkStatus.TIMEOUT,
          "the fork did not end within " + limit.toSeconds() + " s and was killed",
          null,
          load);
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
      written.add(record);
      if (record.isKernelsRefusal()) {
        refused.putIfAbsent(record.cell(), record);
      }
      finished++;
      listener.fork(record, finished, expected);
    }
  }
}
