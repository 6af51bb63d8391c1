package dev.bpfgauge.suite.mllb;

import java.util.stream.IntStream;

/** A network's answers to examples. */
final class Evaluation {
  private Evaluation() {}

  /** Measured on some of the examples. */
  static Metrics of(Net net, Scaler scaler, Examples examples, int[] chosen) {
    int[] labels = IntStream.of(chosen).map(examples::label).toArray();
    return Metrics.of(logits(net, scaler, examples, chosen), labels);
  }

  /** The outputs of a network for scaled inputs. */
  static double[] logits(Net net, Scaler scaler, Examples examples, int[] chosen) {
    double[] logits = new double[chosen.length];
    double[][] activations = net.activations();
    for (int i = 0; i < chosen.length; i++) {
      for (int feature = 0; feature < Feature.COUNT; feature++) {
        activations[0][feature] = scaler.scaled(feature, examples.input(chosen[i], feature));
      }
      logits[i] = net.forward(activations);
    }
    return logits;
  }
}
