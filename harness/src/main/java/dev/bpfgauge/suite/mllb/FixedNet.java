package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network in whole numbers, as BPF computes it: weights are 32-bit numbers with F fraction bits,
 * inputs and hidden units have 16, sums have 64 bits and 16 + F. After each hidden layer a sum is
 * shifted right by F. It takes inputs as {@link Feature} gives them; the scaler is folded in.
 *
 * <p>A network is made only where interval arithmetic proves, from its weights and the inputs'
 * ranges, that no sum exceeds 64 bits in any order and no hidden unit 31.
 */
public final class FixedNet {
  private static final BigInteger MOST_SUM = BigInteger.valueOf(Long.MAX_VALUE);

  /** The formats with whole numbers of 32 bits. */
  public enum Format {
    Q16(16),
    Q11(11);

    private final int fractionBits;

    Format(int fractionBits) {
      this.fractionBits = fractionBits;
    }

    /** F, of the weights. */
    public int fractionBits() {
      return fractionBits;
    }
  }

  /**
   * What the numbers at one place can be, with their fraction bits.
   *
   * @param largestSum no sum on the way is larger, negative or not
   */
  private record Range(BigInteger low, BigInteger high, BigInteger largestSum) {}

  private final Format format;
  private final String shape;

  /** Of each layer a row for each unit. */
  private final long[][][] weights;

  private final long[][] biases;
  private final double headroomBits;

  private FixedNet(
      Format format, String shape, long[][][] weights, long[][] biases, double headroomBits) {
    this.format = format;
    this.shape = shape;
    this.weights = weights;
    this.biases = biases;
    this.headroomBits = headroomBits;
  }

  /**
   * Rounds a network for inputs that are not scaled ({@link Net#folded}).
   *
   * @throws Refusal where a weight does not fit, or a sum might overflow
   */
  public static FixedNet of(Net net, Format format) {
    long[][][] weights = new long[net.layers()][][];
    long[][] biases = new long[net.layers()][];
    for (int layer = 0; layer < net.layers(); layer++) {
      weights[layer] = new long[net.units(layer)][net.inputs(layer)];
      biases[layer] = new long[net.units(layer)];
      for (int unit = 0; unit < net.units(layer); unit++) {
        for (int input = 0; input < net.inputs(layer); input++) {
          weights[layer][unit][input] = weight(net, layer, unit, input, format);
        }
        biases[layer][unit] = bias(net, layer, unit, format);
      }
    }
    return new FixedNet(format, net.shape(), weights, biases, proven(weights, biases, format));
  }

  private static long weight(Net net, int layer, int unit, int input, Format format) {
    double exact = Math.scalb(net.weight(layer, unit, input), format.fractionBits);
    if (!(Math.abs(exact) <= Integer.MAX_VALUE)) {
      throw refusal(
          format,
          "the weight of %s is %s, the largest that fits is %.0f"
              .formatted(
                  place(layer, unit) + " for " + source(layer, input),
                  net.weight(layer, unit, input),
                  Math.scalb(Integer.MAX_VALUE, -format.fractionBits)));
    }
    return Math.round(exact);
  }

  private static long bias(Net net, int layer, int unit, Format format) {
    double exact = Math.scalb(net.bias(layer, unit), format.fractionBits + Feature.FRACTION_BITS);
    if (!(Math.abs(exact) < Math.scalb(1.0, 62))) {
      throw refusal(
          format, "the bias of %s is %s".formatted(place(layer, unit), net.bias(layer, unit)));
    }
    return Math.round(exact);
  }

  private static Refusal refusal(Format format, String what) {
    return Refusal.usage(
        "the model cannot be computed in %s: %s; train again with a smaller --lr or more epochs, or"
                .formatted(format.name().toLowerCase(Locale.ROOT), what)
            + " on data whose inputs vary more.");
  }

  private static String place(int layer, int unit) {
    return "unit %d of layer %d".formatted(unit + 1, layer + 1);
  }

  private static String source(int layer, int input) {
    return layer == 0 ? Feature.all().get(input).word() : place(layer - 1, input);
  }

  /** The proof; gives how many bits the largest sum leaves unused. */
  private static double proven(long[][][] weights, long[][] biases, Format format) {
    List<Range> inputs =
        Feature.all().stream()
            .map(f ->
                new Range(
                    BigInteger.valueOf(f.least()), BigInteger.valueOf(f.most()), BigInteger.ZERO))
            .toList();
    BigInteger largest = BigInteger.ONE;
    for (int layer = 0; layer < weights.length; layer++) {
      boolean last = layer == weights.length - 1;
      List<Range> units = new ArrayList<>();
      for (int unit = 0; unit < weights[layer].length; unit++) {
        Range sum = sum(weights[layer][unit], biases[layer][unit], inputs);
        largest = largest.max(sum.largestSum);
        Range hidden = hidden(sum, format);
        if (sum.largestSum.compareTo(MOST_SUM) > 0
            || (!last && hidden.high.bitLength() > Integer.SIZE - 1)) {
          throw refusal(
              format,
              "%s may reach %.4g for inputs in their ranges, which overflows"
                  .formatted(
                      place(layer, unit),
                      Math.scalb(
                          sum.largestSum.doubleValue(),
                          -format.fractionBits - Feature.FRACTION_BITS)));
        }
        units.add(hidden);
      }
      inputs = units;
    }
    return Long.SIZE - 1 - Math.log(largest.doubleValue()) / Math.log(2);
  }

  private static Range sum(long[] weights, long bias, List<Range> inputs) {
    BigInteger low = BigInteger.valueOf(bias);
    BigInteger high = low;
    BigInteger largest = low.abs();
    for (int i = 0; i < weights.length; i++) {
      BigInteger weight = BigInteger.valueOf(weights[i]);
      BigInteger one = weight.multiply(inputs.get(i).low);
      BigInteger other = weight.multiply(inputs.get(i).high);
      low = low.add(one.min(other));
      high = high.add(one.max(other));
      largest = largest.add(one.abs().max(other.abs()));
    }
    return new Range(low, high, largest);
  }

  private static Range hidden(Range sum, Format format) {
    return new Range(
        sum.low.max(BigInteger.ZERO).shiftRight(format.fractionBits),
        sum.high.max(BigInteger.ZERO).shiftRight(format.fractionBits),
        BigInteger.ZERO);
  }

  /**
   * The output before the sigmoid, with 16 + F fraction bits: above 0 the task may migrate.
   *
   * @param inputs with 16 fraction bits, within their features' ranges
   */
  public long logit(int[] inputs) {
    long[] in = new long[inputs.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = inputs[i];
    }
    for (int layer = 0; ; layer++) {
      boolean last = layer == weights.length - 1;
      long[] out = new long[weights[layer].length];
      for (int unit = 0; unit < out.length; unit++) {
        long sum = biases[layer][unit];
        for (int i = 0; i < in.length; i++) {
          sum += weights[layer][unit][i] * in[i];
        }
        out[unit] = last ? sum : Math.max(0, sum >> format.fractionBits);
      }
      if (last) {
        return out[0];
      }
      in = out;
    }
  }

  public Format format() {
    return format;
  }

  /** {@code 15-10-1}. */
  public String shape() {
    return shape;
  }

  /** How many bits of 63 no sum can ever use. */
  public double headroomBits() {
    return headroomBits;
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

  /** With F fraction bits. */
  long weight(int layer, int unit, int input) {
    return weights[layer][unit][input];
  }

  /** With 16 + F fraction bits. */
  long bias(int layer, int unit) {
    return biases[layer][unit];
  }
}
