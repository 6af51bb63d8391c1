package dev.bpfgauge.stats;

import java.util.Arrays;

/** Lone spikes in a history's logarithms: one bad night is no level. */
final class Spikes {
  private static final double CLIP_DEVIATIONS = 3;
  private static final int NEIGHBOURS = 2;

  /** The median of |z| for a normal z. */
  private static final double NORMAL_MEDIAN_DEVIATION = 0.6745;

  /** What counts instructions may give the same figure night after night. */
  private static final double FINEST = 1e-6;

  private Spikes() {}

  /** What lies further than three deviations from its neighbourhood's median is drawn in to it. */
  static double[] drawnIn(double[] logs) {
    if (logs.length < 2 * NEIGHBOURS + 1) {
      return logs;
    }
    double reach = CLIP_DEVIATIONS * noise(logs);
    double[] drawn = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      int from = Math.clamp(i - NEIGHBOURS, 0, logs.length - (2 * NEIGHBOURS + 1));
      double middle =
          ForkStatistics.median(Arrays.copyOfRange(logs, from, from + 2 * NEIGHBOURS + 1));
      drawn[i] = Math.clamp(logs[i], middle - reach, middle + reach);
    }
    return drawn;
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
}
