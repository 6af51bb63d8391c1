package dev.bpfgauge.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Change points as Apache Otava (formerly Hunter) finds them, to be compared with: energy
 * statistics in windows of 50 points that overlap by half, every cut tested by Student's t with p
 * &lt; 0.01, then the weakest taken out until all have p &lt; 0.001 (M. Fleming et al., "Hunter:
 * Using Change Point Detection to Hunt for Performance Regressions", ICPE 2023, with Otava's
 * defaults). Nothing of the program uses it.
 */
public final class WindowedDivisive {
  private static final int WINDOW = 50;
  private static final double ERROR = 0.001;
  private static final double FIRST_ERROR = 10 * ERROR;

  private final double[] series;

  private WindowedDivisive(double[] series) {
    this.series = series;
  }

  /** First points of all levels but the first. */
  static List<Integer> of(double[] series) {
    return new WindowedDivisive(series).merged();
  }

  private List<Integer> merged() {
    List<Integer> cuts = split();
    while (!cuts.isEmpty()) {
      List<Integer> now = cuts;
      int weakest =
          now.stream().max(Comparator.comparingDouble(cut -> pAt(now, cut))).orElseThrow();
      if (pAt(cuts, weakest) < ERROR) {
        break;
      }
      cuts = new ArrayList<>(now);
      cuts.removeIf(cut -> cut == weakest);
    }
    return cuts;
  }

  private List<Integer> split() {
    List<Integer> cuts = new ArrayList<>();
    int start = 0;
    while (start < series.length) {
      int end = Math.min(start + WINDOW, series.length);
      List<Integer> found = inWindow(start, end);
      found.stream().filter(cut -> !cuts.contains(cut)).forEach(cuts::add);
      start = Math.max(found.isEmpty() ? 0 : found.getLast(), start + WINDOW / 2);
    }
    cuts.sort(Comparator.naturalOrder());
    return cuts;
  }

  /** Cuts where the energy is largest, as long as the cut is significant. */
  private List<Integer> inWindow(int start, int end) {
    List<Integer> cuts = new ArrayList<>();
    while (true) {
      int best = -1;
      double bestEnergy = Double.NEGATIVE_INFINITY;
      for (int i = 0; i <= cuts.size(); i++) {
        int from = i == 0 ? start : cuts.get(i - 1);
        int to = i == cuts.size() ? end : cuts.get(i);
        Cut cut = best(from, to);
        if (cut.energy() > bestEnergy) {
          bestEnergy = cut.energy();
          best = cut.at();
        }
      }
      if (best < 0) {
        return cuts;
      }
      int at = best;
      int from = cuts.stream().filter(cut -> cut < at).reduce(start, Math::max);
      int to = cuts.stream().filter(cut -> cut > at).reduce(end, Math::min);
      if (p(from, at, to) > FIRST_ERROR) {
        return cuts;
      }
      cuts.add(best);
      cuts.sort(Comparator.naturalOrder());
    }
  }

  private record Cut(int at, double energy) {}

  /** The cut, and the end after it, with the largest energy distance between its two sides. */
  private Cut best(int from, int to) {
    int n = to - from;
    double[][] sums = new double[n + 1][n + 1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sums[i + 1][j + 1] =
            sums[i][j + 1]
                + sums[i + 1][j]
                - sums[i][j]
                + Math.abs(series[from + i] - series[from + j]);
      }
    }
    Cut best = new Cut(-1, Double.NEGATIVE_INFINITY);
    for (int at = 1; at < n; at++) {
      for (int end = at + 1; end <= n; end++) {
        double energy = energy(sums, at, end);
        if (energy > best.energy()) {
          best = new Cut(from + at, energy);
        }
      }
    }
    return best;
  }

  private static double energy(double[][] sums, int at, int end) {
    int left = at;
    int right = end - at;
    double between = sums[at][end] - sums[at][at];
    double inLeft = sums[at][at] / 2;
    double inRight = (sums[end][end] - sums[at][end] - sums[end][at] + sums[at][at]) / 2;
    double energy = 2.0 / end * between;
    if (left > 1) {
      energy -= 2.0 * right / end / (left - 1) * inLeft;
    }
    if (right > 1) {
      energy -= 2.0 * left / end / (right - 1) * inRight;
    }
    return energy;
  }

  private double pAt(List<Integer> cuts, int cut) {
    int i = cuts.indexOf(cut);
    return p(
        i == 0 ? 0 : cuts.get(i - 1), cut, i + 1 == cuts.size() ? series.length : cuts.get(i + 1));
  }

  /** Student's t of equal variances; deviations with divisor n, as there. */
  private double p(int from, int at, int to) {
    int left = at - from;
    int right = to - at;
    if (left + right <= 2) {
      return 1;
    }
    double meanLeft = mean(from, at);
    double meanRight = mean(at, to);
    double pooled =
        ((left - 1) * variance(from, at, meanLeft) + (right - 1) * variance(at, to, meanRight))
            / (left + right - 2);
    double error = Math.sqrt(pooled * (1.0 / left + 1.0 / right));
    if (error == 0) {
      return meanLeft == meanRight ? 1 : 0;
    }
    double t = Math.abs(meanLeft - meanRight) / error;
    return 2 * new TDistribution(null, left + right - 2.0).cumulativeProbability(-t);
  }

  private double mean(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += series[i];
    }
    return sum / (to - from);
  }

  private double variance(int from, int to, double mean) {
    double squares = 0;
    for (int i = from; i < to; i++) {
      squares += (series[i] - mean) * (series[i] - mean);
    }
    return squares / (to - from);
  }
}
