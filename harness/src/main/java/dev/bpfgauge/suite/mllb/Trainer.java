package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network: Adam (Kingma and Ba 2015) on the binary cross-entropy of the logit, in small
 * batches, with dropout on hidden units. The same examples, options and seed give the same bits,
 * whether or not training was interrupted between: after each epoch a checkpoint is written, and
 * each epoch draws its own random numbers. Of Java's mathematics only what has the same bits on
 * every machine is used.
 */
final class Trainer {
  private static final double FIRST_MOMENT = 0.9;
  private static final double SECOND_MOMENT = 0.999;
  private static final double EPSILON = 1e-7;

  /**
   * How to train.
   *
   * @param hidden units of the hidden layers
   * @param dropout share of hidden units left out at each example
   * @param batch examples of a step
   * @param rate Adam's step size
   */
  record Options(
      List<Integer> hidden, double dropout, int batch, int epochs, double rate, long seed) {
    Options {
      hidden = List.copyOf(hidden);
    }
  }

  /**
   * A point of the learning curve.
   *
   * @param trainLoss mean over the epoch's steps, with dropout
   * @param testLoss of the test examples after the epoch
   */
  record Epoch(int epoch, double trainLoss, double testLoss, double testAccuracy) {}

  /** A trained network, for scaled inputs. */
  record Trained(Net net, Scaler scaler, List<Epoch> curve) {}

  /** What an interrupted training goes on from. */
  private record Checkpoint(
      Options options,
      List<Examples.Source> data,
      String split,
      List<Double> parameters,
      List<Double> firstMoments,
      List<Double> secondMoments,
      List<Epoch> curve) {}

  private final Examples examples;
  private final Splits.Split split;
  private final Options options;
  private final Scaler scaler;
  private Net net;
  private double[] firstMoments;
  private double[] secondMoments;
  private final List<Epoch> curve = new ArrayList<>();

  Trainer(Examples examples, Splits.Split split, Options options) {
    this.examples = examples;
    this.split = split;
    this.options = options;
    this.scaler = Scaler.of(examples, split.train());
    this.net = Net.random(options.hidden(), scaler, new SplittableRandom(options.seed()));
    this.firstMoments = new double[net.parameters().length];
    this.secondMoments = new double[net.parameters().length];
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws Refusal where it is of other data or options
   */
  void resume(Path file) throws IOException {
    Checkpoint from = Json.parse(Files.readString(file), Checkpoint.class, file.toString());
    if (!from.options.equals(options)
        || !from.data.equals(examples.sources())
        || !from.split.equals(split.name())) {
      throw Refusal.usage(
          file
              + ": cannot resume, it was written with other options or files; give the same again,"
              + " or leave --resume out to start anew.");
    }
    net = net.with(array(from.parameters));
    firstMoments = array(from.firstMoments);
    secondMoments = array(from.secondMoments);
    curve.addAll(from.curve);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static List<Double> list(double[] values) {
    return DoubleStream.of(values).boxed().toList();
  }

  /**
   * Trains to the last epoch.
   *
   * @param checkpoint where each epoch's state is kept; none where that is not wanted
   * @param listener told of each epoch
   */
  Trained train(@Nullable Path checkpoint, Consumer<Epoch> listener) {
    double[][] inputs = scaled(split.train());
    while (curve.size() < options.epochs()) {
      double loss = epoch(inputs, curve.size());
      Metrics test = Evaluation.of(net, scaler, examples, split.test());
      Epoch done = new Epoch(curve.size() + 1, loss, test.loss(), test.accuracy());
      curve.add(done);
      if (checkpoint != null) {
        write(checkpoint);
      }
      listener.accept(done);
    }
    return new Trained(net, scaler, List.copyOf(curve));
  }

  private void write(Path checkpoint) {
    DurableFile.write(
        checkpoint,
        Json.line(
            new Checkpoint(
                options,
                examples.sources(),
                split.name(),
                list(net.parameters()),
                list(firstMoments),
                list(secondMoments),
                curve)));
  }

  private double[][] scaled(int[] chosen) {
    double[][] inputs = new double[chosen.length][Feature.COUNT];
    for (int i = 0; i < chosen.length; i++) {
      for (int feature = 0; feature < Feature.COUNT; feature++) {
        inputs[i][feature] = scaler.scaled(feature, examples.input(chosen[i], feature));
      }
    }
    return inputs;
  }

  private double epoch(double[][] inputs, int epoch) {
    SplittableRandom random =
        new SplittableRandom(options.seed() ^ 0x9E3779B97F4A7C15L * (epoch + 1));
    int[] order = Splits.shuffled(inputs.length, random);
    int stepsBefore = epoch * ((order.length + options.batch() - 1) / options.batch());
    Gradient gradient = new Gradient(net, options.dropout(), random);
    double loss = 0;
    for (int from = 0, step = stepsBefore + 1; from < order.length; step++) {
      int to = Math.min(order.length, from + options.batch());
      gradient.clear();
      for (int i = from; i < to; i++) {
        loss += gradient.add(inputs[order[i]], examples.label(split.train()[order[i]]));
      }
      adam(gradient.sum(), to - from, step);
      from = to;
    }
    return loss / order.length;
  }

  private void adam(double[] gradient, int count, int step) {
    double[] parameters = net.parameters();
    double rate =
        options.rate()
            * Math.sqrt(1 - StrictMath.pow(SECOND_MOMENT, step))
            / (1 - StrictMath.pow(FIRST_MOMENT, step));
    for (int i = 0; i < parameters.length; i++) {
      double g = gradient[i] / count;
      firstMoments[i] = FIRST_MOMENT * firstMoments[i] + (1 - FIRST_MOMENT) * g;
      secondMoments[i] = SECOND_MOMENT * secondMoments[i] + (1 - SECOND_MOMENT) * g * g;
      parameters[i] -= rate * firstMoments[i] / (Math.sqrt(secondMoments[i]) + EPSILON);
    }
  }

  /** The loss's slope along each weight and bias, summed over examples. */
  static final class Gradient {
    private final Net net;
    private final double dropout;
    private final SplittableRandom random;
    private final double[][] activations;
    private final double[][] deltas;
    private final double[][] masks;
    private final double[] sum;

    Gradient(Net net, double dropout, SplittableRandom random) {
      this.net = net;
      this.dropout = dropout;
      this.random = random;
      this.activations = net.activations();
      this.deltas = net.activations();
      this.masks = net.activations();
      this.sum = new double[net.parameters().length];
    }

    void clear() {
      Arrays.fill(sum, 0);
    }

    double[] sum() {
      return sum;
    }

    /** Adds an example's; gives its loss. */
    double add(double[] inputs, int label) {
      System.arraycopy(inputs, 0, activations[0], 0, inputs.length);
      for (int layer = 0; layer < net.layers(); layer++) {
        net.forward(layer, activations[layer], activations[layer + 1]);
        if (dropout > 0 && layer < net.layers() - 1) {
          leaveOut(activations[layer + 1], masks[layer + 1]);
        }
      }
      double logit = activations[net.layers()][0];
      deltas[net.layers()][0] = 1 / (1 + StrictMath.exp(-logit)) - label;
      for (int layer = net.layers() - 1; layer >= 0; layer--) {
        backward(layer);
      }
      return Metrics.loss(logit, label);
    }

    /** Those that stay count for those that do not. */
    private void leaveOut(double[] units, double[] mask) {
      for (int unit = 0; unit < units.length; unit++) {
        mask[unit] = random.nextDouble() < dropout ? 0 : 1 / (1 - dropout);
        units[unit] *= mask[unit];
      }
    }

    private void backward(int layer) {
      double[] in = activations[layer];
      double[] below = deltas[layer];
      Arrays.fill(below, 0);
      double[] parameters = net.parameters();
      for (int unit = 0; unit < net.units(layer); unit++) {
        double delta = deltas[layer + 1][unit];
        if (delta == 0) {
          continue;
        }
        sum[net.biasAt(layer, unit)] += delta;
        int row = net.weightAt(layer, unit, 0);
        for (int i = 0; i < in.length; i++) {
          sum[row + i] += delta * in[i];
          below[i] += delta * parameters[row + i];
        }
      }
      for (int i = 0; layer > 0 && i < in.length; i++) {
        // A unit that is left out, or below its kink, passes nothing on.
        below[i] *= in[i] == 0 ? 0 : dropout > 0 ? masks[layer][i] : 1;
      }
    }
  }
}
