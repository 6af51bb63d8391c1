package dev.bpfgauge.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a history of times changed its level, and by how much.
 *
 * <p>On the logarithms. A place is a change if the nights before and after it differ by two tests:
 * by the rank-sum test, which holds whatever the nights' distribution is (two modes, heavy tails),
 * and by the test of trimmed means, which holds where the two sides scatter differently. Both are
 * made over many lengths of either side, so that a quiet stretch is compared with itself, and held
 * against all places. Nights that resemble their neighbours count for less: an AR(1) process of
 * their correlation, beside medians of 31 nights, says how many nights say what one says. That also
 * takes episodes for what they are: what comes and goes within some 15 nights is no level. Where a
 * straight line explains the stretch as well, it is a drift.
 *
 * <p>docs/measured/simulations.md has how often this is wrong, beside another rule.
 */
public final class ChangePoints {
  /** Nights that a level lasts at least: fewer say too little about their own spread. */
  public static final int SHORTEST = 5;

  /** Nights that a history needs: fewer have too few orders to say that theirs is no chance. */
  public static final int FEWEST = 17;

  /** Probability of a change point in a series that has none, about. */
  private static final double ERROR = 0.001;

  /** What counts instructions may give the same figure night after night; less is no change. */
  private static final double FINEST = 1e-6;

  private ChangePoints() {}

  /**
   * One change.
   *
   * @param index first point of the new level, counted from 0
   * @param ratio new level / old level
   * @param interval95 of the ratio, by the points of the two levels
   */
  public record ChangePoint(int index, double ratio, Interval interval95) {}

  /**
   * The change points of a series, oldest first.
   *
   * @param times one a night, oldest first; each above zero and finite
   * @throws IllegalArgumentException where a time is not
   */
  public static List<ChangePoint> of(double[] times) {
    ForkStatistics.requireTimes("history", times);
    if (times.length < FEWEST) {
      return List.of();
    }
    double[] logs =
        Arrays.stream(times).map(time -> FINEST * Math.rint(Math.log(time) / FINEST)).toArray();
    LevelSearch search = new LevelSearch(logs, ERROR);
    List<Integer> cuts = search.cuts();
    List<ChangePoint> points = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      int from = i == 0 ? 0 : cuts.get(i - 1);
      int to = i + 1 < cuts.size() ? cuts.get(i + 1) : logs.length;
      points.add(change(search, from, cuts.get(i), to));
    }
    return List.copyOf(points);
  }

  private static ChangePoint change(LevelSearch search, int from, int at, int to) {
    TrimmedMean before = search.mean(from, at);
    TrimmedMean after = search.mean(at, to);
    double difference = after.mean() - before.mean();
    double half =
        ForkStatistics.tQuantile(Math.floor(after.degrees(before)), 0.975)
            * after.error(before)
            * Math.sqrt(search.repetition(at));
    return new ChangePoint(
        at,
        Math.exp(difference),
        new Interval(Math.exp(difference - half), Math.exp(difference + half)));
  }
}
