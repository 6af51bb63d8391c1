package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.ComparisonFamily;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows how the intervals and verdicts of this package behave where the truth is known. Its output
 * stands in docs/measured/simulations.md; the same seed gives the same output.
 *
 * <p>{@code java -cp harness.jar dev.bpfgauge.simulation.Simulation}
 */
public final class Simulation {
  static final double MARGIN = 0.03;

  private static final long SEED = 20_26;
  private static final int CELLS_OF_DEFAULT_PLAN = 14;

  private Simulation() {}

  /** Prints the report. */
  public static void main(String[] args) {
    System.out.print(report());
  }

  /** All eight tables. */
  static String report() {
    return Stream.<Supplier<String>>of(
            Simulation::coverageTable,
            Simulation::driftTable,
            Simulation::sameTable,
            Simulation::powerTable,
            Simulation::injectedTable,
            () -> NetCosts.table(new Random(SEED)),
            () -> UntilDecided.table(new Random(SEED)),
            () -> ReferencedRuns.table(new Random(SEED)))
        .parallel()
        .map(Supplier::get)
        .collect(Collectors.joining("\n"));
  }

  /** How often an interval held the true mean. */
  record Coverage(double forkLevel, double pooled) {}

  /**
   * Forks that differ: a share of the variance is common to all iterations of a fork.
   *
   * @param forkShare share of the variance that lies between forks, 0 to 1
   */
  static Coverage coverage(double forkShare, int forks, int iterations, int runs, Random random) {
    double truth = 1000;
    int forkLevel = 0;
    int pooled = 0;
    for (int run = 0; run < runs; run++) {
      double[] all = new double[forks * iterations];
      double[] means = new double[forks];
      for (int fork = 0; fork < forks; fork++) {
        double level = truth + 20 * Math.sqrt(forkShare) * random.nextGaussian();
        for (int i = fork * iterations; i < (fork + 1) * iterations; i++) {
          all[i] = level + 20 * Math.sqrt(1 - forkShare) * random.nextGaussian();
        }
        means[fork] =
            ForkStatistics.mean(
                Arrays.copyOfRange(all, fork * iterations, (fork + 1) * iterations));
      }
      forkLevel += holds(ForkStatistics.of(means).interval95(), truth);
      pooled += holds(ForkStatistics.tInterval(all, 0.999), truth);
    }
    return new Coverage((double) forkLevel / runs, (double) pooled / runs);
  }

  /** In which order the forks of two equal arms A and B run. */
  enum Order {
    SEQUENTIAL("AAAAABBBBB"),
    ALTERNATING("ABABABABAB"),
    ABBA("ABBAABBAAB"),
    RANDOM_BLOCKS("A and B drawn in each round");

    private final String words;

    Order(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    /** At which of the ten places the forks of A (the first) and B of a round run. */
    int[] places(int round, Random random) {
      boolean swap =
          switch (this) {
            case SEQUENTIAL, ALTERNATING -> false;
            case ABBA -> round % 2 == 1;
            case RANDOM_BLOCKS -> random.nextBoolean();
          };
      if (this == SEQUENTIAL) {
        return new int[] {round, ROUNDS + round};
      }
      return swap ? new int[] {2 * round + 1, 2 * round} : new int[] {2 * round, 2 * round + 1};
    }

    static final int ROUNDS = 5;
  }

  /** Shares of runs in which two equal arms were called different. */
  record Alarms(double plainInterval, double verdictRule) {}

  /**
   * Equal arms on a machine whose times drift in a straight line.
   *
   * @param drift what the last fork takes more than the first, as a share
   */
  static Alarms underDrift(Order order, double drift, NoiseModel noise, int runs, Random random) {
    int plain = 0;
    int rule = 0;
    for (int run = 0; run < runs; run++) {
      double[] a = new double[Order.ROUNDS];
      double[] b = new double[Order.ROUNDS];
      for (int round = 0; round < Order.ROUNDS; round++) {
        int[] places = order.places(round, random);
        double last = 2 * Order.ROUNDS - 1;
        a[round] = Math.exp(drift * places[0] / last + noise.logFactor(random));
        b[round] = Math.exp(drift * places[1] / last + noise.logFactor(random));
      }
      PairedComparison comparison = PairedComparison.of(b, a, MARGIN);
      plain += excludesOne(comparison) ? 1 : 0;
      rule += isAlarm(comparison.verdict()) ? 1 : 0;
    }
    return new Alarms((double) plain / runs, (double) rule / runs);
  }

  /**
   * What runs of two equal arms said.
   *
   * @param alarms shares of runs in which at least one cell was called different
   * @param equivalent share of cells called equivalent
   */
  record SameArms(Alarms alarms, double equivalent) {}

  /** A/A runs: every cell of both arms is the same. */
  static SameArms sameArms(int cells, int rounds, NoiseModel noise, int runs, Random random) {
    int plain = 0;
    int rule = 0;
    int equivalent = 0;
    for (int run = 0; run < runs; run++) {
      List<PairedComparison> family = family(1, cells, rounds, noise, random);
      double[] adjusted = ComparisonFamily.adjustedP(family);
      List<Verdict> verdicts =
          IntStream.range(0, cells).mapToObj(i -> family.get(i).verdict(adjusted[i])).toList();
      plain += family.stream().anyMatch(Simulation::excludesOne) ? 1 : 0;
      rule += verdicts.stream().anyMatch(Simulation::isAlarm) ? 1 : 0;
      equivalent += Collections.frequency(verdicts, Verdict.EQUIVALENT);
    }
    return new SameArms(
        new Alarms((double) plain / runs, (double) rule / runs),
        (double) equivalent / runs / cells);
  }

  /** Runs of the default plan in which nothing changed, to put slowdowns into. */
  static List<List<PairedComparison>> unchanged(
      int rounds, NoiseModel noise, int runs, Random random) {
    return IntStream.range(0, runs)
        .mapToObj(run -> family(1, CELLS_OF_DEFAULT_PLAN, rounds, noise, random))
        .toList();
  }

  /** The share of runs that call their first cell slower when that cell alone takes longer. */
  static double found(double slowdown, List<List<PairedComparison>> unchanged) {
    int found = 0;
    for (List<PairedComparison> run : unchanged) {
      List<PairedComparison> family = new ArrayList<>(run);
      PairedComparison slowed = slowed(run.getFirst(), 1 + slowdown);
      family.set(0, slowed);
      double adjusted = ComparisonFamily.adjustedP(family)[0];
      found += slowed.verdict(adjusted) == Verdict.SLOWER ? 1 : 0;
    }
    return (double) found / unchanged.size();
  }

  /** What the comparison would have been with every time of the subject that much longer. */
  private static PairedComparison slowed(PairedComparison comparison, double factor) {
    Interval interval = comparison.interval95();
    return new PairedComparison(
        comparison.pairs(),
        comparison.ratio() * factor,
        interval == null ? null : new Interval(interval.low() * factor, interval.high() * factor),
        comparison.deviation(),
        comparison.demand());
  }

  /** The smallest slowdown that at least this share of runs finds. */
  static double smallestFound(double share, List<List<PairedComparison>> unchanged) {
    double tooSmall = 0;
    double enough = 0.5;
    while (enough - tooSmall > 0.0005) {
      double middle = (tooSmall + enough) / 2;
      if (found(middle, unchanged) >= share) {
        enough = middle;
      } else {
        tooSmall = middle;
      }
    }
    return enough;
  }

  /** How often the interval of the ratio held the true ratio. */
  static double ratioCoverage(double ratio, int rounds, NoiseModel noise, int runs, Random random) {
    int held = 0;
    for (int run = 0; run < runs; run++) {
      held += holds(comparison(ratio, rounds, noise, random).interval95(), ratio);
    }
    return (double) held / runs;
  }

  /** Comparisons of one run; only the first cell differs between the arms. */
  private static List<PairedComparison> family(
      double ratioOfFirst, int cells, int rounds, NoiseModel noise, Random random) {
    return IntStream.range(0, cells)
        .mapToObj(cell -> comparison(cell == 0 ? ratioOfFirst : 1, rounds, noise, random))
        .toList();
  }

  private static PairedComparison comparison(
      double ratio, int rounds, NoiseModel noise, Random random) {
    double[] subject = new double[rounds];
    double[] reference = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      subject[round] = ratio * Math.exp(noise.logFactor(random));
      reference[round] = Math.exp(noise.logFactor(random));
    }
    return PairedComparison.of(subject, reference, MARGIN);
  }

  private static int holds(@Nullable Interval interval, double truth) {
    return interval != null && interval.contains(truth) ? 1 : 0;
  }

  private static boolean excludesOne(PairedComparison comparison) {
    return holds(comparison.interval95(), 1) == 0;
  }

  private static boolean isAlarm(Verdict verdict) {
    return verdict == Verdict.SLOWER || verdict == Verdict.FASTER;
  }

  private static String coverageTable() {
    Random random = new Random(SEED);
    StringBuilder table =
        new StringBuilder(
            """
            1. How often the interval holds the true mean (5 forks, 4000 runs)
               variance      95 % over       99.9 % pooled   99.9 % pooled
               between       fork means      5 iterations    20 iterations
               forks
            """);
    for (double share : new double[] {0, 0.1, 0.3, 0.6}) {
      Coverage five = coverage(share, 5, 5, 4000, random);
      Coverage twenty = coverage(share, 5, 20, 4000, random);
      table.append(
          String.format(
              Locale.ROOT,
              "   %3.0f %%         %5.1f %%         %5.1f %%         %5.1f %%\n",
              100 * share,
              100 * five.forkLevel(),
              100 * five.pooled(),
              100 * twenty.pooled()));
    }
    return table.toString();
  }

  private static String driftTable() {
    Random random = new Random(SEED);
    StringBuilder table =
        new StringBuilder(
            """
            2. Runs that call two equal arms different while the machine drifts
               (5 rounds, CV 1 %, 4000 runs; plain: 95 % interval without 1; rule: verdict)
               order                        drift 2 %        drift 4 %        drift 8 %
                                            plain    rule    plain    rule    plain    rule
            """);
    for (Order order : Order.values()) {
      table.append(String.format(Locale.ROOT, "   %-27s", order.words()));
      for (double drift : new double[] {0.02, 0.04, 0.08}) {
        Alarms alarms = underDrift(order, drift, NoiseModel.QUIET, 4000, random);
        table.append(
            String.format(
                Locale.ROOT,
                " %5.1f %% %5.1f %%",
                100 * alarms.plainInterval(),
                100 * alarms.verdictRule()));
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String sameTable() {
    Random random = new Random(SEED);
    StringBuilder table =
        new StringBuilder(
            """
            3. A/A runs with at least one false alarm (5 rounds, 500 runs, margin 3 %)
               forks differ by              cells    plain     rule   cells called equivalent
            """);
    for (NoiseModel noise : NoiseModel.values()) {
      for (int cells : new int[] {14, 30, 100}) {
        SameArms same = sameArms(cells, 5, noise, 500, random);
        table.append(
            String.format(
                Locale.ROOT,
                "   %-27s %6d  %5.1f %%  %5.1f %%                 %5.1f %%\n",
                noise.words(),
                cells,
                100 * same.alarms().plainInterval(),
                100 * same.alarms().verdictRule(),
                100 * same.equivalent()));
      }
    }
    return table.toString();
  }

  private static String powerTable() {
    Random random = new Random(SEED);
    StringBuilder table =
        new StringBuilder(
            """
            4. The smallest slowdown that is found in 80 % and in 95 % of runs
               (one of 14 cells, margin 3 %, 300 runs)
               forks differ by                  5 rounds          10 rounds          20 rounds
                                              80 %    95 %      80 %    95 %      80 %    95 %
            """);
    for (NoiseModel noise :
        new NoiseModel[] {
          NoiseModel.QUIET, NoiseModel.USUAL, NoiseModel.LIVELY, NoiseModel.HEAVY_TAILS
        }) {
      table.append(String.format(Locale.ROOT, "   %-27s", noise.words()));
      for (int rounds : new int[] {5, 10, 20}) {
        List<List<PairedComparison>> unchanged = unchanged(rounds, noise, 300, random);
        table.append(
            String.format(
                Locale.ROOT,
                "   %5.1f %% %5.1f %%",
                100 * smallestFound(0.80, unchanged),
                100 * smallestFound(0.95, unchanged)));
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String injectedTable() {
    Random random = new Random(SEED);
    StringBuilder table =
        new StringBuilder(
            """
            5. A true slowdown of 10 %: does the 95 % interval hold 1.10, is the verdict slower?
               (one of 14 cells, margin 3 %, 500 runs)
               forks differ by                  5 rounds          10 rounds
                                             holds  slower     holds  slower
            """);
    for (NoiseModel noise : NoiseModel.values()) {
      table.append(String.format(Locale.ROOT, "   %-27s", noise.words()));
      for (int rounds : new int[] {5, 10}) {
        table.append(
            String.format(
                Locale.ROOT,
                "   %5.1f %% %5.1f %%",
                100 * ratioCoverage(1.10, rounds, noise, 500, random),
                100 * found(0.10, unchanged(rounds, noise, 500, random))));
      }
      table.append('\n');
    }
    return table.toString();
  }
}
