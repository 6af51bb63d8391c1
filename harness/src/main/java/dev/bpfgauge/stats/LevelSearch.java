package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the cuts of {@link ChangePoints}: the place with the most evidence first, then on
 * either side of it, until no place has enough.
 */
final class LevelSearch {
  /** Nights on either side of a place that say how far nights depend on each other there. */
  private static final int AROUND = 60;

  /** Nights whose median is a night's level; shorter episodes stay in what is left. */
  private static final int LEVEL = 31;

  private static final double CLIP_DEVIATIONS = 3;
  private static final double MOST_ALIKE = 0.95;

  /** The median of |z| for a normal z. */
  private static final double NORMAL_MEDIAN_DEVIATION = 0.6745;

  /** Lengths of the stretches on either side of a place. */
  private static final int[] WIDTHS =
      IntStream.iterate(ChangePoints.SHORTEST, width -> width < 1000, w -> w + Math.max(1, w / 6))
          .toArray();

  /** By the length of a series: opposed pairs of nights, at most, for each two widths. */
  private static final Map<Integer, int[][]> MOST_OPPOSED = new ConcurrentHashMap<>();

  private final double[] logs;
  private final int[][] rises;
  private final int[][] falls;
  private final double enough;
  private final int[][] mostOpposed;
  private final NavigableSet<Integer> borders = new TreeSet<>();

  /**
   * A search.
   *
   * @param error probability of a cut in a series without a change, about
   */
  LevelSearch(double[] logs, double error) {
    this.logs = logs;
    int n = logs.length;
    rises = new int[n + 1][n + 1];
    falls = new int[n + 1][n + 1];
    for (int i = 0; i < n; i++) {
      int risesOfNight = 0;
      int fallsOfNight = 0;
      for (int j = 0; j < n; j++) {
        risesOfNight += logs[j] > logs[i] ? 1 : 0;
        fallsOfNight += logs[j] < logs[i] ? 1 : 0;
        rises[i + 1][j + 1] = rises[i][j + 1] + risesOfNight;
        falls[i + 1][j + 1] = falls[i][j + 1] + fallsOfNight;
      }
    }
    enough = Math.log(error / (n - 2 * ChangePoints.SHORTEST + 1));
    mostOpposed = MOST_OPPOSED.computeIfAbsent(n, _ -> mostOpposed(enough));
    borders.addAll(List.of(0, n));
  }

  private static int[][] mostOpposed(double enough) {
    return Arrays.stream(WIDTHS)
        .mapToObj(left ->
            Arrays.stream(WIDTHS).map(right -> RankSum.mostOpposed(left, right, enough)).toArray())
        .toArray(int[][]::new);
  }

  /** First points of all levels but the first. */
  List<Integer> cuts() {
    split(0, logs.length);
    return List.copyOf(borders.subSet(0, false, logs.length, false));
  }

  private void split(int from, int to) {
    Cut best = null;
    for (int at = from + ChangePoints.SHORTEST; at <= to - ChangePoints.SHORTEST; at++) {
      best = new Place(from, at, to).better(best);
    }
    if (best != null) {
      int at = sharpest(best);
      borders.add(at);
      split(from, at);
      split(at, to);
    }
  }

  /** The place nearby with the least deviations from the medians of both sides. */
  private int sharpest(Cut cut) {
    int reach = Math.max(2, Math.min(cut.at - cut.start, cut.end - cut.at) / 4);
    int first = Math.max(cut.start + ChangePoints.SHORTEST, cut.at - reach);
    int last = Math.min(cut.end - ChangePoints.SHORTEST, cut.at + reach);
    return IntStream.rangeClosed(first, last)
        .boxed()
        .min(Comparator.comparingDouble(at -> deviations(cut.start, at) + deviations(at, cut.end)))
        .orElseThrow();
  }

  private double deviations(int from, int to) {
    double[] nights = Arrays.copyOfRange(logs, from, to);
    double median = ForkStatistics.median(nights);
    return Arrays.stream(nights).map(night -> Math.abs(night - median)).sum();
  }

  private int opposed(int start, int at, int end) {
    int agreed = Math.max(pairs(rises, start, at, end), pairs(falls, start, at, end));
    return (at - start) * (end - at) - agreed;
  }

  private static int pairs(int[][] sums, int start, int at, int end) {
    return sums[at][end] - sums[start][end] - sums[at][at] + sums[start][at];
  }

  /**
   * A cut between two stretches.
   *
   * @param logP the less, the more nights say so
   */
  private record Cut(int start, int at, int end, double logP) {}

  /** A place for a cut between two others. */
  private final class Place {
    private final int from;
    private final int at;
    private final int to;
    private double repetition = Double.NaN;

    Place(int from, int at, int to) {
      this.from = from;
      this.at = at;
      this.to = to;
    }

    /** The cut here, if any stretches around it have more evidence than that one. */
    @Nullable Cut better(@Nullable Cut other) {
      Cut best = other;
      for (int left = 0; left < WIDTHS.length && WIDTHS[left] <= at - from; left++) {
        for (int right = 0; right < WIDTHS.length && WIDTHS[right] <= to - at; right++) {
          int start = at - WIDTHS[left];
          int end = at + WIDTHS[right];
          int opposed = opposed(start, at, end);
          if (opposed <= mostOpposed[left][right]) {
            double most = best == null ? enough : best.logP;
            double logP = logP(start, end, opposed, most);
            best = logP < most ? new Cut(start, at, end, logP) : best;
          }
        }
      }
      return best;
    }

    /** Of both tests; 0 as soon as it cannot be below {@code most}. */
    private double logP(int start, int end, int opposed, double most) {
      double byRanks = RankSum.logP(at - start, end - at, opposed);
      if (byRanks >= most || byRanks / repetition() >= most) {
        return 0;
      }
      double byMeans = mean(start, at).logP(mean(at, end));
      double logP = Math.max(byRanks, byMeans) / repetition();
      return logP >= most || isDrift(start, end) ? 0 : logP;
    }

    /** A straight line explains the stretch as well as the step does. */
    private boolean isDrift(int start, int end) {
      int n = end - start;
      double mean = ForkStatistics.mean(Arrays.copyOfRange(logs, start, end));
      double line = 0;
      double step = 0;
      double[] sums = new double[2];
      for (int i = start; i < end; i++) {
        line += (i - (start + end - 1) / 2.0) * (logs[i] - mean);
        sums[i < at ? 0 : 1] += logs[i] - mean;
      }
      double spread = n * ((double) n * n - 1) / 12;
      step += sums[0] * sums[0] / (at - start) + sums[1] * sums[1] / (end - at);
      return line * line / spread >= step;
    }

    /** So many nights in a row say what one independent night says; at least 1. */
    private double repetition() {
      if (Double.isNaN(repetition)) {
        NavigableSet<Integer> levels = new TreeSet<>(borders);
        levels.add(at);
        repetition = LevelSearch.this.repetition(at, levels);
      }
      return repetition;
    }
  }

  TrimmedMean mean(int from, int to) {
    return TrimmedMean.of(Arrays.copyOfRange(logs, from, to));
  }

  /** So many nights around a cut say what one independent night says. */
  double repetition(int at) {
    return repetition(at, borders);
  }

  /** By the correlation of neighbours, as if each night kept that share of the night before. */
  private double repetition(int at, NavigableSet<Integer> levels) {
    int from = Math.max(0, at - AROUND);
    int to = Math.min(logs.length, at + AROUND);
    double before = 0;
    double together = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      double rest = rest(i, levels);
      together += rest * before;
      squares += rest * rest;
      before = rest;
    }
    double alike = squares == 0 ? 0 : Math.clamp(together / squares, 0, MOST_ALIKE);
    return (1 + alike) / (1 - alike);
  }

  /** How far a night lies from the median around it, in deviations there, spikes drawn in. */
  private double rest(int i, NavigableSet<Integer> levels) {
    int first = levels.floor(i);
    int end = levels.higher(i);
    int width = Math.min(LEVEL, end - first);
    int from = Math.clamp(i - LEVEL / 2, first, end - width);
    double[] level = Arrays.copyOfRange(logs, from, from + width);
    double median = ForkStatistics.median(level);
    double deviation =
        ForkStatistics.median(Arrays.stream(level).map(x -> Math.abs(x - median)).toArray())
            / NORMAL_MEDIAN_DEVIATION;
    double off = logs[i] - median;
    return deviation == 0
        ? CLIP_DEVIATIONS * Math.signum(off)
        : Math.clamp(off / deviation, -CLIP_DEVIATIONS, CLIP_DEVIATIONS);
  }
}
