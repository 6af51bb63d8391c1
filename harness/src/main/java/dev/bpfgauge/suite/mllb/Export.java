package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A model in the forms that others read: whole numbers as JSON or as a header in C. */
public enum Export {
  /** JSON: weights with 16 fraction bits. */
  Q16,
  /** JSON: weights with 11 fraction bits. */
  Q11,
  /** JSON: weights of eight bits. */
  INT8,
  /** C: {@code net_migrate()} with its weights in the instructions. */
  HEADER,
  /** JSON: the model file itself. */
  JSON;

  /** An input and its range, with 16 fraction bits. */
  private record Input(String name, int least, int most) {}

  /** Weights with F fraction bits, biases with 16 + F. */
  private record FixedLayer(List<List<Long>> weights, List<Long> bias) {}

  /**
   * What JSON has of a network in whole numbers.
   *
   * @param headroomBits how many bits of 63 no sum can ever use
   */
  private record Fixed(
      String format,
      String shape,
      int inputFractionBits,
      int weightFractionBits,
      double headroomBits,
      List<Input> inputs,
      Scaler foldedScaler,
      List<FixedLayer> layers,
      Model.Data data,
      List<Model.Result> results) {}

  /**
   * A layer in bytes.
   *
   * @param unitScale times a sum, without 24 bits, is the unit's byte; 0 for the output
   */
  private record ByteLayer(
      List<List<Integer>> weights, List<Integer> bias, List<Integer> unitScale) {}

  /**
   * What JSON has of a network in bytes.
   *
   * @param inputScale times an input, plus its offset, without 32 bits, is its byte
   */
  private record Bytes(
      String format,
      String shape,
      int inputFractionBits,
      List<Input> inputs,
      List<Long> inputScale,
      List<Long> inputOffset,
      List<ByteLayer> layers,
      Model.Data data,
      List<Model.Result> results) {}

  /**
   * The file's content.
   *
   * @throws Refusal where the model overflows in this format, or is too large for it
   */
  public String of(Model model) {
    return switch (this) {
      case Q16 -> fixed(model, FixedNet.Format.Q16);
      case Q11 -> fixed(model, FixedNet.Format.Q11);
      case INT8 -> bytes(model);
      case HEADER -> header(model, model.fixed(FixedNet.Format.Q16));
      case JSON -> Json.indented(model);
    };
  }

  private static List<Input> inputs() {
    return Feature.all().stream().map(f -> new Input(f.word(), f.least(), f.most())).toList();
  }

  private static String fixed(Model model, FixedNet.Format format) {
    FixedNet net = model.fixed(format);
    List<FixedLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < net.layers(); layer++) {
      int at = layer;
      layers.add(
          new FixedLayer(
              units(net.units(at))
                  .map(unit ->
                      units(net.inputs(at)).map(input -> net.weight(at, unit, input)).toList())
                  .toList(),
              units(net.units(at)).map(unit -> net.bias(at, unit)).toList()));
    }
    return Json.indented(
        new Fixed(
            format.name().toLowerCase(Locale.ROOT),
            net.shape(),
            Feature.FRACTION_BITS,
            format.fractionBits(),
            net.headroomBits(),
            inputs(),
            model.scaler(),
            layers,
            model.data(),
            model.results()));
  }

  private static Stream<Integer> units(int count) {
    return IntStream.range(0, count).boxed();
  }

  private static String bytes(Model model) {
    Int8Net net = model.int8();
    List<ByteLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < net.layers(); layer++) {
      int at = layer;
      layers.add(
          new ByteLayer(
              units(net.units(at))
                  .map(unit ->
                      units(net.inputs(at)).map(input -> net.weight(at, unit, input)).toList())
                  .toList(),
              units(net.units(at)).map(unit -> net.bias(at, unit)).toList(),
              units(net.units(at)).map(unit -> net.unitScale(at, unit)).toList()));
    }
    return Json.indented(
        new Bytes(
            "int8",
            net.shape(),
            Feature.FRACTION_BITS,
            inputs(),
            units(Feature.COUNT).map(net::inputScale).toList(),
            units(Feature.COUNT).map(net::inputOffset).toList(),
            layers,
            model.data(),
            model.results()));
  }

  /** The first hidden layer lies on the stack of 512 bytes, the second is summed up at once. */
  private static String header(Model model, FixedNet net) {
    NetObject.requireSize(net.layers(), net.units(0), net.units(1), net.shape());
    StringBuilder c = new StringBuilder();
    c.append("/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n");
    c.append(
        """
        /*
         * A network %s that decides whether a task may migrate, written by bpfgauge mllb export.
         * It takes %d whole numbers with 16 fraction bits, in this order and these ranges:
        """
            .formatted(net.shape(), Feature.COUNT));
    for (Feature feature : Feature.all()) {
      c.append(
          String.format(
              Locale.ROOT,
              " *   %-16s %d to %d%n",
              feature.word(),
              feature.least(),
              feature.most()));
    }
    c.append(
        " * For them no sum overflows: %.1f of 63 bits are never used. Trained on:\n"
            .formatted(net.headroomBits()));
    for (Examples.Source source : model.data().files()) {
      c.append(" *   sha256 %s  %s\n".formatted(source.sha256(), comment(source.file())));
    }
    Metrics metrics = model.results().getFirst().metrics();
    c.append(
        String.format(
            Locale.ROOT,
            " * Right on %.4f of %d examples kept back; a constant answer on %.4f.%n */%n",
            metrics.accuracy(),
            metrics.examples(),
            metrics.majority()));
    c.append(
        """
        #ifndef BPFGAUGE_MLLB_MODEL_H
        #define BPFGAUGE_MLLB_MODEL_H

        #include <linux/types.h>

        /* Without a branch, of which a verifier would follow both sides. */
        static inline __attribute__((always_inline)) __s64 model_relu(__s64 value)
        {
        	__s64 negative = value >> 63;

        	asm volatile("" : "+r"(negative));
        	return value & ~negative;
        }

        /* The output before the sigmoid, 32 fraction bits. */
        static inline __attribute__((always_inline)) __s64 model_logit(const __s32 *x)
        {
        """);
    body(c, net);
    c.append(
        """
        }

        /* Whether the task may migrate, 1 or 0. */
        static inline __attribute__((always_inline)) int model_migrate(const __s32 *x)
        {
        	return model_logit(x) > 0;
        }

        #endif
        """);
    return c.toString();
  }

  private static String comment(String text) {
    return text.replace("*/", "* /");
  }

  private static void body(StringBuilder c, FixedNet net) {
    int last = net.layers() - 1;
    c.append("\t__s64 out = ").append(constant(net.bias(last, 0))).append(";\n");
    if (last == 2) {
      c.append("\t__u32 hidden[").append(net.units(0)).append("];\n");
    }
    c.append('\n');
    for (int unit = 0; unit < net.units(0); unit++) {
      String value = "model_relu((" + sum(net, 0, unit, "(__s64)x") + ") >> 16)";
      c.append(
          last == 2
              ? "\thidden[%d] = %s;\n".formatted(unit, value)
              : "\tout += %s * %s;\n".formatted(value, constant(net.weight(1, 0, unit))));
    }
    if (last == 2) {
      c.append("\tasm volatile(\"\" : : \"r\"(hidden) : \"memory\");\n");
      for (int unit = 0; unit < net.units(1); unit++) {
        c.append(
            "\tout += model_relu((%s) >> 16) * %s;\n"
                .formatted(sum(net, 1, unit, "(__s64)hidden"), constant(net.weight(2, 0, unit))));
      }
    }
    c.append("\treturn out;\n");
  }

  private static String sum(FixedNet net, int layer, int unit, String from) {
    return IntStream.range(0, net.inputs(layer))
        .filter(i -> net.weight(layer, unit, i) != 0)
        .mapToObj(i -> "%s[%d] * %s".formatted(from, i, constant(net.weight(layer, unit, i))))
        .collect(Collectors.joining(" +\n\t\t", constant(net.bias(layer, unit)) + " +\n\t\t", ""))
        .replaceAll(" \\+\n\t\t$", "");
  }

  private static String constant(long value) {
    return value == (int) value ? Long.toString(value) : value + "LL";
  }
}
