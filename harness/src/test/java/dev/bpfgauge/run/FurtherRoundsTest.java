package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Journal;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For which cells a run goes on, by what stands in its journal. */
class FurtherRoundsTest {
  private static final long LIMIT = Duration.ofMinutes(8).toMillis();

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();

  @Test
  void aRunGoesOnForWhatIsOpenAndEndsWhereNothingIs() {
    Plan plan = plan(LIMIT);
    RunFolder run = run(plan, 5, 4);
    FurtherRounds further = further(plan, run, 0);

    assertEquals(both("array"), further.in(5), "the other ratio is the same in each round");
    assertEquals(
        List.of(
            "after 5 rounds 1 of 2 verdicts are open: the run goes on with them, until it has taken"
                + " 8 min in all"),
        notes);
    append(plan, run, 5, 7, 0.01);
    assertEquals(both("array"), further.in(7));
    append(plan, run, 7, 20, 0.01);
    assertEquals(both("array"), further.in(18), "no look there, so what was seen counts");
    assertEquals(Set.of(), further.in(20));
    assertEquals(
        "20 rounds: all 2 verdicts asked for are decided", further.sentence().orElseThrow());
  }

  /** What it would have seen had it not been interrupted, whatever was measured since. */
  @Test
  void aResumedRunLooksWhereItWouldHaveLooked() {
    Plan plan = plan(LIMIT);
    RunFolder run = run(plan, 5, 4);
    append(plan, run, 5, 6, 0.01);

    assertEquals(both("array"), further(plan, run, 0).in(6));
  }

  @Test
  void noRoundBeginsWhenTheTimeIsOver() {
    Plan plan = plan(LIMIT);
    RunFolder run = run(plan, 5, 4);
    FurtherRounds further = further(plan, run, LIMIT);

    assertEquals(Set.of(), further.in(5));
    assertEquals(
        "5 rounds: 1 of 2 verdicts asked for are decided; the time for this run is over",
        further.sentence().orElseThrow());
    assertEquals(both("array"), further(plan(0), run, 10 * LIMIT).in(5), "no limit");
  }

  @Test
  void aPlanOfSoManyRoundsSaysNothing() {
    Plan plan = plan(LIMIT);
    Plan fixed =
        new Plan(
            plan.mode(),
            plan.arms(),
            plan.inAnyCase(),
            plan.rounds(),
            plan.seed(),
            plan.times(),
            plan.margin(),
            null,
            plan.injectNanos());
    assertTrue(further(fixed, run(plan, 5, 4), 0).sentence().isEmpty());
  }

  private static Set<Cell> both(String map) {
    return Set.of(cell(map).on("a"), cell(map).on("b"));
  }

  private static Cell cell(String map) {
    return new Cell("maps", "maps.lookup", Map.of("map", map), "");
  }

  private static Plan plan(long millis) {
    return Plan.interleave(
        "custom",
        List.of(new ArmInfo("a", "a", "", ""), new ArmInfo("b", "b", "", "")),
        Plan.Together.alone(Plan.Visits.ONCE_A_ROUND),
        List.of(cell("lru-hash"), cell("array")),
        List.of(),
        5,
        1,
        new Plan.Times(1, 1, 1),
        .03,
        new Until(millis, 0, List.of(5, 7, 10, 15, 20, 30)),
        new TreeMap<>());
  }

  /** The array's ratio scatters, the other is steady. */
  private RunFolder run(Plan plan, int rounds, double percent) {
    RunFolder run = RunFolder.create(folder, "run");
    run.writeInfo(
        new RunInfo(
            RunInfo.FORMAT_VERSION,
            run.id(),
            Instant.EPOCH,
            null,
            0,
            RunInfo.Status.RUNNING,
            "0",
            List.of(),
            plan.info(),
            new TreeMap<>(),
            new TreeMap<>(),
            List.of(),
            List.of()));
    append(plan, run, 0, rounds, percent);
    return run;
  }

  private static void append(Plan plan, RunFolder run, int from, int to, double percent) {
    try (Journal journal = run.journal()) {
      for (PlannedFork fork : plan.forks()) {
        if (fork.round() >= from && fork.round() < to) {
          boolean scatters =
              fork.cell().profile().equals("b") && fork.cell().param("map").equals("array");
          double nanos = 100 * (scatters && fork.round() % 2 == 0 ? 1 + percent / 100 : 1);
          journal.append(
              new ForkRecord(
                  fork.seq(),
                  fork.round(),
                  fork.cell(),
                  ForkStatus.OK,
                  "",
                  Instant.EPOCH,
                  0,
                  0,
                  new Measurement(nanos, List.of(nanos), null, 1, null, null),
                  List.of()));
        }
      }
    }
  }

  private FurtherRounds further(Plan plan, RunFolder run, long elapsedMillis) {
    return new FurtherRounds(plan, run, RunClock.startingAt(elapsedMillis), new Notes(notes));
  }
}
