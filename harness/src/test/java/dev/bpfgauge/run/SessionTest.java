package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
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

  private List<ForkRecord> run(Function<PlannedFork, Callable<Outcome>> forks, Set<Integer> done)
      throws InterruptedException {
    return run(forks, done, label -> new Arm(label, List.of(THERE), List.of()));
  }

  private List<ForkRecord> run(
      Function<PlannedFork, Callable<Outcome>> forks, Set<Integer> done, ArmState.Source states)
      throws InterruptedException {
    List<ForkRecord> rows = new ArrayList<>();
    Plan plan =
        Plan.interleave(
            "custom",
            List.of(new ArmInfo("a", "a", "", ""), new ArmInfo("b", "b", "", "")),
            Plan.Visits.ONCE_A_ROUND,
            List.of(cell("x"), cell("y")),
            List.of(),
            2,
            1,
            new Plan.Times(1, 1, 1),
            .03,
            new TreeMap<>());
    try (Journal journal = RunFolder.create(folder, "run").journal()) {
      new Session(
              plan,
              journal,
              states,
              forks,
              Duration.ofMillis(500),
              RunClock.startingAt(0),
              new Collecting(rows))
          .run(done);
    }
    return rows;
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
