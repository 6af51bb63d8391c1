package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.Demand;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Looks;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Runs that go on for the cells that are not decided: whether looking again and again makes false
 * alarms, and what the intervals are worth that such a run ends with.
 */
final class UntilDecided {
  private static final int CELLS = 10;
  static final Looks LOOKS = Looks.between(5, 33);

  private UntilDecided() {}

  /** How the ratio of a round scatters from round to round. */
  enum Rounds {
    QUIET("normal, CV 1 %", NoiseModel.QUIET),
    USUAL("normal, CV 2 %", NoiseModel.USUAL),
    LIVELY("normal, CV 3 %", NoiseModel.LIVELY),
    HEAVY_TAILS("heavy tails, CV 2 %", NoiseModel.HEAVY_TAILS),
    /** A neighbour stays for five rounds or so, and rounds scatter five times as much meanwhile. */
    COMES_AND_GOES("CV 1 %, 5 % for rounds", NoiseModel.QUIET) {
      @Override
      double[] logRatios(int rounds, Random random) {
        double[] logs = super.logRatios(rounds, random);
        boolean there = random.nextBoolean();
        for (int i = 0; i < rounds; i++) {
          there ^= random.nextInt(5) == 0;
          logs[i] *= there ? 5 : 1;
        }
        return logs;
      }
    };

    private final String words;
    private final NoiseModel noise;

    Rounds(String words, NoiseModel noise) {
      this.words = words;
      this.noise = noise;
    }

    double[] logRatios(int rounds, Random random) {
      double[] logs = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        double subject = noise.logFactor(random);
        logs[i] = subject - noise.logFactor(random);
      }
      return logs;
    }
  }

  /**
   * What runs ended with.
   *
   * @param alarms share of runs with a cell called slower or faster
   * @param held share of cells whose last interval held the truth
   * @param decided share of cells with a verdict
   * @param rounds that a cell took
   */
  record End(double alarms, double held, double decided, double rounds) {}

  /**
   * Runs in which each cell ends when its own verdict is there.
   *
   * @param ratio true one, of all cells
   * @param demand of each look
   */
  static End end(double ratio, Rounds nature, Demand demand, int runs, Random random) {
    int alarms = 0;
    int held = 0;
    int decided = 0;
    long rounds = 0;
    for (int run = 0; run < runs; run++) {
      List<PairedComparison> cells = run(ratio, nature, demand, random);
      double[] adjusted = ComparisonFamily.adjustedP(cells);
      boolean alarm = false;
      for (int i = 0; i < CELLS; i++) {
        Verdict verdict = cells.get(i).verdict(adjusted[i]);
        Interval interval = cells.get(i).interval95();
        alarm |= verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
        held += interval != null && interval.contains(ratio) ? 1 : 0;
        decided += verdict == Verdict.INCONCLUSIVE ? 0 : 1;
        rounds += cells.get(i).pairs();
      }
      alarms += alarm ? 1 : 0;
    }
    double all = (double) runs * CELLS;
    return new End((double) alarms / runs, held / all, decided / all, rounds / all);
  }

  private static List<PairedComparison> run(
      double ratio, Rounds nature, Demand demand, Random random) {
    int most = LOOKS.rounds().getLast();
    List<double[]> logs =
        IntStream.range(0, CELLS).mapToObj(_ -> nature.logRatios(most, random)).toList();
    List<PairedComparison> cells = new ArrayList<>();
    List<Integer> open = IntStream.range(0, CELLS).boxed().toList();
    for (int look : LOOKS.rounds()) {
      for (int i : open) {
        PairedComparison now = comparison(ratio, Arrays.copyOf(logs.get(i), look), demand);
        if (cells.size() < CELLS) {
          cells.add(now);
        } else {
          cells.set(i, now);
        }
      }
      double[] adjusted = ComparisonFamily.adjustedP(cells);
      open =
          open.stream()
              .filter(i -> cells.get(i).verdict(adjusted[i]) == Verdict.INCONCLUSIVE)
              .toList();
    }
    return cells;
  }

  private static PairedComparison comparison(double ratio, double[] logs, Demand demand) {
    double[] subject = Arrays.stream(logs).map(log -> ratio * Math.exp(log)).toArray();
    double[] reference = new double[logs.length];
    Arrays.fill(reference, 1);
    return PairedComparison.of(subject, reference, demand);
  }

  /** The table for docs/measured/simulations.md. */
  static String table(Random random) {
    StringBuilder table =
        new StringBuilder(
            """
            7. Runs that go on until decided, looked at after %s rounds
               (10 cells, margin 3 %%, 200 runs; once: each look with the demands of a single one;
               different: runs with a cell called slower or faster; at 1.03 every verdict is wrong)
               true   forks differ by        different       interval holds    verdict        rounds
               ratio                         once    rule    once    rule    once    rule    rule
            """
                .formatted(
                    String.join(", ", LOOKS.rounds().stream().map(String::valueOf).toList())));
    for (double ratio : new double[] {1, 1.015, 1.03, 1.05}) {
      for (Rounds nature : Rounds.values()) {
        End once = end(ratio, nature, Demand.of(Simulation.MARGIN), 200, random);
        End rule = end(ratio, nature, Demand.of(Simulation.MARGIN, LOOKS), 200, random);
        table.append(
            String.format(
                Locale.ROOT,
                "   %-5s  %-22s%5.1f %% %5.1f %% %5.1f %% %5.1f %% %5.1f %% %5.1f %% %7.1f\n",
                ratio == 1 ? "1" : String.valueOf(ratio),
                nature.words,
                100 * once.alarms(),
                100 * rule.alarms(),
                100 * once.held(),
                100 * rule.held(),
                100 * once.decided(),
                100 * rule.decided(),
                rule.rounds()));
      }
    }
    return table.toString();
  }
}
