package dev.bpfgauge.stats;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.special.Erf;

/**
 * The rounds after which a run's verdicts are looked at, and measuring stops where they are
 * decided. Who looks often and stops at what he likes is wrong more often than one look is, so each
 * look gets the same smaller error, of which the whole makes up the error of one (S. J. Pocock,
 * "Group sequential methods in the design and analysis of clinical trials", Biometrika 64, 1977,
 * with the recursion of P. Armitage, C. K. McPherson and B. C. Rowe, J. R. Statist. Soc. A 132,
 * 1969). A run that ends before its last look has made fewer than it paid for.
 *
 * @param rounds rounds done at each look, ascending; none or one for a run that is looked at once
 */
public record Looks(List<Integer> rounds) {
  /** Each look at half as many rounds more as the one before. */
  private static final double GROWTH = 1.5;

  /** Points of the grid over half of the values below the limit; even, for Simpson's rule. */
  private static final int GRID = 96;

  public Looks {
    rounds = List.copyOf(rounds);
    for (int i = 0; i < rounds.size(); i++) {
      if (rounds.get(i) <= (i == 0 ? 0 : rounds.get(i - 1))) {
        throw new IllegalArgumentException("rounds of looks ascend from 1, not " + rounds);
      }
    }
  }

  /**
   * After so many rounds, then after half as many more each time, and after the last.
   *
   * @param first rounds at the first look, from 1
   * @param last at the last one
   */
  public static Looks between(int first, int last) {
    List<Integer> rounds = new ArrayList<>();
    for (int round = first; round < last; round = Math.max(round + 1, (int) (round * GROWTH))) {
      rounds.add(round);
    }
    rounds.add(Math.max(first, last));
    return new Looks(rounds);
  }

  /** Whether it is looked after so many rounds. */
  public boolean isAfter(int round) {
    return rounds.contains(round);
  }

  /** The last look after at most so many rounds; at the first there are as many at least. */
  public int lastUpTo(int round) {
    return rounds.stream().filter(look -> look <= round).reduce((_, later) -> later).orElseThrow();
  }

  /**
   * The two-sided error of each look that makes up an error over all of them: of a normal mean.
   *
   * @param error over all looks, between 0 and 1
   */
  double errorOfEach(double error) {
    if (rounds.size() < 2) {
      return error;
    }
    double low = 0;
    double high = 10;
    for (int i = 0; i < 40; i++) {
      double middle = (low + high) / 2;
      if (errorOfAll(middle) > error) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 2 * tail(high);
  }

  /** With which probability any look sees a standardised mean beyond the limit. */
  private double errorOfAll(double limit) {
    // The sum's density where no look stopped before, over the values from 0 to its limit.
    double before = rounds.getFirst();
    double reach = limit * Math.sqrt(before);
    double[] density = new double[GRID + 1];
    for (int i = 0; i <= GRID; i++) {
      density[i] = normal(reach * i / GRID, before);
    }
    for (int round : rounds.subList(1, rounds.size())) {
      double next = limit * Math.sqrt(round);
      double[] grown = new double[GRID + 1];
      for (int i = 0; i <= GRID; i++) {
        grown[i] = arriving(density, reach, next * i / GRID, round - before);
      }
      density = grown;
      reach = next;
      before = round;
    }
    return 1 - 2 * simpson(density, reach);
  }

  /** The density at a value after a step of that variance, from a density that is symmetric. */
  private static double arriving(double[] density, double reach, double at, double variance) {
    double[] product = new double[GRID + 1];
    for (int j = 0; j <= GRID; j++) {
      double from = reach * j / GRID;
      product[j] = density[j] * (normal(at - from, variance) + normal(at + from, variance));
    }
    return simpson(product, reach);
  }

  private static double simpson(double[] values, double reach) {
    double sum = values[0] + values[GRID];
    for (int i = 1; i < GRID; i++) {
      sum += values[i] * (i % 2 == 0 ? 2 : 4);
    }
    return sum * reach / GRID / 3;
  }

  private static double normal(double value, double variance) {
    return Math.exp(-value * value / 2 / variance) / Math.sqrt(2 * Math.PI * variance);
  }

  private static double tail(double limit) {
    return Erf.erfc(limit / Math.sqrt(2)) / 2;
  }
}
