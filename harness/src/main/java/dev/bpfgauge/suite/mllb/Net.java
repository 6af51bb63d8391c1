package dev.bpfgauge.suite.mllb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network of fully connected layers: ReLU after each but the last, which is one unit without. Its
 * output is the logit: above 0 the task may migrate.
 */
public final class Net {

  /**
   * A layer, as a model file has it.
   *
   * @param weights one row for each unit, one number for each of its inputs
   * @param bias one for each unit
   */
  public record Layer(List<List<Double>> weights, List<Double> bias) {
    public Layer {
      weights = weights.stream().map(List::copyOf).toList();
      bias = List.copyOf(bias);
    }

    int units() {
      return bias.size();
    }
  }

  /** Inputs, hidden units, and the one output. */
  private final int[] sizes;

  /** All weights and biases, layer by layer: the rows of a layer's units, then its biases. */
  private final double[] parameters;

  private final int[] starts;

  private Net(int[] sizes, double[] parameters) {
    this.sizes = sizes;
    this.parameters = parameters;
    this.starts = new int[sizes.length];
    for (int layer = 1; layer < sizes.length; layer++) {
      starts[layer] = starts[layer - 1] + sizes[layer] * (sizes[layer - 1] + 1);
    }
  }

  /**
   * A network to be trained, its weights drawn after He et al. 2015, evenly; a constant input's are
   * 0.
   *
   * @param hidden units of the hidden layers
   */
  static Net random(List<Integer> hidden, Scaler scaler, SplittableRandom random) {
    int[] sizes = new int[hidden.size() + 2];
    sizes[0] = Feature.COUNT;
    for (int i = 0; i < hidden.size(); i++) {
      sizes[i + 1] = hidden.get(i);
    }
    sizes[sizes.length - 1] = 1;
    int count = 0;
    for (int layer = 0; layer + 1 < sizes.length; layer++) {
      count += sizes[layer + 1] * (sizes[layer] + 1);
    }
    Net net = new Net(sizes, new double[count]);
    for (int layer = 0; layer < net.layers(); layer++) {
      double widest = Math.sqrt(6.0 / sizes[layer]);
      for (int unit = 0; unit < net.units(layer); unit++) {
        for (int input = 0; input < net.inputs(layer); input++) {
          double weight = random.nextDouble(-widest, widest);
          boolean blind = layer == 0 && scaler.isConstant(input);
          net.parameters[net.weightAt(layer, unit, input)] = blind ? 0 : weight;
        }
      }
    }
    return net;
  }

  /** The network that a model file describes; the layers must fit. */
  static Net of(List<Layer> layers) {
    int[] sizes = new int[layers.size() + 1];
    sizes[0] = Feature.COUNT;
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      sizes[i + 1] = layers.get(i).units();
      layers.get(i).weights().forEach(all::addAll);
      all.addAll(layers.get(i).bias());
    }
    return new Net(sizes, all.stream().mapToDouble(p -> p).toArray());
  }

  /** With other weights, in this one's order. */
  Net with(double[] parameters) {
    return new Net(sizes, parameters);
  }

  List<Layer> asLayers() {
    List<Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < layers(); layer++) {
      List<List<Double>> weights = new ArrayList<>();
      List<Double> bias = new ArrayList<>();
      for (int unit = 0; unit < units(layer); unit++) {
        List<Double> row = new ArrayList<>();
        for (int input = 0; input < inputs(layer); input++) {
          row.add(weight(layer, unit, input));
        }
        weights.add(row);
        bias.add(bias(layer, unit));
      }
      layers.add(new Layer(weights, bias));
    }
    return layers;
  }

  /** The same network for inputs that are not scaled. */
  Net folded(Scaler scaler) {
    Net folded = with(parameters.clone());
    for (int unit = 0; unit < units(0); unit++) {
      for (int input = 0; input < inputs(0); input++) {
        double scale = scaler.scale().get(input);
        double weight = scale == 0 ? 0 : weight(0, unit, input) / scale;
        folded.parameters[weightAt(0, unit, input)] = weight;
        folded.parameters[biasAt(0, unit)] -= weight * scaler.offset().get(input);
      }
    }
    return folded;
  }

  /** {@code 15-10-1}. */
  String shape() {
    return String.join("-", Arrays.stream(sizes).mapToObj(Integer::toString).toList());
  }

  int layers() {
    return sizes.length - 1;
  }

  int inputs(int layer) {
    return sizes[layer];
  }

  int units(int layer) {
    return sizes[layer + 1];
  }

  double weight(int layer, int unit, int input) {
    return parameters[weightAt(layer, unit, input)];
  }

  double bias(int layer, int unit) {
    return parameters[biasAt(layer, unit)];
  }

  int weightAt(int layer, int unit, int input) {
    return starts[layer] + unit * sizes[layer] + input;
  }

  int biasAt(int layer, int unit) {
    return starts[layer] + sizes[layer + 1] * sizes[layer] + unit;
  }

  /** Its own array, not a copy. */
  double[] parameters() {
    return parameters;
  }

  /** A fresh array for each layer's units, the inputs first. */
  double[][] activations() {
    return Arrays.stream(sizes).mapToObj(double[]::new).toArray(double[][]::new);
  }

  /** The output for inputs as the network wants them, scaled or not. */
  double logit(double[] inputs) {
    double[][] activations = activations();
    System.arraycopy(inputs, 0, activations[0], 0, inputs.length);
    return forward(activations);
  }

  /** Fills in all units' values from the inputs, which stand first; gives the output. */
  double forward(double[][] activations) {
    for (int layer = 0; layer < layers(); layer++) {
      forward(layer, activations[layer], activations[layer + 1]);
    }
    return activations[layers()][0];
  }

  void forward(int layer, double[] in, double[] out) {
    boolean last = layer == layers() - 1;
    for (int unit = 0; unit < out.length; unit++) {
      double sum = parameters[biasAt(layer, unit)];
      int row = weightAt(layer, unit, 0);
      for (int i = 0; i < in.length; i++) {
        sum += parameters[row + i] * in[i];
      }
      out[unit] = last ? sum : Math.max(0, sum);
    }
  }
}
