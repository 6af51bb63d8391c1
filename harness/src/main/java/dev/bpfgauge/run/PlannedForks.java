package dev.bpfgauge.run;

import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.suite.InTurns;
import dev.bpfgauge.suite.Suite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * How the forks of a plan are measured.
 *
 * @param log where their output goes
 */
record PlannedForks(Plan plan, Path log) {

  /** Arms of one state share a slot's turns, where they do not differ in anything else. */
  Callable<List<InTurns.Taken>> inTurns(
      Suites suites, ArmState.Source states, List<PlannedFork> forks) {
    Map<String, List<String>> copies = new TreeMap<>();
    List<InTurns.Slot> slots = new ArrayList<>();
    for (PlannedFork fork : forks) {
      String arm = fork.cell().profile();
      long delay = plan.injectNanos().getOrDefault(arm, 0L);
      List<String> alike =
          copies.computeIfAbsent(states.stateOf(arm) + " " + delay, _ -> new ArrayList<>());
      if (!alike.contains(arm)) {
        alike.add(arm);
      }
      boolean itsOwn = Suite.of(fork.cell().suite()).arms().isPresent();
      slots.add(
          new InTurns.Slot(
              fork.cell().on(""), itsOwn ? arm : "", delay, itsOwn ? 0 : alike.indexOf(arm)));
    }
    List<InTurns.Slot> distinct = slots.stream().distinct().toList();
    Callable<List<InTurns.Taken>> process = suites.inTurns(distinct, inTurns(forks));
    return () -> {
      List<InTurns.Taken> taken = process.call();
      return slots.stream().map(slot -> taken.get(distinct.indexOf(slot))).toList();
    };
  }

  /** How forks that take turns are measured, all together. */
  Settings inTurns(List<PlannedFork> forks) {
    return settings(plan.inTurns(forks.size()), 0);
  }

  /** How a fork that is alone is measured. */
  Settings settings(PlannedFork fork) {
    long delay = plan.injectNanos().getOrDefault(fork.cell().profile(), 0L);
    return settings(plan.timesOf(fork), delay);
  }

  private Settings settings(Plan.Times times, long delay) {
    return new Settings(
        times.warmupMillis(),
        times.measureMillis(),
        times.iterations(),
        plan.seed(),
        delay,
        log,
        List.of(),
        Path.of(System.getProperty("java.home")),
        false);
  }

  /** All forks of one round on one arm, each until its deadline. */
  Duration longestBlock(Duration forkDeadline) {
    int forksInABlock =
        plan.forks().stream()
            .collect(
                Collectors.groupingBy(
                    fork -> fork.round() + fork.cell().profile(), Collectors.summingInt(_ -> 1)))
            .values()
            .stream()
            .max(Integer::compare)
            .orElse(0);
    return forkDeadline.multipliedBy(forksInABlock).plusMinutes(1);
  }
}
