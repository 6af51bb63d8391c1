package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.model.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model means the same in floating point, in whole numbers and in the kernel, and how
 * often it is right.
 *
 * @param shape of the network
 * @param examples decisions of the files given
 * @param vectors all inputs that were compared: the examples', and random ones of the whole ranges
 * @param labels floating point beside the examples' labels; absent without examples
 * @param ways one for each way to compute it
 * @param bpf why BPF was not asked; empty where it was
 * @param trainedOn files of the examples that the model was trained on as well, by their bytes:
 *     what is right of these flatters
 */
public record Agreement(
    String shape,
    int examples,
    int vectors,
    @Nullable Metrics labels,
    List<Computation> ways,
    String bpf,
    List<String> trainedOn) {

  /** The fewest inputs to compare. */
  public static final int VECTORS = 100_000;

  /**
   * A way to compute the network.
   *
   * @param name {@code q16 BPF unrolled}
   * @param accuracy share of the examples answered as their label says; NaN without examples
   * @param agreement share of the examples answered as floating point does; of all vectors where
   *     there are no examples
   * @param agreementOfAll the same share of all vectors
   * @param differentFromJava outputs that are not Java's to the last bit; absent for Java
   */
  public record Computation(
      String name,
      double accuracy,
      double agreement,
      double agreementOfAll,
      @Nullable Long differentFromJava) {}

  /** Whether all BPF outputs are Java's. */
  public boolean isExact() {
    return ways.stream()
        .allMatch(way -> way.differentFromJava == null || way.differentFromJava == 0);
  }

  /**
   * Computes a model in all ways.
   *
   * @param examples decisions to answer; none: random inputs only
   */
  public static Agreement of(Model model, @Nullable Examples examples) {
    return new Comparing(model, examples).all();
  }

  private static final class Comparing {
    private final Model model;
    private final @Nullable Examples examples;
    private final int known;
    private final int[][] inputs;
    private final double[] exact;
    private final List<Computation> ways = new ArrayList<>();

    Comparing(Model model, @Nullable Examples examples) {
      this.model = model;
      this.examples = examples;
      this.known = examples == null ? 0 : examples.size();
      this.inputs = inputs(examples);
      this.exact = new double[inputs.length];
      Net net = model.net();
      double[][] activations = net.activations();
      for (int i = 0; i < inputs.length; i++) {
        for (int feature = 0; feature < Feature.COUNT; feature++) {
          activations[0][feature] = model.scaler().scaled(feature, inputs[i][feature]);
        }
        exact[i] = net.forward(activations);
      }
    }

    Agreement all() {
      for (FixedNet.Format format : FixedNet.Format.values()) {
        FixedNet net = model.fixed(format);
        add(word(format) + " Java", logits(net), null);
      }
      Int8Net bytes = model.int8();
      long[] inBytes = Arrays.stream(inputs).mapToLong(bytes::logit).toArray();
      add("int8 Java", inBytes, null);
      String unavailable = "";
      try {
        for (FixedNet.Format format : FixedNet.Format.values()) {
          bpf(model.fixed(format), bytes, inBytes);
        }
      } catch (BpfException | Refusal | UnsupportedOperationException e) {
        unavailable = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
      return new Agreement(
          model.shape(),
          known,
          inputs.length,
          labels(),
          List.copyOf(ways),
          unavailable,
          trainedOn());
    }

    private List<String> trainedOn() {
      if (examples == null) {
        return List.of();
      }
      Set<String> trained =
          model.data().files().stream().map(Examples.Source::sha256).collect(Collectors.toSet());
      return examples.sources().stream()
          .filter(source -> trained.contains(source.sha256()))
          .map(Examples.Source::file)
          .toList();
    }

    private long[] logits(FixedNet net) {
      return Arrays.stream(inputs).mapToLong(net::logit).toArray();
    }

    private void bpf(FixedNet net, Int8Net bytes, long[] inBytes) {
      List<Form> forms =
          Arrays.stream(Form.values())
              .filter(form -> form.computes(net))
              .filter(form -> form != Form.INT8 || net.format() == FixedNet.Format.Q16)
              .toList();
      long[] java = logits(net);
      try (Inference kernel = Inference.load(net, bytes, forms)) {
        for (Form form : forms) {
          String name = form == Form.INT8 ? "int8 BPF" : word(net.format()) + " BPF " + form.word();
          add(name, kernel.logits(form, inputs), form == Form.INT8 ? inBytes : java);
        }
      }
    }

    private static String word(FixedNet.Format format) {
      return format.name().toLowerCase(Locale.ROOT);
    }

    private void add(String name, long[] logits, long @Nullable [] java) {
      Long different =
          java == null
              ? null
              : IntStream.range(0, logits.length).filter(i -> logits[i] != java[i]).count();
      double ofAll = agreement(logits, logits.length);
      ways.add(
          new Computation(
              name,
              accuracy(logits),
              known == 0 ? ofAll : agreement(logits, known),
              ofAll,
              different));
    }

    private double agreement(long[] logits, int count) {
      return IntStream.range(0, count).filter(i -> (logits[i] > 0) == (exact[i] > 0)).count()
          / (double) count;
    }

    private double accuracy(long[] logits) {
      if (examples == null) {
        return Double.NaN;
      }
      return IntStream.range(0, known)
              .filter(i -> (logits[i] > 0) == (examples.label(i) == 1))
              .count()
          / (double) known;
    }

    private @Nullable Metrics labels() {
      return examples == null
          ? null
          : Metrics.of(
              Arrays.copyOf(exact, known),
              IntStream.range(0, known).map(examples::label).toArray());
    }
  }

  private static int[][] inputs(@Nullable Examples examples) {
    int known = examples == null ? 0 : examples.size();
    int[][] inputs = new int[Math.max(VECTORS, known)][];
    for (int i = 0; i < known; i++) {
      inputs[i] = examples == null ? new int[0] : examples.inputs(i);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = known; i < inputs.length; i++) {
      inputs[i] = random(random);
    }
    return inputs;
  }

  /** Anywhere in the ranges; small numbers, which are the usual ones, as often as large ones. */
  static int[] random(SplittableRandom random) {
    return Feature.all().stream()
        .mapToInt(feature -> {
          if (feature.isFlag()) {
            return random.nextInt(2) * Feature.ONE;
          }
          int within = random.nextInt(feature.least(), feature.most()) >> random.nextInt(12);
          return Math.max(feature.least(), within);
        })
        .toArray();
  }
}
