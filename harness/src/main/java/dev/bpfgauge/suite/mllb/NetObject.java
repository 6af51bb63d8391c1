package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Puts a network's weights into a BPF object that includes bpf/mllb/net.h, layers.h or int8.h. What
 * a smaller network leaves unused is 0.
 */
public final class NetObject {
  /** As in net.h. */
  static final int UNITS = 10;

  /** As in layers.h. */
  static final int FIRST = 64;

  static final int SECOND = 32;
  private static final int INPUTS = 16;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  /** {@code struct net_weights}. */
  static final StructLayout NET =
      MemoryLayout.structLayout(
              matrix(Feature.COUNT, UNITS, LONG).withName("hidden"),
              row(UNITS, LONG).withName("hidden_bias"),
              row(UNITS, LONG).withName("out"),
              LONG.withName("out_bias"),
              LONG.withName("fraction_bits"))
          .withName("net_weights");

  /** {@code struct layers_weights}. */
  static final StructLayout LAYERS =
      MemoryLayout.structLayout(
              matrix(FIRST, INPUTS, LONG).withName("first"),
              row(FIRST, LONG).withName("first_bias"),
              matrix(SECOND, FIRST, LONG).withName("second"),
              row(SECOND, LONG).withName("second_bias"),
              row(FIRST, LONG).withName("last"),
              LONG.withName("last_bias"))
          .withName("layers_weights");

  /** {@code struct int8_weights}. */
  static final StructLayout INT8 =
      MemoryLayout.structLayout(
              row(INPUTS, LONG).withName("input_scale"),
              row(INPUTS, LONG).withName("input_offset"),
              matrix(FIRST / 2, INPUTS, LONG).withName("first"),
              row(FIRST, INT).withName("first_bias"),
              row(FIRST, INT).withName("first_scale"),
              matrix(SECOND / 2, FIRST, LONG).withName("second"),
              row(SECOND, INT).withName("second_bias"),
              row(SECOND, INT).withName("second_scale"),
              row(FIRST, INT).withName("last"),
              INT.withName("last_bias"),
              MemoryLayout.paddingLayout(4))
          .withName("int8_weights");

  private NetObject() {}

  private static MemoryLayout row(int count, ValueLayout element) {
    return MemoryLayout.sequenceLayout(count, element);
  }

  private static MemoryLayout matrix(int rows, int columns, ValueLayout element) {
    return MemoryLayout.sequenceLayout(rows, MemoryLayout.sequenceLayout(columns, element));
  }

  /**
   * For {@code net_migrate()} of net.h; before {@link BpfObject#load}.
   *
   * @throws Refusal where the network has more than one hidden layer, or more than 10 units in it
   */
  public static void set(BpfObject object, FixedNet net) {
    if (net.layers() != 2 || net.units(0) > UNITS) {
      throw Refusal.usage(
          "a network of %s does not fit the unrolled form, which has one hidden layer of up to %d"
                  .formatted(net.shape(), UNITS)
              + " units; train one with --hidden 10.");
    }
    Fields fields = new Fields(object.variable("net_weights"), NET);
    for (int unit = 0; unit < net.units(0); unit++) {
      for (int input = 0; input < Feature.COUNT; input++) {
        long weight = net.weight(0, unit, input);
        boolean flag = Feature.all().get(input).isFlag();
        fields.setLong("hidden", input, unit, flag ? weight * Feature.ONE : weight);
      }
      fields.setLong("hidden_bias", unit, net.bias(0, unit));
      fields.setLong("out", unit, net.weight(1, 0, unit));
    }
    fields.setLong("out_bias", net.bias(1, 0));
    fields.setLong("fraction_bits", net.format().fractionBits());
  }

  /**
   * The shape, for {@code layers_logit()} of layers.h; before {@link BpfObject#load}.
   *
   * @throws Refusal where the network is larger than 15-64-32-1
   */
  static void setShape(BpfObject object, FixedNet net) {
    setShape(object, net.layers(), net.units(0), net.units(1), net.shape());
    object.variable("layers_fraction_bits").set(LONG, 0, net.format().fractionBits());
  }

  private static void setShape(BpfObject object, int layers, int first, int second, String shape) {
    requireSize(layers, first, second, shape);
    object.variable("layers_first").set(INT, 0, (first + 3) & ~3);
    object.variable("layers_second").set(INT, 0, layers == 3 ? second : 0);
  }

  /**
   * Makes sure that a network is not larger than 15-64-32-1.
   *
   * @param second units of the second layer, or the output
   */
  static void requireSize(int layers, int first, int second, String shape) {
    if (layers < 2 || layers > 3 || first > FIRST || (layers == 3 && second > SECOND)) {
      throw Refusal.usage(
          "a network of %s is too large for the BPF programs, which compute one or two hidden layers"
                  .formatted(shape)
              + " of up to %d and %d units; train one with --hidden %d,%d or fewer."
                  .formatted(FIRST, SECOND, FIRST, SECOND));
    }
  }

  /** The weights, for {@code layers_logit()}; after load, and again whenever they change. */
  static void setWeights(BpfObject object, FixedNet net) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(LAYERS);
      Fields fields = new Fields(value, LAYERS);
      int last = net.layers() - 1;
      for (int layer = 0; layer < last; layer++) {
        String name = layer == 0 ? "first" : "second";
        for (int unit = 0; unit < net.units(layer); unit++) {
          for (int input = 0; input < net.inputs(layer); input++) {
            fields.setLong(name, unit, input, net.weight(layer, unit, input));
          }
          fields.setLong(name + "_bias", unit, net.bias(layer, unit));
        }
      }
      for (int input = 0; input < net.inputs(last); input++) {
        fields.setLong("last", input, net.weight(last, 0, input));
      }
      fields.setLong("last_bias", net.bias(last, 0));
      BpfMap map = object.map("layers_of");
      map.update(arena.allocate(INT), value, Uapi.BPF_ANY);
    }
  }

  /**
   * Shape and weights for {@code int8_logit()} of int8.h; before {@link BpfObject#load}.
   *
   * @throws Refusal where the network is larger than 15-64-32-1
   */
  static void set(BpfObject object, Int8Net net) {
    setShape(object, net.layers(), net.units(0), net.units(1), net.shape());
    Fields fields = new Fields(object.variable("int8_weights"), INT8);
    for (int input = 0; input < Feature.COUNT; input++) {
      fields.setLong("input_scale", input, net.inputScale(input));
      fields.setLong("input_offset", input, net.inputOffset(input));
    }
    int last = net.layers() - 1;
    setHidden(fields, "first", net, 0);
    if (last == 2) {
      setHidden(fields, "second", net, 1);
    }
    for (int input = 0; input < net.inputs(last); input++) {
      fields.setInt("last", input, net.weight(last, 0, input));
    }
    fields.setInt("last_bias", net.bias(last, 0));
  }

  /** Bytes are multiplied without sign: 128 more than they are, which the bias makes up for. */
  private static void setHidden(Fields fields, String name, Int8Net net, int layer) {
    for (int unit = 0; unit < net.units(layer); unit++) {
      int bias = net.bias(layer, unit);
      for (int input = 0; input < net.inputs(layer); input++) {
        int weight = net.weight(layer, unit, input) + 128;
        fields.addLong(name, unit / 2, input, (long) weight << (unit % 2 * Integer.SIZE));
        // A network's input has 128 added as well, a hidden unit has not.
        bias -= layer == 0 ? 128 * (weight - 128) : 0;
      }
      fields.setInt(name + "_bias", unit, bias);
      fields.setInt(name + "_scale", unit, net.unitScale(layer, unit));
    }
  }

  /** A structure in memory. */
  private record Fields(MemorySegment segment, MemoryLayout layout) {

    Fields {
      if (segment.byteSize() != layout.byteSize()) {
        throw new IllegalStateException(
            "the object's structure has %d bytes, not %d"
                .formatted(segment.byteSize(), layout.byteSize()));
      }
    }

    private long at(String field, long... indices) {
      PathElement[] path = new PathElement[1 + indices.length];
      path[0] = PathElement.groupElement(field);
      for (int i = 0; i < indices.length; i++) {
        path[i + 1] = PathElement.sequenceElement(indices[i]);
      }
      return layout.byteOffset(path);
    }

    void setLong(String field, long value) {
      segment.set(LONG, at(field), value);
    }

    void setLong(String field, int index, long value) {
      segment.set(LONG, at(field, index), value);
    }

    void setLong(String field, int row, int column, long value) {
      segment.set(LONG, at(field, row, column), value);
    }

    void addLong(String field, int row, int column, long value) {
      long at = at(field, row, column);
      segment.set(LONG, at, segment.get(LONG, at) + value);
    }

    void setInt(String field, int value) {
      segment.set(INT, at(field), value);
    }

    void setInt(String field, int index, int value) {
      segment.set(INT, at(field, index), value);
    }
  }
}
