package dev.bpfgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.Plan.PlannedFork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The control of calibrate: what is planned for it, and what is made of its figures. */
class LoadInTurnsTest {
  private static final List<ArmInfo> ARMS = arms("idle#2", "cpu80", "cpu80#2");
  private static final Cell HASH = lookup("hash");
  private static final Cell ARRAY = lookup("array");

  @Test
  void aRoundEndsWithALoadInTurnsAndASteadyOneInChangingOrder() {
    Plan plain =
        Plan.interleave(
            "calibrate",
            arms("idle"),
            Plan.Together.alone(Plan.Visits.FOR_EACH_GROUP),
            List.of(HASH),
            List.of(),
            2,
            42,
            new Plan.Times(1, 1, 1),
            0.03,
            null,
            new TreeMap<>());

    Plan plan = LoadInTurns.after(plain, ARMS, List.of(HASH, ARRAY));

    assertEquals(
        List.of(
            "0 idle",
            "0 idle#2",
            "0 idle#2",
            "0 cpu80",
            "0 cpu80",
            "0 cpu80#2",
            "0 cpu80#2",
            "1 idle",
            "1 cpu80#2",
            "1 cpu80#2",
            "1 idle#2",
            "1 idle#2",
            "1 cpu80",
            "1 cpu80"),
        plan.forks().stream().map(fork -> fork.round() + " " + fork.cell().profile()).toList());
    assertEquals(
        IntStream.range(0, 14).boxed().toList(),
        plan.forks().stream().map(PlannedFork::seq).toList());
    assertEquals(process(plan, 1), process(plan, 4), "one process sees idle and loaded turns");
    assertNotEquals(process(plan, 4), process(plan, 5), "a process of its own is always loaded");
    assertEquals(4, plan.forks().stream().map(PlannedFork::process).distinct().count() - 1);
    assertEquals(
        List.of("idle", "idle#2", "cpu80", "cpu80#2"),
        plan.arms().stream().map(ArmInfo::label).toList());
  }

  private static String process(Plan plan, int seq) {
    return String.valueOf(plan.forks().get(seq).process());
  }

  @Test
  void whatIsEquallyDearIsEquivalentAndWhatIsDearerInTurnsIsNot() {
    String equal = LoadInTurns.line(LoadInTurns.compare(forks(1), ARMS, 0.03));
    assertTrue(equal.contains("ratio 1.000"), equal);
    assertTrue(equal.endsWith(" of 5 rounds, equivalent, within ±3 %"), equal);
    String more = LoadInTurns.line(LoadInTurns.compare(forks(1.1), ARMS, 0.03));
    assertTrue(more.contains("ratio 1.100"), more);
    assertTrue(more.endsWith(" of 5 rounds, slower, not within ±3 %"), more);
    String none = LoadInTurns.line(LoadInTurns.compare(List.of(), ARMS, 0.03));
    assertTrue(none.endsWith(" of 0 rounds, inconclusive, not within ±3 %"), none);
  }

  /** Five rounds; the first lacks a cell on one side, which counts on neither then. */
  private static List<ForkRecord> forks(double dearerInTurns) {
    List<ForkRecord> forks = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      double drift = 1 + 0.1 * round;
      double noise = 1 + 0.002 * (round % 2);
      forks.add(fork(round, HASH.on("idle#2"), 500));
      forks.add(fork(round, HASH.on("cpu80"), 1000 * drift * noise * dearerInTurns));
      forks.add(fork(round, HASH.on("cpu80#2"), 1000 * drift));
      forks.add(fork(round, ARRAY.on("cpu80"), 400 * drift * dearerInTurns));
      if (round > 0) {
        forks.add(fork(round, ARRAY.on("cpu80#2"), 400 * drift));
      }
    }
    return forks;
  }

  private static ForkRecord fork(int round, Cell cell, double nanos) {
    Measurement measurement = new Measurement(nanos, List.of(nanos), null, 1, null, null);
    return new ForkRecord(
        0, round, cell, ForkStatus.OK, "", Instant.EPOCH, 0, 0, measurement, List.of());
  }

  private static Cell lookup(String map) {
    return new Cell("maps", "maps.lookup", Map.of("map", map), "");
  }

  private static List<ArmInfo> arms(String... labels) {
    return List.of(labels).stream().map(label -> new ArmInfo(label, label, "", "")).toList();
  }
}
