package dev.bpfgauge.run;

import dev.bpfgauge.results.Cell;
import dev.bpfgauge.results.RunInfo.ArmInfo;
import dev.bpfgauge.results.RunInfo.PlanInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What will run, in which order, how long: data only, kept as plan.json so that a run can resume.
 *
 * @param mode {@code quick}, {@code default}, {@code thorough} or {@code custom}
 * @param arms the arms; the first is the reference
 * @param forks every fork in the order of execution
 * @param rounds rounds over all arms
 * @param seed seed of the order and of the benchmarks' keys
 * @param times how long one fork warms up and measures
 * @param margin margin of equivalence as a share
 * @param injectNanos arm label → busy delay put into that arm's lookups, to see whether a known
 *     slowdown is found; empty in a plain run
 */
public record Plan(
    String mode,
    List<ArmInfo> arms,
    List<PlannedFork> forks,
    int rounds,
    long seed,
    Times times,
    double margin,
    SortedMap<String, Long> injectNanos) {

  public Plan {
    arms = List.copyOf(arms);
    forks = List.copyOf(forks);
    injectNanos = Collections.unmodifiableSortedMap(new TreeMap<>(injectNanos));
  }

  /**
   * One fork to run.
   *
   * @param seq position in the plan, from 0
   * @param round the round it belongs to, from 0
   * @param cell what it measures
   */
  public record PlannedFork(int seq, int round, Cell cell) {}

  /**
   * The times of one fork.
   *
   * @param warmupMillis warm-up, once
   * @param measureMillis one iteration
   * @param iterations iterations measured
   */
  public record Times(int warmupMillis, int measureMillis, int iterations) {

    public int totalMillis() {
      return warmupMillis + measureMillis * iterations;
    }
  }

  /**
   * Interleaves: each round visits every arm, forwards in even rounds and backwards in odd ones
   * (ABBA), and shuffles the cells from the second round on (the first shows the plan's own order),
   * in the same order for each arm of a round, so that drift hits every arm alike and the forks
   * that are compared lie close together.
   *
   * @param everywhere cells measured on every arm; their profile is replaced
   * @param firstArmOnly cells measured on the first arm alone, such as the C reference
   */
  public static Plan interleave(
      String mode,
      List<ArmInfo> arms,
      List<Cell> everywhere,
      List<Cell> firstArmOnly,
      int rounds,
      long seed,
      Times times,
      double margin,
      SortedMap<String, Long> injectNanos) {
    Random random = new Random(seed);
    List<PlannedFork> forks = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Cell> shuffled = new ArrayList<>(everywhere);
      shuffled.addAll(firstArmOnly);
      if (round > 0) {
        Collections.shuffle(shuffled, random);
      }
      Set<Cell> onlyFirst = Set.copyOf(firstArmOnly);
      List<ArmInfo> order = round % 2 == 0 ? arms : arms.reversed();
      for (ArmInfo arm : order) {
        boolean first = arm.label().equals(arms.getFirst().label());
        for (Cell cell : shuffled) {
          if (first || !onlyFirst.contains(cell)) {
            forks.add(new PlannedFork(forks.size(), round, cell.on(arm.label())));
          }
        }
      }
    }
    return new Plan(mode, arms, forks, rounds, seed, times, margin, injectNanos);
  }

  /** Labels for profile names: a repeated name gets {@code #2}, {@code #3} … */
  public static List<String> labels(List<String> profiles) {
    List<String> labels = new ArrayList<>();
    for (String profile : profiles) {
      int earlier = Collections.frequency(profiles.subList(0, labels.size()), profile);
      labels.add(earlier == 0 ? profile : profile + "#" + (earlier + 1));
    }
    return labels;
  }

  /** The plan in numbers, for run.json. */
  public PlanInfo info() {
    Set<String> suites = new LinkedHashSet<>();
    forks.forEach(fork -> suites.add(fork.cell().suite()));
    return new PlanInfo(
        mode,
        List.copyOf(suites),
        arms,
        rounds,
        forks.size(),
        seed,
        times.warmupMillis(),
        times.measureMillis() * times.iterations(),
        margin);
  }
}
