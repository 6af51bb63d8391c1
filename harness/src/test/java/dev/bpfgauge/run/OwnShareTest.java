package dev.bpfgauge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.OwnCpu;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.CpuWaits;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The rule for a fork's own CPU share, held against a simulated scheduler: a thread that wants a
 * CPU all the time, beside stressors that work and sleep as stress-ng's do, and beside processes of
 * others.
 */
class OwnShareTest {
  private static final double SLICE = 3;
  private static final double MEASURED_MILLIS = 300;
  private static final int FORKS = 2000;

  /**
   * A thread's share of a CPU in one fork: every slice goes to the tasks that had least, as EEVDF
   * and CFS do it.
   *
   * @param busy part of the time in which a stressor wants a CPU
   * @param foreign processes of others that always want one
   */
  private static double share(Random random, int cpus, int stressors, double busy, int foreign) {
    int tasks = 1 + stressors + foreign;
    double[] had = new double[tasks];
    double[] credit = new double[tasks];
    double[] wakes = new double[tasks];
    for (int task = 0; task < tasks; task++) {
      credit[task] = random.nextDouble() * SLICE;
    }
    for (double now = 0; now < MEASURED_MILLIS; now += SLICE) {
      double time = now;
      int[] wanting =
          IntStream.range(0, tasks)
              .filter(task -> wakes[task] <= time)
              .boxed()
              .sorted((a, b) -> Double.compare(credit[a], credit[b]))
              .mapToInt(task -> task)
              .toArray();
      for (int task : Arrays.copyOf(wanting, Math.min(cpus, wanting.length))) {
        had[task] += SLICE;
        credit[task] += SLICE * (0.8 + 0.4 * random.nextDouble());
        boolean stressor = task >= 1 && task <= stressors;
        if (stressor && random.nextDouble() > busy) {
          wakes[task] = now + SLICE * (1 + random.nextInt(3));
        }
      }
      // Who slept long has no claim on what it did not ask for.
      double least = Double.POSITIVE_INFINITY;
      for (int task : wanting) {
        least = Math.min(least, credit[task]);
      }
      for (int task = 0; task < tasks; task++) {
        credit[task] = Math.max(credit[task], least - SLICE);
      }
    }
    return had[0] / MEASURED_MILLIS;
  }

  /** Of so many forks, how many the rule takes away. */
  private static int lost(int cpus, int stressors, double busy, int foreign) {
    Random random = new Random(cpus * 1000L + stressors * 100L + foreign);
    double due = OwnShare.due(cpus, stressors);
    int lost = 0;
    for (int fork = 0; fork < FORKS; fork++) {
      lost += share(random, cpus, stressors, busy, foreign) < due * OwnShare.LOST ? 1 : 0;
    }
    return lost;
  }

  @Test
  void aProfilesOwnLoadTakesNoForkAway() {
    for (int cpus : List.of(1, 2, 4, 16)) {
      for (double busy : List.of(0.5, 0.8, 1.0)) {
        assertEquals(0, lost(cpus, cpus, busy, 0), cpus + " CPUs, busy " + busy);
        assertEquals(0, lost(cpus, 4 * cpus, busy, 0), cpus + " CPUs, four stressors each");
      }
    }
  }

  /** As many others as there are CPUs double a figure at most: a note, no loss. */
  @Test
  void aNeighbourOnEveryCpuIsNotedAndTakesNoForkAway() {
    for (int cpus : List.of(1, 2, 4, 16)) {
      assertEquals(0, lost(cpus, 0, 0, cpus));
      assertEquals(0, lost(cpus, cpus, 0.8, cpus));
      double share = share(new Random(1), cpus, 0, 0, 2 * cpus);
      assertTrue(CpuWaits.tells(OwnShare.check(share, cpus, 1, List.of())), "share " + share);
    }
  }

  /** Eight others on every CPU make an operation of 1 µs one of 9 µs and more. */
  @Test
  void anOverloadedMachineTakesNearlyEveryForkAway() {
    for (int cpus : List.of(1, 2, 4, 16)) {
      assertTrue(lost(cpus, 0, 0, 8 * cpus) > 0.99 * FORKS);
      assertTrue(lost(cpus, cpus, 0.8, 16 * cpus) > 0.99 * FORKS);
    }
  }

  /** Either side of the limit, and what the check says it allowed agrees. */
  @Test
  void aQuarterOfItsDueIsWhatAForkNeeds() {
    for (int threads : List.of(1, 3, 7)) {
      double due = OwnShare.due(2, threads - 1);
      LoadCheck less = OwnShare.check(due * OwnShare.LOST * 0.99, 2, threads, List.of());
      LoadCheck more = OwnShare.check(due * OwnShare.LOST * 1.01, 2, threads, List.of());
      assertFalse(less.reached(), less.toString());
      assertTrue(more.reached(), more.toString());
      assertEquals(75 * due, more.tolerance(), 1e-9);
    }
  }

  @Test
  void aForkWithoutItsShareIsLoadNotReachedAndTheProofSaysWhatItHad() {
    Cell cell = new Cell("maps", "maps.lookup", Map.of("threads", "1"), "cpu80");
    Measurement plain = new Measurement(34_000, List.of(34_000.0), null, 1, null, null);
    LoadCheck alive = new LoadCheck("stressors alive", "during", 2, 0, 2, "processes", true);

    LoadedState.Judged starved =
        LoadedState.judged(
            cell, new Outcome.Measured(OwnCpu.with(plain, 0.001), null), List.of(alive));
    assertEquals(ForkStatus.LOAD_NOT_REACHED, starved.status());
    assertTrue(
        starved.reason().startsWith("the measuring thread had 0.100 % of a CPU where "),
        starved.reason());
    assertEquals(plain, starved.measurement());

    LoadedState.Judged fed =
        LoadedState.judged(
            cell, new Outcome.Measured(OwnCpu.with(plain, 1.0), null), List.of(alive));
    assertEquals(ForkStatus.OK, fed.status());
    assertEquals(2, fed.load().size());
    assertEquals(100, fed.load().getLast().seen());
    assertFalse(CpuWaits.tells(fed.load().getLast()));
    assertNull(plain.extras());

    LoadedState.Judged unknown =
        LoadedState.judged(cell, new Outcome.Measured(plain, null), List.of(alive));
    assertEquals(List.of(alive), unknown.load());
  }
}
