package dev.bpfgauge.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Where a history of times changed its level, and by how much.
 *
 * <p>On the logarithms, in four steps. Lone spikes are drawn in to three standard deviations from
 * the median of their neighbourhood: one bad night is no level. The best cut into levels is found
 * exactly, by dynamic programming (B. Jackson et al., "An algorithm for optimal partitioning of
 * data on an interval", IEEE Signal Processing Letters 12, 2005), each cut paying for itself. A cut
 * between two levels that a straight line through both explains as well is a drift, and taken out.
 * What remains has to pass Welch's test, held against all places where it could have been, or is
 * taken out, the weakest first.
 *
 * <p>docs/trend.md has how often this is wrong, beside other rules.
 */
public final class ChangePoints {
  /** Nights that a level lasts at least: fewer say too little about their own spread. */
  public static final int SHORTEST = 5;

  /** Probability of a change point in a series that has none, about. */
  private static final double ERROR = 0.001;

  private static final double CLIP_DEVIATIONS = 3;
  private static final int NEIGHBOURS = 2;

  /** The median of |z| for a normal z. */
  private static final double NORMAL_MEDIAN_DEVIATION = 0.6745;

  /** What counts instructions may give the same figure night after night. */
  private static final double FINEST = 1e-6;

  private ChangePoints() {}

  /**
   * One change.
   *
   * @param index first point of the new level, counted from 0
   * @param ratio new level / old level
   * @param interval95 of the ratio, by the points of the two levels
   * @param p of "the levels are equal", for this place alone
   */
  public record ChangePoint(int index, double ratio, Interval interval95, double p) {}

  /**
   * The change points of a series, oldest first.
   *
   * @param times one a night, oldest first; each above zero and finite
   * @throws IllegalArgumentException where a time is not
   */
  public static List<ChangePoint> of(double[] times) {
    ForkStatistics.requireTimes("history", times);
    if (times.length < 2 * SHORTEST) {
      return List.of();
    }
    double[] logs = clipped(Arrays.stream(times).map(Math::log).toArray());
    Levels levels = new Levels(logs);
    List<Integer> cuts = levels.bestCuts();
    while (true) {
      List<ChangePoint> points = levels.changes(cuts);
      int weakest = levels.weakest(points, cuts);
      if (weakest < 0) {
        return List.copyOf(points);
      }
      cuts.subList(weakest, weakest + 1).clear();
    }
  }

  /** What lies further than three deviations from its neighbourhood's median is drawn in to it. */
  static double[] clipped(double[] logs) {
    if (logs.length < 2 * NEIGHBOURS + 1) {
      return logs;
    }
    double reach = CLIP_DEVIATIONS * noise(logs);
    double[] clipped = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      int from = Math.clamp(i - NEIGHBOURS, 0, logs.length - (2 * NEIGHBOURS + 1));
      double middle =
          ForkStatistics.median(Arrays.copyOfRange(logs, from, from + 2 * NEIGHBOURS + 1));
      clipped[i] = Math.clamp(logs[i], middle - reach, middle + reach);
    }
    return clipped;
  }

  /** The standard deviation of a point about its level, which steps and spikes do not move. */
  private static double noise(double[] logs) {
    double[] steps = new double[logs.length - 1];
    for (int i = 1; i < logs.length; i++) {
      steps[i - 1] = Math.abs(logs[i] - logs[i - 1]);
    }
    double median = Math.max(FINEST, ForkStatistics.median(steps));
    return median / NORMAL_MEDIAN_DEVIATION / Math.sqrt(2);
  }

  /** Sums that give any stretch's mean and spread at once. */
  private static final class Levels {
    private final int n;
    private final double[] sum;
    private final double[] squares;
    private final double[] moment;
    private final double variance;

    Levels(double[] logs) {
      n = logs.length;
      sum = new double[n + 1];
      squares = new double[n + 1];
      moment = new double[n + 1];
      double centre = ForkStatistics.mean(logs);
      for (int i = 0; i < n; i++) {
        double x = logs[i] - centre;
        sum[i + 1] = sum[i] + x;
        squares[i + 1] = squares[i] + x * x;
        moment[i + 1] = moment[i] + x * i;
      }
      double noise = noise(logs);
      variance = noise * noise;
    }

    /** The squares about the stretch's mean. */
    private double scatter(int from, int to) {
      double s = sum[to] - sum[from];
      return Math.max(0, squares[to] - squares[from] - s * s / (to - from));
    }

    /** The squares about the straight line through the stretch. */
    private double scatterAboutLine(int from, int to) {
      double length = to - from;
      double middle = (from + to - 1) / 2.0;
      double spread = length * (length * length - 1) / 12;
      double slope = (moment[to] - moment[from] - middle * (sum[to] - sum[from])) / spread;
      return Math.max(0, scatter(from, to) - slope * slope * spread);
    }

    private double mean(int from, int to) {
      return (sum[to] - sum[from]) / (to - from);
    }

    /** First points of all levels but the first, so that scatter and price are least. */
    List<Integer> bestCuts() {
      double price = 3 * Math.log(n) * variance;
      double[] best = new double[n + 1];
      int[] cut = new int[n + 1];
      for (int to = 1; to <= n; to++) {
        best[to] = to < SHORTEST ? Double.POSITIVE_INFINITY : scatter(0, to);
        for (int from = SHORTEST; from <= to - SHORTEST; from++) {
          double cost = best[from] + price + scatter(from, to);
          if (cost < best[to]) {
            best[to] = cost;
            cut[to] = from;
          }
        }
      }
      List<Integer> cuts = new ArrayList<>();
      for (int at = cut[n]; at > 0; at = cut[at]) {
        cuts.addFirst(at);
      }
      return cuts;
    }

    List<ChangePoint> changes(List<Integer> cuts) {
      List<ChangePoint> points = new ArrayList<>();
      for (int i = 0; i < cuts.size(); i++) {
        points.add(change(from(cuts, i), cuts.get(i), to(cuts, i)));
      }
      return points;
    }

    private static int from(List<Integer> cuts, int i) {
      return i == 0 ? 0 : cuts.get(i - 1);
    }

    private int to(List<Integer> cuts, int i) {
      return i + 1 < cuts.size() ? cuts.get(i + 1) : n;
    }

    private ChangePoint change(int from, int at, int to) {
      double before = scatter(from, at) / (at - from - 1) / (at - from);
      double after = scatter(at, to) / (to - at - 1) / (to - at);
      double difference = mean(at, to) - mean(from, at);
      double error = Math.sqrt(before + after);
      if (error == 0) {
        double ratio = Math.exp(difference);
        return new ChangePoint(at, ratio, new Interval(ratio, ratio), difference == 0 ? 1 : 0);
      }
      double degrees =
          (before + after)
              * (before + after)
              / (before * before / (at - from - 1) + after * after / (to - at - 1));
      double half = ForkStatistics.tQuantile((int) degrees, 0.975) * error;
      return new ChangePoint(
          at,
          Math.exp(difference),
          new Interval(Math.exp(difference - half), Math.exp(difference + half)),
          2
              * new TDistribution(null, degrees)
                  .cumulativeProbability(-Math.abs(difference) / error));
    }

    /** The place in the list of what is to be taken out next; -1 where all may stay. */
    int weakest(List<ChangePoint> points, List<Integer> cuts) {
      for (int i = 0; i < points.size(); i++) {
        if (isDrift(from(cuts, i), cuts.get(i), to(cuts, i))) {
          return i;
        }
      }
      return points.stream()
          .max(Comparator.comparingDouble(ChangePoint::p))
          .filter(point -> point.p() * n > ERROR)
          .map(points::indexOf)
          .orElse(-1);
    }

    private boolean isDrift(int from, int at, int to) {
      return scatterAboutLine(from, to) <= scatter(from, at) + scatter(at, to);
    }
  }
}
