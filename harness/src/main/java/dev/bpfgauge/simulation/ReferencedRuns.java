package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.Correction;
import dev.bpfgauge.stats.ReferencedTimes;
import dev.bpfgauge.stats.Verdict;
import dev.bpfgauge.stats.WelchComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Two runs whose forks measured a reference beside their cells, where the truth is known. */
final class ReferencedRuns {
  private static final int CELLS = 14;
  private static final int FORKS = 5;

  private ReferencedRuns() {}

  /** How a machine differs, as standard deviations of logarithms; a cell has 1 % of its own. */
  enum Machine {
    QUIET("all alike", 0, 0, false, 0.005, false),
    DRIFT("runs differ by 5 %", 0.05, 0, false, 0.005, false),
    FORKS_TOO("runs differ by 5 %, forks by 3 %", 0.05, 0.03, false, 0.005, false),
    BURSTS("runs by 5 %, 1 fork in 10 +20 %", 0.05, 0, true, 0.005, false),
    NOISY_REFERENCE("the reference alone by 3 %", 0, 0, false, 0.03, false),
    MOVED("forks by 3 %, the reference +10 %", 0, 0.03, false, 0.005, true);

    private final String words;
    private final double runs;
    private final double forks;
    private final boolean bursts;
    private final double own;
    private final boolean moved;

    /**
     * @param runs from run to run, cells and reference alike
     * @param forks from fork to fork, cells and reference alike
     * @param bursts every tenth fork takes 20 % longer, and its reference
     * @param own of the reference alone
     * @param moved the reference takes 10 % longer in the run judged, though no cell does
     */
    Machine(String words, double runs, double forks, boolean bursts, double own, boolean moved) {
      this.words = words;
      this.runs = runs;
      this.forks = forks;
      this.bursts = bursts;
      this.own = own;
      this.moved = moved;
    }

    /** The cells of a run; the first takes {@code slower} as long as the others. */
    private List<ReferencedTimes> run(double slower, boolean itsMoved, Random random) {
      double level = runs * random.nextGaussian();
      double[] common = new double[FORKS];
      double[] references = new double[FORKS];
      for (int fork = 0; fork < FORKS; fork++) {
        boolean burst = bursts && random.nextInt(10) == 0;
        common[fork] = level + forks * random.nextGaussian() + (burst ? Math.log(1.2) : 0);
        references[fork] =
            Math.exp(common[fork] + own * random.nextGaussian()) * (itsMoved ? 1.1 : 1);
      }
      List<ReferencedTimes> cells = new ArrayList<>();
      for (int cell = 0; cell < CELLS; cell++) {
        double[] times = new double[FORKS];
        for (int fork = 0; fork < FORKS; fork++) {
          times[fork] =
              Math.exp(common[fork] + 0.01 * random.nextGaussian()) * (cell == 0 ? slower : 1);
        }
        cells.add(new ReferencedTimes(times, references));
      }
      return cells;
    }
  }

  /**
   * Shares of comparisons.
   *
   * @param corrected in which corrected times decided
   * @param rawAlarms with a false alarm, would raw times decide
   * @param alarms with a false alarm by the rule
   * @param rawFound that would find the first cell's slowdown by raw times
   * @param found that find it by the rule
   */
  record Said(double corrected, double rawAlarms, double alarms, double rawFound, double found) {}

  /** Each time once without a change and once with a cell that is 10 % slower. */
  static Said simulate(Machine machine, int comparisons, Random random) {
    int[] counts = new int[5];
    for (int i = 0; i < comparisons; i++) {
      List<ReferencedTimes> before = machine.run(1, false, random);
      Judged same = Judged.of(machine.run(1, machine.moved, random), before);
      counts[0] += same.decides ? 1 : 0;
      counts[1] += same.raw.stream().anyMatch(ReferencedRuns::isAlarm) ? 1 : 0;
      counts[2] += same.rule.stream().anyMatch(ReferencedRuns::isAlarm) ? 1 : 0;
      Judged slower = Judged.of(machine.run(1.1, machine.moved, random), before);
      counts[3] += slower.raw.getFirst() == Verdict.SLOWER ? 1 : 0;
      counts[4] += slower.rule.getFirst() == Verdict.SLOWER ? 1 : 0;
    }
    double all = comparisons;
    return new Said(
        counts[0] / all, counts[1] / all, counts[2] / all, counts[3] / all, counts[4] / all);
  }

  private static boolean isAlarm(Verdict verdict) {
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  /** The verdicts of all cells, by raw times and by the rule. */
  private record Judged(boolean decides, List<Verdict> raw, List<Verdict> rule) {
    static Judged of(List<ReferencedTimes> subject, List<ReferencedTimes> before) {
      List<WelchComparison> raw = new ArrayList<>();
      List<WelchComparison> corrected = new ArrayList<>();
      for (int i = 0; i < CELLS; i++) {
        ReferencedTimes now = subject.get(i);
        ReferencedTimes then = before.get(i);
        raw.add(WelchComparison.of(now.raw(), then.raw(), Simulation.MARGIN));
        corrected.add(WelchComparison.of(now.corrected(), then.corrected(), Simulation.MARGIN));
      }
      Correction correction = Correction.of(subject, before, Simulation.MARGIN);
      boolean decides = correction.decides();
      double[] rawP = ComparisonFamily.adjustedP(raw);
      double[] correctedP = ComparisonFamily.adjustedP(corrected);
      List<Verdict> rawVerdicts = new ArrayList<>();
      List<Verdict> verdicts = new ArrayList<>();
      for (int i = 0; i < CELLS; i++) {
        rawVerdicts.add(raw.get(i).verdict(rawP[i]));
        verdicts.add(
            decides
                ? Correction.verdict(corrected.get(i), correctedP[i], raw.get(i))
                : Correction.verdict(
                    raw.get(i), rawP[i], correction.alone() ? raw.get(i) : corrected.get(i)));
      }
      return new Judged(decides, rawVerdicts, verdicts);
    }
  }

  static String table(Random random) {
    StringBuilder table =
        new StringBuilder(
            """
            8. Two runs with a reference beside 14 cells (5 forks each, margin 3 %, 500 comparisons)
               cells differ by 1 %, besides        corrected    false alarms    a cell +10 % found
                                                     decides     raw    rule         raw    rule
            """);
    for (Machine machine : Machine.values()) {
      Said said = simulate(machine, 500, random);
      table.append(
          String.format(
              Locale.ROOT,
              "   %-36s %6.1f %% %5.1f %% %5.1f %%     %5.1f %% %5.1f %%\n",
              machine.words,
              100 * said.corrected,
              100 * said.rawAlarms,
              100 * said.alarms,
              100 * said.rawFound,
              100 * said.found));
    }
    return table.toString();
  }
}
