package dev.bpfgauge.cli;

import dev.bpfgauge.machine.host.AllowedCpus;
import dev.bpfgauge.machine.stress.Load;
import dev.bpfgauge.machine.stress.LoadSettings;
import dev.bpfgauge.machine.stress.Profiles;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.run.Plan;
import dev.bpfgauge.run.Plan.PlannedFork;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A control: an operation must cost beside a load that takes turns with an idle machine what it
 * costs beside one that works all the time. Both figures are medians of turns of a process.
 */
final class LoadInTurns {
  private static final String LOAD = "cpu80";

  /** The turns' other side, the load in turns, the steady load. */
  static final List<String> PROFILES = List.of("idle", LOAD, LOAD);

  private LoadInTurns() {}

  /** Why this machine cannot do it, as a sentence; empty where it can. */
  static Optional<String> unavailable() {
    Path here = Path.of("");
    return Load.unavailable(
        new Profiles(here).find(LOAD), LoadSettings.of(AllowedCpus.read(), Duration.ZERO, here));
  }

  /**
   * A plan with the control at the end of each round: a process that sees the load in turns and one
   * that sees it steady, in one order in one round and in the other in the next.
   *
   * @param arms of {@link #PROFILES}
   * @param cells without their profile
   */
  static Plan after(Plan plan, List<ArmInfo> arms, List<Cell> cells) {
    List<PlannedFork> forks = new ArrayList<>();
    int process = 1 + plan.forks().stream().mapToInt(LoadInTurns::process).max().orElse(-1);
    for (int round = 0; round < plan.rounds(); round++) {
      int of = round;
      plan.forks().stream()
          .filter(fork -> fork.round() == of)
          .forEach(fork -> add(forks, of, fork.cell(), fork.process()));
      List<List<ArmInfo>> blocks = List.of(arms.subList(0, 2), arms.subList(2, 3));
      for (List<ArmInfo> block : round % 2 == 0 ? blocks : blocks.reversed()) {
        for (ArmInfo arm : block) {
          for (Cell cell : cells) {
            add(forks, round, cell.on(arm.label()), process);
          }
        }
        process++;
      }
    }
    List<ArmInfo> all = new ArrayList<>(plan.arms());
    all.addAll(arms);
    return plan.with(all, forks);
  }

  private static int process(PlannedFork fork) {
    Integer process = fork.process();
    return process == null ? -1 : process;
  }

  private static void add(
      List<PlannedFork> forks, int round, Cell cell, @Nullable Integer process) {
    forks.add(new PlannedFork(forks.size(), round, cell, process));
  }

  /**
   * The load in turns against the steady one: the geometric mean of all cells of a round is its
   * figure.
   *
   * @param arms of {@link #PROFILES}
   */
  static PairedComparison compare(List<ForkRecord> forks, List<ArmInfo> arms, double margin) {
    Map<Integer, Map<Cell, Double>> inTurns = byRound(forks, arms.get(1).label());
    Map<Integer, Map<Cell, Double>> steady = byRound(forks, arms.get(2).label());
    List<Double> subject = new ArrayList<>();
    List<Double> reference = new ArrayList<>();
    inTurns.forEach((round, figures) -> {
      Map<Cell, Double> others = steady.getOrDefault(round, Map.of());
      List<Cell> both = figures.keySet().stream().filter(others::containsKey).toList();
      if (!both.isEmpty()) {
        subject.add(geometricMean(figures, both));
        reference.add(geometricMean(others, both));
      }
    });
    return PairedComparison.of(array(subject), array(reference), margin);
  }

  /** Round → cell without its profile → ns. */
  private static Map<Integer, Map<Cell, Double>> byRound(List<ForkRecord> forks, String arm) {
    Map<Integer, Map<Cell, Double>> rounds = new TreeMap<>();
    for (ForkRecord fork : forks) {
      Measurement measurement = fork.measurement();
      if (fork.status() == ForkStatus.OK
          && measurement != null
          && fork.cell().profile().equals(arm)) {
        rounds
            .computeIfAbsent(fork.round(), _ -> new LinkedHashMap<>())
            .put(fork.cell().on(""), measurement.meanNanosPerOp());
      }
    }
    return rounds;
  }

  private static double geometricMean(Map<Cell, Double> figures, List<Cell> cells) {
    return Math.exp(
        cells.stream()
            .mapToDouble(cell -> Math.log(figures.getOrDefault(cell, 1.0)))
            .average()
            .orElse(0));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The control's line. */
  static String line(PairedComparison comparison) {
    boolean equivalent = comparison.verdict() == Verdict.EQUIVALENT;
    return String.format(
        Locale.ROOT,
        "Load in turns / steady load, lookups under %s: ratio %s of %d rounds, %s, %s ±%.0f %%",
        LOAD,
        CalibrateCommand.ratio(comparison.ratio(), comparison.interval95()),
        comparison.pairs(),
        comparison.verdict().word(),
        equivalent ? "within" : "not within",
        100 * comparison.margin());
  }
}
