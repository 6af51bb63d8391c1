package dev.bpfgauge.simulation;

import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import java.util.Locale;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Costs that are differences of two noisy times, where the truth is known and near zero: what the
 * mean of all forks says, and what was said while forks at or below zero were measured again until
 * they were above it.
 */
final class NetCosts {
  /** A cheap system call, in nanoseconds. */
  static final double OPERATION = 140;

  private static final int FORKS = 5;

  private NetCosts() {}

  /**
   * What many runs of one cell said.
   *
   * @param mean mean over the runs of the cell's figure, in nanoseconds
   * @param held share of runs whose 95 % interval held the truth
   */
  record Said(double mean, double held) {}

  /**
   * Both rules on the same machine.
   *
   * @param allForks every fork counts, whatever its sign
   * @param aboveZero a fork counts if it is above zero, and is measured again if not
   * @param lost share of forks that were not above zero
   */
  record Both(Said allForks, Said aboveZero, double lost) {}

  /** The operation costs {@code truth} more with the program; each side of a fork has its noise. */
  static Both simulate(double truth, NoiseModel noise, int runs, Random random) {
    Tally all = new Tally();
    Tally above = new Tally();
    int lost = 0;
    for (int run = 0; run < runs; run++) {
      double[] forks =
          DoubleStream.generate(() -> fork(truth, noise, random)).limit(FORKS).toArray();
      lost += (int) DoubleStream.of(forks).filter(fork -> fork <= 0).count();
      ForkStatistics now = ForkStatistics.ofNet(forks);
      all.add(now.mean(), now.interval95(), truth);
      for (int i = 0; i < FORKS; i++) {
        while (forks[i] <= 0) {
          forks[i] = fork(truth, noise, random);
        }
      }
      ForkStatistics before = ForkStatistics.of(forks);
      above.add(before.mean(), before.interval95(), truth);
    }
    return new Both(all.of(runs), above.of(runs), (double) lost / runs / FORKS);
  }

  private static double fork(double truth, NoiseModel noise, Random random) {
    return (OPERATION + truth) * Math.exp(noise.logFactor(random))
        - OPERATION * Math.exp(noise.logFactor(random));
  }

  /** Sums over runs. */
  private static final class Tally {
    private double means;
    private int held;

    void add(double mean, @Nullable Interval interval, double truth) {
      means += mean;
      held += interval != null && interval.contains(truth) ? 1 : 0;
    }

    Said of(int runs) {
      return new Said(means / runs, (double) held / runs);
    }
  }

  static String table(Random random) {
    StringBuilder table =
        new StringBuilder(
            """
            6. A net cost near zero: an operation of 140 ns with a program, less without
               (5 forks, 4000 runs; beside it the rule that measured forks at or below zero again)
               forks differ by             true    every fork       only above zero      forks at or
                                             ns    mean   holds     mean   holds         below zero
            """);
    for (NoiseModel noise :
        new NoiseModel[] {
          NoiseModel.USUAL,
          NoiseModel.LIVELY,
          NoiseModel.HEAVY_TAILS,
          NoiseModel.NEIGHBOUR,
          NoiseModel.TWO_LAYOUTS
        }) {
      for (double truth : new double[] {0, 2, 5}) {
        Both both = simulate(truth, noise, 4000, random);
        table.append(
            String.format(
                Locale.ROOT,
                "   %-27s %4.0f   %5.2f  %5.1f %%   %6.2f  %5.1f %%           %5.1f %%\n",
                noise.words(),
                truth,
                Math.round(100 * both.allForks().mean()) / 100.0,
                100 * both.allForks().held(),
                both.aboveZero().mean(),
                100 * both.aboveZero().held(),
                100 * both.lost()));
      }
    }
    return table.toString();
  }
}
