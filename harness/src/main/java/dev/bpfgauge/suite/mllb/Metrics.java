package dev.bpfgauge.suite.mllb;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How good a network's answers are. "Positive" is: the task may migrate. A share of nothing is 0.
 *
 * @param examples that were asked about
 * @param truePositives rightly answered "may migrate"; the other three likewise
 * @param accuracy share of right answers
 * @param precision share of "may migrate" that was right
 * @param recall share of what may migrate that was found
 * @param f1 harmonic mean of precision and recall
 * @param auc probability that an example of label 1 gets more than one of label 0; 0.5 where one of
 *     the labels does not occur
 * @param majority share of the more frequent label: what a constant answer would get
 * @param loss mean binary cross-entropy, in nats
 */
public record Metrics(
    long examples,
    long truePositives,
    long falsePositives,
    long trueNegatives,
    long falseNegatives,
    double accuracy,
    double precision,
    double recall,
    double f1,
    double auc,
    double majority,
    double loss) {

  /**
   * Of answers beside labels.
   *
   * @param logits above 0: may migrate
   * @param labels 0 or 1
   */
  public static Metrics of(double[] logits, int[] labels) {
    long tp = 0;
    long fp = 0;
    long tn = 0;
    long fn = 0;
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      boolean yes = logits[i] > 0;
      tp += yes && labels[i] == 1 ? 1 : 0;
      fp += yes && labels[i] == 0 ? 1 : 0;
      tn += !yes && labels[i] == 0 ? 1 : 0;
      fn += !yes && labels[i] == 1 ? 1 : 0;
      loss += loss(logits[i], labels[i]);
    }
    long n = labels.length;
    return new Metrics(
        n,
        tp,
        fp,
        tn,
        fn,
        share(tp + tn, n),
        share(tp, tp + fp),
        share(tp, tp + fn),
        share(2 * tp, 2 * tp + fp + fn),
        auc(logits, labels, tp + fn, tn + fp),
        share(Math.max(tp + fn, tn + fp), n),
        n == 0 ? 0 : loss / n);
  }

  /** Binary cross-entropy of a logit, without overflow: log(1 + e^z) − y z. */
  static double loss(double logit, int label) {
    return Math.max(0, logit) + StrictMath.log1p(StrictMath.exp(-Math.abs(logit))) - label * logit;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** Mann and Whitney's U from ranks, equal logits sharing theirs. */
  private static double auc(double[] logits, int[] labels, long positives, long negatives) {
    if (positives == 0 || negatives == 0) {
      return 0.5;
    }
    Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> logits[i]));
    double ranks = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      long yes = 0;
      while (to < order.length && logits[order[to]] == logits[order[from]]) {
        yes += labels[order[to]];
        to++;
      }
      ranks += yes * (from + 1 + to) / 2.0;
      from = to;
    }
    return (ranks - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }
}
