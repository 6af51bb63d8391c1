package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * From examples to a {@link Model}: the network itself is trained on a random share; for each other
 * way to keep examples back one more is trained, measured and thrown away.
 */
public final class Training {
  private static final double LEAK = 0.99;

  /**
   * What to train.
   *
   * @param testShare share of the examples to keep back, above 0 and below 1
   * @param otherSplits whether to measure by time and by scenario as well
   */
  public record Request(
      Examples.Label label,
      List<Integer> hidden,
      double dropout,
      int batch,
      int epochs,
      double rate,
      long seed,
      double testShare,
      boolean otherSplits) {

    /** The MLLB paper's network, and the MLLB guide's options but for dropout. */
    public static final Request DEFAULT =
        new Request(Examples.Label.IMITATE, List.of(10), 0, 256, 50, 0.001, 1, 0.1, true);

    private Trainer.Options options() {
      return new Trainer.Options(hidden, dropout, batch, epochs, rate, seed);
    }
  }

  /** Told of each epoch of each split. */
  @FunctionalInterface
  public interface Listener {
    void epoch(String split, int epoch, int epochs, double trainLoss, double testAccuracy);
  }

  private final Examples examples;
  private final Request request;
  private final Path model;
  private final boolean resume;
  private final Listener listener;

  /**
   * A training.
   *
   * @param model where the model will be written; checkpoints lie beside it until then
   * @param resume goes on from such checkpoints
   */
  public Training(
      Examples examples, Request request, Path model, boolean resume, Listener listener) {
    this.examples = examples;
    this.request = request;
    this.model = model;
    this.resume = resume;
    this.listener = listener;
  }

  /**
   * Trains, and writes the model.
   *
   * @throws Refusal where a checkpoint does not fit or a file cannot be written
   */
  public Model run() {
    List<Splits.Split> splits = splits();
    List<Trainer.Trained> trained = trainAll(splits);
    List<Model.Result> results = new ArrayList<>();
    for (int i = 0; i < splits.size(); i++) {
      results.add(result(splits.get(i), trained.get(i)));
    }
    Trainer.Trained own = trained.getFirst();
    Model made =
        new Model(
            Model.FORMAT,
            Model.VERSION,
            Feature.words(),
            request.label().name().toLowerCase(Locale.ROOT),
            own.net().shape(),
            own.scaler(),
            own.net().asLayers(),
            reached(own, splits.getFirst().train()),
            request.options(),
            request.testShare(),
            data(),
            own.curve(),
            results);
    made.write(model);
    splits.forEach(split -> delete(checkpoint(split)));
    return made;
  }

  private List<Splits.Split> splits() {
    List<Splits.Split> splits = new ArrayList<>();
    splits.add(Splits.random(examples, request.testShare(), request.seed()));
    if (request.otherSplits()) {
      splits.add(Splits.byTime(examples, request.testShare()));
      splits.addAll(Splits.leaveOneOut(examples));
    }
    return splits;
  }

  private List<Trainer.Trained> trainAll(List<Splits.Split> splits) {
    int threads = Math.min(splits.size(), Runtime.getRuntime().availableProcessors());
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Trainer.Trained>> all = new ArrayList<>();
      splits.forEach(split -> all.add(pool.submit(() -> train(split))));
      List<Trainer.Trained> done = new ArrayList<>();
      try {
        for (Future<Trainer.Trained> one : all) {
          done.add(one.get());
        }
      } catch (InterruptedException e) {
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      } catch (ExecutionException e) {
        pool.shutdownNow();
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
      return done;
    }
  }

  private Trainer.Trained train(Splits.Split split) throws IOException {
    Trainer trainer = new Trainer(examples, split, request.options());
    Path checkpoint = checkpoint(split);
    if (resume && Files.exists(checkpoint)) {
      trainer.resume(checkpoint);
    }
    return trainer.train(
        checkpoint,
        epoch ->
            listener.epoch(
                split.name(),
                epoch.epoch(),
                request.epochs(),
                epoch.trainLoss(),
                epoch.testAccuracy()));
  }

  private Path checkpoint(Splits.Split split) {
    String name = split.name().replaceAll("[^A-Za-z0-9]+", "-");
    return model.resolveSibling(model.getFileName() + "." + name + ".checkpoint");
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, "cannot delete " + file, e);
    }
  }

  private Model.Result result(Splits.Split split, Trainer.Trained trained) {
    return new Model.Result(
        split.name(),
        split.train().length,
        Splits.duplicates(examples, split),
        Evaluation.of(trained.net(), trained.scaler(), examples, split.test()));
  }

  private List<Double> reached(Trainer.Trained trained, int[] chosen) {
    Net net = trained.net();
    double[] most = new double[net.layers() - 1];
    Arrays.fill(most, Double.MIN_NORMAL);
    double[][] activations = net.activations();
    for (int example : chosen) {
      for (int feature = 0; feature < Feature.COUNT; feature++) {
        activations[0][feature] =
            trained.scaler().scaled(feature, examples.input(example, feature));
      }
      net.forward(activations);
      for (int layer = 0; layer < most.length; layer++) {
        most[layer] = Math.max(most[layer], Arrays.stream(activations[layer + 1]).max().orElse(0));
      }
    }
    return Arrays.stream(most).boxed().toList();
  }

  private Model.Data data() {
    List<String> constant = new ArrayList<>();
    List<Model.Leak> leaking = new ArrayList<>();
    double majority =
        Math.max(examples.positives(), examples.size() - examples.positives())
            / (double) examples.size();
    for (Feature feature : Feature.all()) {
      int[] values = column(feature);
      if (Arrays.stream(values).distinct().count() == 1) {
        constant.add(feature.word());
      } else {
        Model.Leak best = bestQuestion(feature, values);
        if (best.accuracy() >= LEAK && 1 - best.accuracy() <= (1 - majority) / 2) {
          leaking.add(best);
        }
      }
    }
    return new Model.Data(
        examples.sources(),
        examples.size(),
        examples.positives(),
        examples.kernels(),
        examples.scenarios(),
        constant,
        leaking);
  }

  private int[] column(Feature feature) {
    int at = Feature.all().indexOf(feature);
    return IntStream.range(0, examples.size()).map(i -> examples.input(i, at)).toArray();
  }

  /** The threshold that gets most labels right, whichever side means 1. */
  private Model.Leak bestQuestion(Feature feature, int[] values) {
    long[] sorted = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      sorted[i] = ((long) values[i] << 1) + examples.label(i);
    }
    Arrays.sort(sorted);
    long positives = examples.positives();
    long below = 0;
    long best = 0;
    long threshold = 0;
    for (int i = 0; i + 1 < sorted.length; i++) {
      below += sorted[i] & 1;
      if (sorted[i] >> 1 != sorted[i + 1] >> 1) {
        long right = (i + 1 - below) + (positives - below);
        long either = Math.max(right, sorted.length - right);
        if (either > best) {
          best = either;
          threshold = sorted[i] >> 1;
        }
      }
    }
    return new Model.Leak(
        feature.word(), threshold / (double) Feature.ONE, best / (double) sorted.length);
  }
}
