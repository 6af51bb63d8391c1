package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Patience;
import dev.bpfgauge.files.Journal;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Turns;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.InTurns.Taken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a fork or an arm does, it is a row, and the rest goes on. */
class SessionTest {
  private static final Outcome MEASURED =
      new Outcome.Measured(new Measurement(1, List.of(1.0), null, 1, null, null), null);
  private static final LoadCheck THERE = new LoadCheck("system cpu", "before", 0, 5, 1, "%", true);
  private static final LoadCheck GONE =
      new LoadCheck("stressors alive", "during", 2, 0, 1, "processes", false);

  @TempDir Path folder;
  private final List<String> events = new ArrayList<>();

  @Test
  void everyForkBecomesARowInPlanOrder() throws Exception {
    List<ForkRecord> rows = run(fork -> () -> MEASURED, Set.of());

    assertEquals(
        IntStream.range(0, 8).boxed().toList(), rows.stream().map(ForkRecord::seq).toList());
    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.OK));
    assertEquals(
        List.of(
            "enter a", "close a", "enter b", "close b", "enter b", "close b", "enter a", "close a"),
        events);
  }

  @Test
  void aCrashAHangARefusalAndAnExceptionAreRows() throws Exception {
    List<ForkRecord> rows =
        run(
            fork ->
                switch (fork.seq()) {
                  case 0 -> () -> new Outcome.Failed("fork killed by SIGKILL");
                  case 1 ->
                      () -> {
                        Thread.sleep(60_000);
                        return MEASURED;
                      };
                  case 2 -> () -> new Outcome.Refused("EINVAL");
                  case 3 ->
                      () -> {
                        throw new IllegalStateException("broken");
                      };
                  case 4 -> throw new AssertionError("the kernel refused it in the first round");
                  case 5 -> () -> new Outcome.Unavailable("no C compiler");
                  default -> () -> MEASURED;
                },
            Set.of());

    assertEquals(
        List.of(
            ForkStatus.CRASHED,
            ForkStatus.TIMEOUT,
            ForkStatus.REFUSED,
            ForkStatus.CRASHED,
            ForkStatus.REFUSED,
            ForkStatus.UNAVAILABLE,
            ForkStatus.OK,
            ForkStatus.OK),
        rows.stream().map(ForkRecord::status).toList());
    assertTrue(rows.get(3).reason().contains("broken"));
    assertEquals("EINVAL", rows.get(4).reason());
  }

  @Test
  void aLoadThatIsLostDuringAForkTakesItsVerdictAway() throws Exception {
    List<ForkRecord> rows =
        run(
            fork -> () -> MEASURED,
            Set.of(),
            label -> new Arm(label, List.of(THERE), List.of(GONE)));

    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.LOAD_NOT_REACHED));
    assertEquals(
        "stressors alive during the fork: wanted 2.000 ± 0.00 processes, seen 1.000",
        rows.getFirst().reason());
  }

  @Test
  void aLoadThatIsNotReachedStartsNoFork() throws Exception {
    List<ForkRecord> rows =
        run(
            fork -> {
              throw new AssertionError("started");
            },
            Set.of(),
            label -> new Arm(label, List.of(GONE), List.of()));

    assertEquals(8, rows.size());
    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.LOAD_NOT_REACHED));
  }

  @Test
  void anArmTheMachineCannotDoIsUnavailableAndTheOtherGoesOn() throws Exception {
    List<ForkRecord> rows =
        run(
            fork -> () -> MEASURED,
            Set.of(),
            label -> {
              if (label.equals("b")) {
                throw new ArmState.UnavailableException("no cpufreq");
              }
              return new Arm(label, List.of(THERE), List.of());
            });

    for (ForkRecord row : rows) {
      boolean cannot = row.cell().profile().equals("b");
      assertEquals(cannot ? ForkStatus.UNAVAILABLE : ForkStatus.OK, row.status());
      assertEquals(cannot ? "no cpufreq" : "", row.reason());
    }
  }

  @Test
  void aResumedSessionRunsOnlyWhatIsLeft() throws Exception {
    List<ForkRecord> rows = run(fork -> () -> MEASURED, Set.of(0, 1, 2, 5));

    assertEquals(List.of(3, 4, 6, 7), rows.stream().map(ForkRecord::seq).toList());
  }

  @Test
  void aCancelledSessionLeavesTheArmAndAWholeJournal() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Thread session =
        Thread.ofPlatform()
            .start(() ->
                assertThrows(
                    InterruptedException.class,
                    () ->
                        run(
                            fork ->
                                fork.seq() == 0
                                    ? () -> MEASURED
                                    : () -> {
                                      started.countDown();
                                      Thread.sleep(60_000);
                                      return MEASURED;
                                    },
                            Set.of())));
    started.await();

    session.interrupt();
    session.join();

    assertEquals(List.of("enter a", "close a"), events);
    assertEquals(1, java.nio.file.Files.readAllLines(folder.resolve("run/journal.jsonl")).size());
    assertFalse(session.isAlive());
  }

  @Test
  void armsInTurnsGetTheTurnsOfTheirOwnWindows() throws Exception {
    TurningArms arms = new TurningArms();
    List<ForkRecord> rows =
        runInTurns(
            arms,
            asked ->
                () -> {
                  Taken same = arms.turns(true);
                  return asked.stream().map(_ -> same).toList();
                },
            Duration.ofSeconds(Patience.SECONDS));

    assertEquals(8, rows.size());
    for (ForkRecord row : rows) {
      assertEquals(ForkStatus.OK, row.status(), row.reason());
      double wanted = row.cell().profile().equals("a") ? 100 : 250;
      assertEquals(
          wanted, Objects.requireNonNull(row.measurement()).meanNanosPerOp(), row.toString());
    }
    assertEquals(Set.of(), arms.working(), "every load is paused, or gone");
    assertEquals(1, arms.mostAtOnce(), "one load works at a time");
  }

  /** As in an A/A test: a second load would never have its turn. */
  @Test
  void armsOfOneStateHaveOneLoad() throws Exception {
    TurningArms arms = new TurningArms();
    arms.areAlike = true;
    List<ForkRecord> rows =
        runInTurns(
            arms,
            asked ->
                () -> {
                  Taken same = arms.turns(false);
                  return asked.stream().map(_ -> same).toList();
                },
            Duration.ofSeconds(Patience.SECONDS));

    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.OK), rows.toString());
    assertEquals(List.of("a", "b"), arms.entered, "one for each process");
  }

  @Test
  void whatIsLeftOfAProcessIsMeasuredAlone() throws Exception {
    TurningArms arms = new TurningArms();
    List<List<Integer>> processes = new ArrayList<>();
    List<ForkRecord> rows =
        runInTurns(
            arms,
            asked -> {
              processes.add(asked.stream().map(PlannedFork::seq).toList());
              boolean both = asked.stream().map(f -> f.cell().profile()).distinct().count() > 1;
              return () -> {
                Taken same = arms.turns(both);
                return asked.stream().map(_ -> same).toList();
              };
            },
            Duration.ofSeconds(Patience.SECONDS),
            Set.of(0, 1, 5));

    assertEquals(List.of(List.of(2, 3), List.of(4, 6, 7)), processes);
    assertEquals(List.of(2, 3, 4, 6, 7), rows.stream().map(ForkRecord::seq).sorted().toList());
    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.OK), rows.toString());
    assertEquals(Set.of(), arms.working(), "every load is paused, or gone");
  }

  @Test
  void aLoadThatCannotBeLetGoOnIsTheRowsReason() throws Exception {
    TurningArms arms = new TurningArms();
    List<ForkRecord> rows =
        runInTurns(
            arms,
            asked ->
                () -> {
                  int before = arms.failures();
                  arms.broken = true;
                  Patience.until("a turn that fails", () -> arms.failures() > before);
                  arms.broken = false;
                  return asked.stream()
                      .<Taken>map(_ -> new InTurns.Not(new Outcome.Refused("no")))
                      .toList();
                },
            Duration.ofSeconds(Patience.SECONDS));

    assertTrue(
        rows.stream()
            .allMatch(row ->
                row.status() == ForkStatus.CRASHED
                    && row.reason().contains("cannot write cgroup.freeze")),
        rows.toString());
  }

  @Test
  void armsThatCannotTakeTurnsAreVisitedOneAfterTheOther() throws Exception {
    TurningArms arms = new TurningArms();
    arms.canTakeTurns = false;
    List<List<String>> processes = new ArrayList<>();
    List<ForkRecord> rows =
        runInTurns(
            arms,
            asked -> {
              processes.add(asked.stream().map(fork -> fork.cell().profile()).distinct().toList());
              return () -> {
                Taken same = arms.turns(false);
                return asked.stream().map(_ -> same).toList();
              };
            },
            Duration.ofSeconds(Patience.SECONDS));

    assertEquals(List.of(List.of("a"), List.of("b"), List.of("b"), List.of("a")), processes);
    assertTrue(rows.stream().allMatch(row -> row.status() == ForkStatus.OK), rows.toString());
  }

  @Test
  void whatIsComparedHasTheSameCompanyOnArmsThatCannotTakeTurns() throws Exception {
    TurningArms arms = new TurningArms();
    arms.canTakeTurns = false;
    besides = List.of(new Plan.Beside(List.of(cell("c")), 2));
    List<String> processes = new ArrayList<>();
    runInTurns(
        arms,
        asked -> {
          processes.add(
              asked.stream()
                  .map(fork -> fork.cell().param("map"))
                  .sorted()
                  .collect(Collectors.joining(" ")));
          return () -> {
            Taken same = arms.turns(false);
            return asked.stream().map(_ -> same).toList();
          };
        },
        Duration.ofSeconds(Patience.SECONDS));

    assertEquals(
        List.of("c", "c", "x y", "x y", "x y", "x y"), processes.stream().sorted().toList());
  }

  @Test
  void whatGoesWrongInAProcessOfManyIsARowForEach() throws Exception {
    List<ForkRecord> crashed =
        runInTurns(
            new TurningArms(),
            asked ->
                () ->
                    asked.stream()
                        .<Taken>map(fork ->
                            fork.cell().param("map").equals("x")
                                ? new InTurns.Not(new Outcome.Refused("EINVAL"))
                                : new InTurns.Not(new Outcome.Failed("killed by SIGKILL")))
                        .toList(),
            Duration.ofSeconds(Patience.SECONDS));

    assertEquals(
        Set.of("x refused EINVAL", "y crashed killed by SIGKILL"),
        crashed.stream()
            .map(row -> row.cell().param("map") + " " + row.status().word() + " " + row.reason())
            .collect(Collectors.toSet()));

    List<ForkRecord> hung =
        runInTurns(
            new TurningArms(),
            _ ->
                () -> {
                  Thread.sleep(Duration.ofSeconds(Patience.SECONDS));
                  return List.of();
                },
            Duration.ofMillis(100));
    assertTrue(hung.stream().allMatch(row -> row.status() == ForkStatus.TIMEOUT), hung.toString());
  }

  @Test
  void tooFewTurnsAreNoFigure() throws Exception {
    List<ForkRecord> rows =
        runInTurns(
            new TurningArms(),
            asked ->
                () ->
                    asked.stream()
                        .<Taken>map(_ ->
                            new InTurns.Had(
                                new Turns(
                                    1,
                                    1,
                                    new long[] {System.nanoTime()},
                                    new int[] {1},
                                    new int[0],
                                    new int[] {1},
                                    null)))
                        .toList(),
            Duration.ofSeconds(Patience.SECONDS));

    assertTrue(
        rows.stream()
            .allMatch(row ->
                row.status() == ForkStatus.CRASHED
                    && row.reason().endsWith("where 20 are needed; measure longer with --measure")),
        rows.toString());
  }

  /** Rounds that a run goes on for, which are those of x and then of nothing. */
  @Test
  void afterItsRoundsASessionGoesOnForWhatIsAskedAndItsCompany() throws Exception {
    Until until = new Until(0, 0, List.of(2, 3, 4, 5));
    Set<Cell> x = Set.of(cell("x").on("a"), cell("x").on("b"));
    List<Integer> asked = new ArrayList<>();
    Session.Further further =
        round -> {
          asked.add(round);
          return round < 4 ? x : Set.of();
        };
    for (boolean sharing : new boolean[] {false, true}) {
      asked.clear();
      List<ForkRecord> rows = runUntil(until, sharing, Set.of(), further);

      assertEquals(List.of(2, 3, 4), asked, "once a round, and not after the end");
      assertEquals(sharing ? 16 : 12, rows.size());
      for (ForkRecord row : rows) {
        assertTrue(row.round() < 4);
        assertTrue(sharing || row.round() < 2 || row.cell().param("map").equals("x"));
      }
    }
  }

  /** What of a further round is there already is not measured again, and does not end it. */
  @Test
  void aResumedSessionGoesOnBehindARoundThatIsThere() throws Exception {
    Until until = new Until(0, 0, List.of(2, 3, 4));
    Set<Cell> x = Set.of(cell("x").on("a"), cell("x").on("b"));
    List<ForkRecord> first = runUntil(until, false, Set.of(), round -> round < 3 ? x : Set.of());
    Set<Integer> done = first.stream().map(ForkRecord::seq).collect(Collectors.toSet());

    List<ForkRecord> rest = runUntil(until, false, done, _ -> x);

    assertEquals(List.of(3, 3), rest.stream().map(ForkRecord::round).toList());
  }

  private List<ForkRecord> runUntil(
      Until until, boolean sharing, Set<Integer> done, Session.Further further)
      throws InterruptedException {
    Plan plan =
        plan(
            new Plan.Together(
                Plan.Visits.ONCE_A_ROUND, _ -> sharing ? Optional.of("all") : Optional.empty()),
            List.of(),
            until);
    assertEquals(8, plan.info().forks());
    assertEquals(until.looks(), plan.info().looks());
    return rows(
        plan,
        label -> new Arm(label, List.of(THERE), List.of()),
        _ -> () -> MEASURED,
        forks -> () -> forks.stream().<Taken>map(_ -> new InTurns.Not(MEASURED)).toList(),
        Duration.ofSeconds(Patience.SECONDS),
        further,
        done);
  }

  /** Two rounds of two cells on two arms. */
  private static Plan plan(
      Plan.Together together, List<Plan.Beside> besides, @Nullable Until until) {
    return Plan.interleave(
        "custom",
        List.of(new ArmInfo("a", "a", "", ""), new ArmInfo("b", "b", "", "")),
        together,
        List.of(cell("x"), cell("y")),
        besides,
        2,
        1,
        new Plan.Times(1, 1, 1),
        .03,
        until,
        new TreeMap<>());
  }

  /** What a session of that plan writes and tells of. */
  private List<ForkRecord> rows(
      Plan plan,
      ArmState.Source states,
      Function<PlannedFork, Callable<Outcome>> forks,
      Function<List<PlannedFork>, Callable<List<Taken>>> processes,
      Duration deadline,
      Session.Further further,
      Set<Integer> done)
      throws InterruptedException {
    List<ForkRecord> rows = new ArrayList<>();
    try (Journal journal = RunFolder.create(folder, "run").journal()) {
      new Session(
              plan,
              journal,
              states,
              forks,
              processes,
              deadline,
              RunClock.startingAt(0),
              new Collecting(rows),
              further)
          .run(done);
    }
    return rows;
  }

  private List<ForkRecord> runInTurns(
      ArmState.Source states,
      Function<List<PlannedFork>, Callable<List<Taken>>> processes,
      Duration deadline)
      throws InterruptedException {
    return runInTurns(states, processes, deadline, Set.of());
  }

  /** What plans in turns have on the first arm alone. */
  private List<Plan.Beside> besides = List.of();

  private List<ForkRecord> runInTurns(
      ArmState.Source states,
      Function<List<PlannedFork>, Callable<List<Taken>>> processes,
      Duration deadline,
      Set<Integer> done)
      throws InterruptedException {
    return rows(
        plan(new Plan.Together(Plan.Visits.FOR_EACH_GROUP, _ -> Optional.of("all")), besides, null),
        states,
        _ -> {
          throw new AssertionError("every fork of this plan shares a process");
        },
        processes,
        deadline,
        _ -> Set.of(),
        done);
  }

  /** Two arms, of which b has a load. */
  private static final class TurningArms implements ArmState.Source {
    private static final int ENOUGH = 300;
    private boolean canTakeTurns = true;
    private boolean areAlike;
    private volatile boolean broken;
    private final List<String> entered = new ArrayList<>();
    private int failures;
    private final Set<String> working = new HashSet<>();
    private int mostAtOnce;

    @Override
    public boolean canTakeTurns(Collection<String> labels) {
      return canTakeTurns;
    }

    @Override
    public String stateOf(String label) {
      return areAlike ? "alike" : label;
    }

    private synchronized int failures() {
      return failures;
    }

    private synchronized boolean isLoaded() {
      return working.contains("b");
    }

    private synchronized int mostAtOnce() {
      return mostAtOnce;
    }

    private synchronized Set<String> working() {
      return Set.copyOf(working);
    }

    private synchronized void go(String label) {
      if (broken) {
        failures++;
        throw new IllegalStateException("cannot write cgroup.freeze");
      }
      working.add(label);
      mostAtOnce = Math.max(mostAtOnce, working.size());
    }

    private synchronized void pause(String label) {
      working.remove(label);
    }

    /**
     * Again and again what an operation costs at that moment.
     *
     * @param both until both arms were often in force
     */
    Taken turns(boolean both) throws InterruptedException {
      List<long[]> taken = new ArrayList<>();
      int loaded = 0;
      int idle = 0;
      while (both ? idle < ENOUGH || loaded < ENOUGH : idle + loaded < ENOUGH) {
        long start = System.nanoTime();
        boolean before = isLoaded();
        Thread.sleep(Duration.ofNanos(50_000));
        boolean dear = before || isLoaded();
        taken.add(new long[] {start, System.nanoTime() - start, dear ? 250 : 100});
        loaded += dear ? 1 : 0;
        idle += dear ? 0 : 1;
      }
      return new InTurns.Had(
          new Turns(
              1,
              1,
              taken.stream().mapToLong(turn -> turn[0]).toArray(),
              taken.stream().mapToInt(turn -> (int) turn[1]).toArray(),
              new int[0],
              taken.stream().mapToInt(turn -> (int) turn[2]).toArray(),
              null));
    }

    @Override
    public ArmState enter(String label) {
      entered.add(label);
      return new ArmState() {
        @Override
        public List<String> notes() {
          return List.of();
        }

        @Override
        public boolean hasLoad() {
          return label.equals("b");
        }

        @Override
        public void go() {
          TurningArms.this.go(label);
        }

        @Override
        public boolean pause() {
          TurningArms.this.pause(label);
          return true;
        }

        @Override
        public List<LoadCheck> before() {
          return List.of(THERE);
        }

        @Override
        public During during(Cell cell) {
          return List::of;
        }

        @Override
        public void finish() {
          pause(); // It ends.
        }

        @Override
        public void close() {
          pause();
        }
      };
    }
  }

  private List<ForkRecord> run(Function<PlannedFork, Callable<Outcome>> forks, Set<Integer> done)
      throws InterruptedException {
    return run(forks, done, label -> new Arm(label, List.of(THERE), List.of()));
  }

  private List<ForkRecord> run(
      Function<PlannedFork, Callable<Outcome>> forks, Set<Integer> done, ArmState.Source states)
      throws InterruptedException {
    return rows(
        plan(Plan.Together.alone(Plan.Visits.ONCE_A_ROUND), List.of(), null),
        states,
        forks,
        _ -> {
          throw new AssertionError("no fork of this plan shares a process");
        },
        Duration.ofMillis(500),
        _ -> Set.of(),
        done);
  }

  private static Cell cell(String map) {
    return new Cell("maps", "maps.lookup", Map.of("map", map), "");
  }

  private record Collecting(List<ForkRecord> rows) implements SessionListener {
    @Override
    public void note(String sentence) {}

    @Override
    public void arm(int round, ArmInfo arm) {}

    @Override
    public void work(String arm, LoadCheck bogoOperations) {}

    @Override
    public void fork(ForkRecord fork, int done, int total) {
      rows.add(fork);
    }
  }

  private final class Arm implements ArmState {
    private final String label;
    private final List<LoadCheck> before;
    private final List<LoadCheck> during;

    Arm(String label, List<LoadCheck> before, List<LoadCheck> during) {
      this.label = label;
      this.before = before;
      this.during = during;
      events.add("enter " + label);
    }

    @Override
    public List<String> notes() {
      return List.of();
    }

    @Override
    public List<LoadCheck> before() {
      return before;
    }

    @Override
    public void finish() {}

    @Override
    public During during(Cell cell) {
      return () -> during;
    }

    @Override
    public void close() {
      events.add("close " + label);
    }
  }
}
