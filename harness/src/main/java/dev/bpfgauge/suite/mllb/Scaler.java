package dev.bpfgauge.suite.mllb;

import java.util.ArrayList;
import java.util.List;

/**
 * Brings each input to about −1 to 1 for training: {@code (x − offset) / scale}. Flags stay as they
 * are. A constant input gets a scale of 0 and is not looked at, for nothing was learnt of it.
 *
 * @param offset one for each feature
 * @param scale one for each feature
 */
public record Scaler(List<Double> offset, List<Double> scale) {

  public Scaler {
    offset = List.copyOf(offset);
    scale = List.copyOf(scale);
  }

  /** Mean and standard deviation of each input over some examples. */
  static Scaler of(Examples examples, int[] chosen) {
    List<Double> offset = new ArrayList<>();
    List<Double> scale = new ArrayList<>();
    for (int feature = 0; feature < Feature.COUNT; feature++) {
      double mean = 0;
      for (int example : chosen) {
        mean += value(examples, example, feature) / chosen.length;
      }
      double squares = 0;
      int least = Integer.MAX_VALUE;
      int most = Integer.MIN_VALUE;
      for (int example : chosen) {
        double distance = value(examples, example, feature) - mean;
        squares += distance * distance / chosen.length;
        least = Math.min(least, examples.input(example, feature));
        most = Math.max(most, examples.input(example, feature));
      }
      boolean flag = Feature.all().get(feature).isFlag();
      boolean constant = least == most;
      offset.add(flag ? 0 : mean);
      scale.add(constant ? 0 : flag ? 1 : Math.sqrt(squares));
    }
    return new Scaler(offset, scale);
  }

  private static double value(Examples examples, int example, int feature) {
    return examples.input(example, feature) / (double) Feature.ONE;
  }

  boolean isConstant(int feature) {
    return scale.get(feature) == 0;
  }

  /** A scaled input of one that has 16 fraction bits. */
  double scaled(int feature, int input) {
    double scale = this.scale.get(feature);
    return scale == 0 ? 0 : (input / (double) Feature.ONE - offset.get(feature)) / scale;
  }
}
