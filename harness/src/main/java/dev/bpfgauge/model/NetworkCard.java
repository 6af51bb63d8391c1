package dev.bpfgauge.model;

import java.util.List;

/**
 * The model card of a network that a run used: what its model file says beside the weights. What is
 * meant by each part, docs/mllb.md says.
 *
 * @param features names of the inputs, in order
 * @param label {@code imitate} or {@code outcome}
 * @param shape {@code 15-10-1}
 * @param testShare share of the examples that were kept back
 * @param results the random split's are this network's own; of the others one was trained for each
 */
public record NetworkCard(
    List<String> features,
    String label,
    String shape,
    Options options,
    double testShare,
    Data data,
    List<Result> results) {

  /** How it was trained. */
  public record Options(double dropout, int batch, int epochs, double rate, long seed) {}

  /**
   * What it was trained and tested on.
   *
   * @param examples decisions with a label
   * @param positives of them, with the label 1
   * @param constant inputs with one value in all examples
   * @param leaking inputs that almost give the label away alone
   */
  public record Data(
      List<Source> files,
      long examples,
      long positives,
      List<String> kernels,
      List<String> scenarios,
      List<String> constant,
      List<Leak> leaking) {}

  /** A file of decisions, and how many of them were of use. */
  public record Source(String file, String sha256, long decisions, long used) {}

  /** An input that, asked alone, gets so large a share of the labels right. */
  public record Leak(String feature, double accuracy) {}

  /**
   * How a network did on examples it had not seen.
   *
   * @param duplicates test examples that were trained on as well, in other rows
   */
  public record Result(String split, long trained, long duplicates, Scores metrics) {}

  /** Shares; the majority is what a constant answer would get right. */
  public record Scores(
      long examples,
      double accuracy,
      double precision,
      double recall,
      double f1,
      double auc,
      double majority) {}
}
