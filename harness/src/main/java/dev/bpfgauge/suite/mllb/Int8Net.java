package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import java.util.Arrays;
import java.util.List;

/**
 * A network in bytes, as bpf/mllb/int8.h computes it: inputs −127 to 127, hidden units 0 to 127,
 * weights −127 to 127 with a scale for each unit, sums of 32 bits. An input's byte covers four
 * standard deviations to both sides of its mean, a flag's 0 and 127; a hidden layer's covers what
 * its units reached on the examples the network was trained on. What is beyond is cut off.
 */
public final class Int8Net {
  static final int SCALE_BITS = 24;
  static final int MOST = 127;
  private static final int INPUT_BITS = 32;
  private static final double DEVIATIONS = 4;

  private final String shape;
  private final long[] inputScales;
  private final long[] inputOffsets;

  /** Of each layer a row for each unit. */
  private final int[][][] weights;

  private final int[][] biases;

  /** Of each hidden unit: its sum times this, without {@link #SCALE_BITS} bits, is its byte. */
  private final int[][] unitScales;

  private Int8Net(
      String shape,
      long[] inputScales,
      long[] inputOffsets,
      int[][][] weights,
      int[][] biases,
      int[][] unitScales) {
    this.shape = shape;
    this.inputScales = inputScales;
    this.inputOffsets = inputOffsets;
    this.weights = weights;
    this.biases = biases;
    this.unitScales = unitScales;
  }

  /**
   * Rounds a network for scaled inputs.
   *
   * @param reached the largest value of each hidden layer's units, at least one positive each
   * @throws Refusal where a sum might overflow
   */
  public static Int8Net of(Net net, Scaler scaler, List<Double> reached) {
    long[] scales = new long[Feature.COUNT];
    long[] offsets = new long[Feature.COUNT];
    double[] steps = new double[Feature.COUNT];
    for (int i = 0; i < Feature.COUNT; i++) {
      boolean flag = Feature.all().get(i).isFlag();
      double scale = scaler.scale().get(i);
      double width = flag ? 1 : scale * DEVIATIONS;
      steps[i] = flag ? 1.0 / MOST : DEVIATIONS / MOST;
      if (scale > 0) {
        double perUnit = MOST / width;
        scales[i] = Math.round(Math.scalb(perUnit, INPUT_BITS - Feature.FRACTION_BITS));
        double offset = 0.5 - scaler.offset().get(i) * perUnit;
        offsets[i] = Math.round(Math.scalb(offset, INPUT_BITS));
      }
    }
    int[][][] weights = new int[net.layers()][][];
    int[][] biases = new int[net.layers()][];
    int[][] unitScales = new int[net.layers()][];
    for (int layer = 0; layer < net.layers(); layer++) {
      boolean last = layer == net.layers() - 1;
      double next = last ? 0 : reached.get(layer) / MOST;
      weights[layer] = new int[net.units(layer)][net.inputs(layer)];
      biases[layer] = new int[net.units(layer)];
      unitScales[layer] = new int[net.units(layer)];
      for (int unit = 0; unit < net.units(layer); unit++) {
        double step = round(net, layer, unit, steps, weights[layer][unit]);
        biases[layer][unit] = bias(net, layer, unit, step, weights[layer][unit]);
        unitScales[layer][unit] = last ? 0 : scale(layer, unit, step / next);
      }
      steps = new double[net.units(layer)];
      Arrays.fill(steps, next);
    }
    return new Int8Net(net.shape(), scales, offsets, weights, biases, unitScales);
  }

  /** Fills in a unit's weights; gives the value of one step of its sum. */
  private static double round(Net net, int layer, int unit, double[] steps, int[] row) {
    double largest = 0;
    for (int i = 0; i < row.length; i++) {
      largest = Math.max(largest, Math.abs(net.weight(layer, unit, i) * steps[i]));
    }
    double step = largest == 0 ? 1 : largest / MOST;
    for (int i = 0; i < row.length; i++) {
      row[i] = (int) Math.round(net.weight(layer, unit, i) * steps[i] / step);
    }
    return step;
  }

  private static int bias(Net net, int layer, int unit, double step, int[] row) {
    double bias = net.bias(layer, unit) / step;
    if (!(Math.abs(bias) + (double) row.length * MOST * MOST < Integer.MAX_VALUE)) {
      throw overflow(layer, unit, "its bias is %.3g steps".formatted(bias));
    }
    return (int) Math.round(bias);
  }

  private static int scale(int layer, int unit, double ratio) {
    double scale = Math.scalb(ratio, SCALE_BITS);
    if (!(scale < Integer.MAX_VALUE)) {
      throw overflow(layer, unit, "its scale is %.3g".formatted(ratio));
    }
    return (int) Math.round(scale);
  }

  private static Refusal overflow(int layer, int unit, String why) {
    return Refusal.usage(
        "the model cannot be computed in int8: unit %d of layer %d might overflow, %s; use q16."
            .formatted(unit + 1, layer + 1, why));
  }

  /**
   * The output before the sigmoid, in a scale of its own: above 0 the task may migrate.
   *
   * @param inputs with 16 fraction bits
   */
  public int logit(int[] inputs) {
    int[] in = new int[inputs.length];
    for (int i = 0; i < in.length; i++) {
      long value = (inputs[i] * inputScales[i] + inputOffsets[i]) >> INPUT_BITS;
      in[i] = Math.clamp(value, -MOST, MOST);
    }
    for (int layer = 0; ; layer++) {
      boolean last = layer == weights.length - 1;
      int[] out = new int[weights[layer].length];
      for (int unit = 0; unit < out.length; unit++) {
        int sum = biases[layer][unit];
        for (int i = 0; i < in.length; i++) {
          sum += weights[layer][unit][i] * in[i];
        }
        out[unit] =
            last ? sum : Math.clamp(((long) sum * unitScales[layer][unit]) >> SCALE_BITS, 0, MOST);
      }
      if (last) {
        return out[0];
      }
      in = out;
    }
  }

  public String shape() {
    return shape;
  }

  int layers() {
    return weights.length;
  }

  int units(int layer) {
    return weights[layer].length;
  }

  int inputs(int layer) {
    return weights[layer][0].length;
  }

  int weight(int layer, int unit, int input) {
    return weights[layer][unit][input];
  }

  int bias(int layer, int unit) {
    return biases[layer][unit];
  }

  int unitScale(int layer, int unit) {
    return unitScales[layer][unit];
  }

  long inputScale(int input) {
    return inputScales[input];
  }

  long inputOffset(int input) {
    return inputOffsets[input];
  }
}
