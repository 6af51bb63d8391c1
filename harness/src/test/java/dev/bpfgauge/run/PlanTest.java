package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan.PlannedFork;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order of the forks: interleaved, paired, repeatable. */
class PlanTest {
  private static final List<ArmInfo> ARMS =
      List.of(new ArmInfo("idle", "idle", "", ""), new ArmInfo("cpu80", "cpu80", "", ""));
  private static final List<Cell> CELLS =
      IntStream.range(0, 6)
          .mapToObj(i -> new Cell("maps", "maps.lookup", Map.of("map", "m" + i), ""))
          .toList();
  private static final Cell REFERENCE = new Cell("maps", "maps.lookup", Map.of("map", "c"), "");

  private static Plan plan(long seed) {
    return plan(seed, Plan.Visits.FOR_EACH_GROUP);
  }

  private static Plan plan(long seed, Plan.Visits visits) {
    return Plan.interleave(
        "custom",
        ARMS,
        Plan.Together.alone(visits),
        CELLS,
        List.of(new Plan.Beside(List.of(REFERENCE), 4)),
        4,
        seed,
        new Plan.Times(1, 1, 1),
        .03,
        null,
        new TreeMap<>());
  }

  @Test
  void whatIsComparedLiesSideBySideAndTheArmsAlternate() {
    for (Cell cell : CELLS) {
      List<PlannedFork> forks =
          plan(1).forks().stream().filter(f -> f.cell().key().equals(cell.key())).toList();
      for (int round = 0; round < 4; round++) {
        PlannedFork first = forks.get(2 * round);
        PlannedFork second = forks.get(2 * round + 1);
        assertEquals(1, second.seq() - first.seq(), cell.key());
        assertEquals(round, first.round());
        assertEquals(round, second.round());
      }
      List<String> order = forks.stream().map(f -> f.cell().profile()).toList();
      assertEquals(order.get(0), order.get(3));
      assertEquals(order.get(1), order.get(2));
      assertEquals(order.subList(0, 4), order.subList(4, 8));
    }
  }

  @Test
  void aLoadThatIsSlowToBringUpIsVisitedOnceARound() {
    List<String> order =
        plan(1, Plan.Visits.ONCE_A_ROUND).forks().stream()
            .map(f -> f.round() + f.cell().profile())
            .distinct()
            .toList();

    assertEquals(
        List.of("0idle", "0cpu80", "1cpu80", "1idle", "2idle", "2cpu80", "3cpu80", "3idle"), order);
  }

  @Test
  void armsOfOneRoundVisitTheCellsInTheSameOrder() {
    Plan plan = plan(1);
    for (int round = 0; round < 4; round++) {
      assertEquals(keys(plan, round, "idle"), keys(plan, round, "cpu80"));
    }
    assertNotEquals(keys(plan, 0, "idle"), keys(plan, 1, "idle"));
  }

  @Test
  void cellsInTurnsShareAProcessThatSeesAllArms() {
    for (int round = 0; round < 3; round++) {
      int ofRound = round;
      List<PlannedFork> shared =
          inTurns(Plan.Visits.FOR_EACH_GROUP).forks().stream()
              .filter(fork -> fork.round() == ofRound && fork.process() != null)
              .toList();

      assertEquals(1, shared.stream().map(PlannedFork::process).distinct().count());
      // Five cells on two arms, and the reference on the first.
      assertEquals(11, shared.size());
      assertEquals(10, shared.getLast().seq() - shared.getFirst().seq());
    }
    assertEquals(
        3,
        inTurns(Plan.Visits.FOR_EACH_GROUP).forks().stream()
            .map(PlannedFork::process)
            .filter(Objects::nonNull)
            .distinct()
            .count());
  }

  @Test
  void whatIsRepeatedKeepsItsCompany() {
    Plan whole = inTurns(Plan.Visits.FOR_EACH_GROUP);
    PlannedFork wanted =
        whole.forks().stream().filter(fork -> fork.process() != null).findFirst().orElseThrow();
    PlannedFork alone =
        whole.forks().stream().filter(fork -> fork.process() == null).findFirst().orElseThrow();

    Plan some = whole.withCompany(Set.of(wanted.cell()));
    assertEquals(
        whole.forks().stream()
            .filter(fork -> fork.process() != null)
            .map(PlannedFork::cell)
            .toList(),
        some.forks().stream().map(PlannedFork::cell).toList());
    assertEquals(
        IntStream.range(0, some.forks().size()).boxed().toList(),
        some.forks().stream().map(PlannedFork::seq).toList());

    Plan one = whole.withCompany(Set.of(alone.cell()));
    assertTrue(
        one.forks().stream().allMatch(fork -> fork.cell().equals(alone.cell())),
        one.forks().toString());
    assertEquals(List.of(alone.cell().profile()), one.arms().stream().map(ArmInfo::label).toList());
  }

  @Test
  void aLoadThatIsSlowToBringUpHasAProcessOfItsOwn() {
    Plan plan = inTurns(Plan.Visits.ONCE_A_ROUND);
    Map<Integer, Set<String>> arms = new TreeMap<>();
    plan.forks().stream()
        .filter(fork -> fork.process() != null)
        .forEach(fork ->
            arms.computeIfAbsent(fork.process(), _ -> new TreeSet<>())
                .add(fork.round() + fork.cell().profile()));

    assertTrue(arms.values().stream().allMatch(of -> of.size() == 1), arms.toString());
    // Each round: one on each arm, alike, and on the first what is measured there alone.
    assertEquals(9, arms.size());
    Map<Integer, Set<String>> company = new TreeMap<>();
    plan.forks().stream()
        .filter(fork -> fork.process() != null)
        .forEach(fork ->
            company.computeIfAbsent(fork.process(), _ -> new TreeSet<>()).add(fork.cell().key()));
    assertEquals(2, company.values().stream().distinct().count(), company.toString());
    assertTrue(company.containsValue(Set.of(REFERENCE.key())), company.toString());
  }

  @Test
  void furtherRoundsHaveWhatSharesAProcessAndNothingElseOfTheFirstArmAlone() {
    Plan plan = inTurns(Plan.Visits.FOR_EACH_GROUP, new Until(1000, 0, List.of(3, 5)));
    for (int round = 3; round < 5; round++) {
      int further = round;
      List<PlannedFork> forks =
          plan.forks().stream().filter(fork -> fork.round() == further).toList();
      assertEquals(11, forks.stream().filter(fork -> fork.process() != null).count());
      assertEquals(2 * CELLS.size() + 1, forks.size(), "and the last cell on both arms");
    }
  }

  private static Plan inTurns(Plan.Visits visits) {
    return inTurns(visits, null);
  }

  /** All but the last cell take turns, and the reference with them. */
  private static Plan inTurns(Plan.Visits visits, @Nullable Until until) {
    return Plan.interleave(
        "custom",
        ARMS,
        new Plan.Together(
            visits,
            cell -> cell.equals(CELLS.getLast()) ? Optional.empty() : Optional.of("one shape")),
        CELLS,
        List.of(new Plan.Beside(List.of(REFERENCE), 3)),
        3,
        1,
        new Plan.Times(1, 1, 1),
        .03,
        until,
        new TreeMap<>());
  }

  @Test
  void theReferenceRunsOnTheFirstArmOnly() {
    assertEquals(
        List.of("idle", "idle", "idle", "idle"),
        plan(1).forks().stream()
            .map(Plan.PlannedFork::cell)
            .filter(cell -> cell.key().equals(REFERENCE.key()))
            .map(Cell::profile)
            .toList());
  }

  @Test
  void whatNeedsFewerRoundsComesInTheFirstAndThenAtEvenDistances() {
    assertEquals(List.of(0), roundsOf(1, 6));
    assertEquals(List.of(0, 2, 4), roundsOf(3, 6));
    assertEquals(List.of(0, 1, 2, 3, 4), roundsOf(5, 6));
    assertEquals(List.of(0, 1), roundsOf(Integer.MAX_VALUE, 2));
  }

  private static List<Integer> roundsOf(int wanted, int rounds) {
    return Plan.interleave(
            "custom",
            ARMS,
            Plan.Together.alone(Plan.Visits.FOR_EACH_GROUP),
            CELLS,
            List.of(new Plan.Beside(List.of(REFERENCE), wanted)),
            rounds,
            1,
            new Plan.Times(1, 1, 1),
            .03,
            null,
            new TreeMap<>())
        .forks()
        .stream()
        .filter(fork -> fork.cell().key().equals(REFERENCE.key()))
        .map(PlannedFork::round)
        .toList();
  }

  @Test
  void whatHasNoPartnerOnTheOtherArmsIsMeasuredInOneGo() {
    List<Cell> alone =
        IntStream.range(0, 5)
            .mapToObj(i -> new Cell("hooks", "hooks.raw_tp", Map.of("body", "b" + i), ""))
            .toList();
    List<Integer> positions =
        Plan.interleave(
                "custom",
                ARMS,
                Plan.Together.alone(Plan.Visits.FOR_EACH_GROUP),
                CELLS,
                List.of(
                    new Plan.Beside(alone.subList(0, 3), 4),
                    new Plan.Beside(alone.subList(3, 5), 4)),
                4,
                1,
                new Plan.Times(1, 1, 1),
                .03,
                null,
                new TreeMap<>())
            .forks()
            .stream()
            .filter(fork -> fork.round() == 2 && fork.cell().suite().equals("hooks"))
            .map(PlannedFork::seq)
            .toList();
    assertEquals(5, positions.size());
    assertEquals(4, positions.getLast() - positions.getFirst());
  }

  @Test
  void theSameSeedGivesTheSamePlan() {
    assertEquals(plan(7), plan(7));
    assertNotEquals(plan(7), plan(8));
  }

  @Test
  void aRepeatedProfileIsAnArmOfItsOwn() {
    assertEquals(
        List.of("idle", "idle#2", "cpu80", "idle#3"),
        Plan.labels(List.of("idle", "idle", "cpu80", "idle")));
  }

  private static List<String> keys(Plan plan, int round, String arm) {
    return plan.forks().stream()
        .filter(f -> f.round() == round && f.cell().profile().equals(arm))
        .map(f -> f.cell().key())
        .filter(key -> !key.equals(REFERENCE.key()))
        .toList();
  }
}
