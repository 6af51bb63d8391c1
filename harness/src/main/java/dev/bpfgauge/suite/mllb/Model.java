package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A model file: a trained network with all that is known of it. The same training gives the same
 * bytes.
 *
 * @param format {@link #FORMAT}
 * @param version {@link #VERSION}
 * @param features names of the inputs, in order
 * @param label what it was taught, {@code imitate} or {@code outcome}
 * @param shape {@code 15-10-1}
 * @param scaler of the inputs
 * @param layers for scaled inputs
 * @param reached the largest value of each hidden layer's units on the examples trained on
 * @param options how it was trained
 * @param testShare share of the examples that were kept back
 * @param data what it was trained and tested on
 * @param curve one point each epoch
 * @param results the random split's are this network's own; of the others one was trained for each
 */
public record Model(
    String format,
    int version,
    List<String> features,
    String label,
    String shape,
    Scaler scaler,
    List<Net.Layer> layers,
    List<Double> reached,
    Trainer.Options options,
    double testShare,
    Data data,
    List<Trainer.Epoch> curve,
    List<Result> results) {

  public static final String FORMAT = "bpfgauge-mllb-model";
  public static final int VERSION = 1;

  /**
   * What a network was trained and tested on.
   *
   * @param files in the order given
   * @param examples decisions with a label
   * @param positives of them, with the label 1
   * @param kernels that decided
   * @param scenarios in the order in which they came
   * @param constant inputs with one value in all examples: nothing is learnt of them
   * @param leaking inputs that almost give the label away alone
   */
  public record Data(
      List<Examples.Source> files,
      long examples,
      long positives,
      List<String> kernels,
      List<String> scenarios,
      List<String> constant,
      List<Leak> leaking) {}

  /**
   * An input that almost gives the label away.
   *
   * @param threshold with the input above it, or not above it, as the only question asked
   * @param accuracy share of the labels got right so
   */
  public record Leak(String feature, double threshold, double accuracy) {}

  /**
   * How a network did on examples it had not seen.
   *
   * @param split {@code random}, {@code time}, {@code without cpu} …
   * @param trained examples it was trained on
   * @param duplicates test examples that were trained on as well, in other rows
   */
  public record Result(String split, long trained, long duplicates, Metrics metrics) {}

  /**
   * Reads a model file.
   *
   * @throws Refusal where it is none, or of another version or other features
   */
  public static Model read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.USAGE,
          "cannot read the model " + file + "; mllb train -o " + file + " writes one.",
          e);
    }
    requireOurs(Json.tree(text, file.toString()), file);
    Model model = Json.parse(text, Model.class, file.toString());
    model.requireWhole(file);
    return model;
  }

  private static void requireOurs(JsonNode tree, Path file) {
    if (!tree.path("format").asString("").equals(FORMAT)) {
      throw Refusal.usage(file + " is not a model file; mllb train writes one.");
    }
    int version = tree.path("version").asInt(0);
    if (version != VERSION) {
      throw Refusal.usage(
          "%s is a model file of version %d, this program knows version %d; train again."
              .formatted(file, version, VERSION));
    }
    List<String> features =
        tree.path("features").valueStream().map(name -> name.asString("")).toList();
    if (!features.equals(Feature.words())) {
      throw Refusal.usage(
          "%s was trained on other inputs (%s), this program has %s; train again."
              .formatted(file, String.join(", ", features), String.join(", ", Feature.words())));
    }
  }

  private void requireWhole(Path file) {
    int inputs = Feature.COUNT;
    boolean fits = layers.size() >= 2 && reached.size() == layers.size() - 1;
    for (Net.Layer layer : layers) {
      int wide = inputs;
      fits &= layer.units() == layer.weights().size();
      fits &= layer.weights().stream().allMatch(row -> row.size() == wide);
      inputs = layer.units();
    }
    fits &= inputs == 1 && scaler.offset().size() == Feature.COUNT;
    fits &= scaler.scale().size() == Feature.COUNT;
    fits &= layers.stream().allMatch(Model::isFinite);
    if (!fits) {
      throw Refusal.usage(
          file + ": its layers do not fit together; the file was edited or cut: train again.");
    }
  }

  private static boolean isFinite(Net.Layer layer) {
    return layer.bias().stream().allMatch(Double::isFinite)
        && layer.weights().stream().flatMap(List::stream).allMatch(Double::isFinite);
  }

  public void write(Path file) {
    DurableFile.writeTo(file, Json.indented(this));
  }

  /** For scaled inputs. */
  public Net net() {
    return Net.of(layers);
  }

  /** As BPF computes it. */
  public FixedNet fixed(FixedNet.Format format) {
    return FixedNet.of(net().folded(scaler), format);
  }

  /** In bytes. */
  public Int8Net int8() {
    return Int8Net.of(net(), scaler, reached);
  }
}
