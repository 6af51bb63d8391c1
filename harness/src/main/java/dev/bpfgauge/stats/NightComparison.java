package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * The newest night against the nights before it, on log ratios.
 *
 * <p>The unit is the night: forks of one night share its machine's mood, so their own interval says
 * how well the night was measured, not how far nights lie apart. A change has to lie beyond the
 * margin by both: by the interval that the next night falls into when nothing changed (Student's
 * prediction interval), and by the interval of the night's forks.
 *
 * @param nights earlier nights
 * @param logRatio logarithm of newest night / typical earlier night; NaN without one
 * @param deviation standard deviation of a night's log time, spikes drawn in; NaN below two nights
 * @param logForkHalf half the 95 % interval of the newest log time by its forks; NaN below two
 * @param margin of equivalence, as a share
 */
public record NightComparison(
    int nights, double logRatio, double deviation, double logForkHalf, double margin)
    implements RatioComparison {

  /** Fewer nights say too little about how far nights lie apart. */
  public static final int ENOUGH_NIGHTS = 5;

  /** Nights of a baseline at most: older ones know another machine. */
  private static final int MOST_NIGHTS = 30;

  /** Nights that a change of level is looked for in, for the baseline to begin after it. */
  private static final int RECENT_NIGHTS = 60;

  /** So many repetitions have to say the same: one run in fifty may be off by itself. */
  public static final int REPETITIONS = 2;

  /**
   * The rolling baseline: the newest nights since the level last changed.
   *
   * @param earlier oldest first
   */
  public static List<Night> baseline(List<Night> earlier) {
    List<Night> recent = newest(earlier, RECENT_NIGHTS);
    List<ChangePoints.ChangePoint> changes =
        ChangePoints.of(recent.stream().mapToDouble(Night::time).toArray());
    int from = changes.isEmpty() ? 0 : changes.getLast().index();
    return newest(recent.subList(from, recent.size()), MOST_NIGHTS);
  }

  /** As many of the newest nights as a baseline has at most. */
  public static List<Night> newest(List<Night> nights) {
    return newest(nights, MOST_NIGHTS);
  }

  private static List<Night> newest(List<Night> nights, int most) {
    return nights.subList(Math.max(0, nights.size() - most), nights.size());
  }

  /** The verdicts of cells judged together, in the same order; not yet confirmed. */
  public static List<Verdict> judge(List<NightComparison> family) {
    double[] adjusted = ComparisonFamily.adjustedP(family);
    return IntStream.range(0, adjusted.length)
        .mapToObj(i -> family.get(i).verdict(adjusted[i]))
        .toList();
  }

  /**
   * Compares.
   *
   * @param earlier the earlier nights, oldest first
   * @param margin a share, at least 0
   * @throws IllegalArgumentException where a time is not positive and finite
   */
  public static NightComparison of(List<Night> earlier, Night newest, double margin) {
    double[] times = earlier.stream().mapToDouble(Night::time).toArray();
    ForkStatistics.requireTimes("nights", times);
    double[] logs = Spikes.drawnIn(Arrays.stream(times).map(Math::log).toArray());
    return new NightComparison(
        logs.length,
        logs.length == 0 ? Double.NaN : Math.log(newest.time()) - ForkStatistics.mean(logs),
        ForkStatistics.standardDeviation(logs),
        logForkHalf(earlier, newest),
        margin);
  }

  /**
   * Half the 95 % interval of the newest log time. Two boots say little about their own spread, the
   * forks of all nights together much; a night that scatters more than they do has its own.
   */
  private static double logForkHalf(List<Night> earlier, Night newest) {
    if (newest.forks() < 2) {
      return Double.NaN;
    }
    double squares = 0;
    int degrees = 0;
    for (Night night : Stream.concat(earlier.stream(), Stream.of(newest)).toList()) {
      if (night.forks() > 1) {
        squares += (night.forks() - 1) * night.deviation() * night.deviation();
        degrees += night.forks() - 1;
      }
    }
    double deviation = Math.max(newest.deviation(), Math.sqrt(squares / degrees));
    return ForkStatistics.tQuantile(degrees, 0.975) * deviation / Math.sqrt(newest.forks());
  }

  /**
   * What is left of the change when what a frozen program's night changed is taken out of it: that
   * is the machine's.
   */
  public NightComparison relativeTo(NightComparison frozen) {
    return new NightComparison(
        Math.min(nights, frozen.nights),
        logRatio - frozen.logRatio,
        Math.hypot(deviation, frozen.deviation),
        Math.hypot(logForkHalf, frozen.logForkHalf),
        margin);
  }

  /** Newest night / typical earlier night; NaN without one. */
  @Override
  public double ratio() {
    return Math.exp(logRatio);
  }

  /** The ratio's 95 % interval by the spread of the nights; absent below two. */
  @Override
  public @Nullable Interval interval95() {
    return nights < 2
        ? null
        : around(ForkStatistics.tQuantile(nights - 1, 0.975) * deviation * errorFactor());
  }

  /** The ratio's 95 % interval by the spread of the newest night's forks; absent below two. */
  public @Nullable Interval forkInterval95() {
    return nights == 0 || Double.isNaN(logForkHalf) ? null : around(logForkHalf);
  }

  private Interval around(double half) {
    return new Interval(Math.exp(logRatio - half), Math.exp(logRatio + half));
  }

  /** What a night's log time scatters by. */
  @Override
  public List<Scatter> scatters() {
    return List.of(Scatter.of(nights, deviation));
  }

  /** The newest night scatters, and so does the mean of the earlier ones. */
  private double errorFactor() {
    return Math.sqrt(1 + 1.0 / nights);
  }

  @Override
  public double p(List<Scatter> believed) {
    Scatter night = believed.getFirst();
    if (nights < 2) {
      return Double.NaN;
    }
    if (night.deviation() == 0) {
      return logRatio == 0 ? 1 : 0;
    }
    double t = logRatio / (night.deviation() * errorFactor());
    return 2
        * new TDistribution(null, night.degreesOfFreedom()).cumulativeProbability(-Math.abs(t));
  }

  @Override
  public boolean indicative() {
    return nights < ENOUGH_NIGHTS;
  }

  /**
   * The verdict of one among many cells, not yet confirmed by a repetition.
   *
   * @param adjustedP this cell's value from {@link ComparisonFamily#adjustedP}
   */
  @Override
  public Verdict verdict(double adjustedP) {
    if (indicative()) {
      return Verdict.INCONCLUSIVE;
    }
    Verdict byNights = RatioComparison.super.verdict(adjustedP);
    boolean change = byNights == Verdict.SLOWER || byNights == Verdict.FASTER;
    return change && !beyondByForks() ? Verdict.INCONCLUSIVE : byNights;
  }

  private boolean beyondByForks() {
    Interval forks = forkInterval95();
    return forks != null && (forks.low() > 1 + margin || forks.high() < 1 / (1 + margin));
  }

  /** Whether it can say that something changed: one fork alone cannot. */
  public boolean isAnswer() {
    return forkInterval95() != null;
  }

  /** Whether a repetition says the same as the night that it repeats. */
  public boolean confirms(Verdict change) {
    return verdict(p()) == change;
  }

  /**
   * The smallest slowdown, as a share, that one of {@code cells} cells would be called {@link
   * Verdict#SLOWER} for with 95 % probability, by the spread of the nights.
   *
   * @return NaN where there are too few nights
   */
  public double smallestSeen(int cells) {
    if (nights < ENOUGH_NIGHTS) {
      return Double.NaN;
    }
    Scatter.StandardError error =
        new Scatter.StandardError(deviation * errorFactor(), nights - 1.0);
    return smallestSeen(error, error, cells);
  }
}
