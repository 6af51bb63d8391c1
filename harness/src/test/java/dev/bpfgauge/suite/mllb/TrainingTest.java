package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  @TempDir Path folder;

  @Test
  void aRuleIsLearnt() {
    Examples examples = MadeNets.examples(folder, 6_000, 0.02, "cpu", "io");
    Model model = train(examples, "model.json", 12);
    Metrics random = model.results().getFirst().metrics();
    assertTrue(random.accuracy() > 0.96, random.toString());
    assertTrue(random.accuracy() > random.majority() + 0.1, random.toString());
    assertTrue(random.auc() > 0.95, random.toString());
    assertTrue(
        model.curve().getLast().testLoss() < model.curve().getFirst().testLoss(),
        model.curve().toString());
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Examples examples = MadeNets.examples(folder, 1_000, 0.05, "cpu");
    train(examples, "a.json", 3);
    train(examples, "b.json", 3);
    assertEquals(-1, Files.mismatch(folder.resolve("a.json"), folder.resolve("b.json")));
  }

  @Test
  void interruptedTrainingGoesOnToTheSameBytes() throws IOException {
    Examples examples = MadeNets.examples(folder, 1_000, 0.05, "cpu");
    train(examples, "whole.json", 5);
    Path cut = folder.resolve("cut.json");
    Training.Request request = MadeNets.request(List.of(10), 5);
    Training.Listener interrupting =
        (split, epoch, epochs, loss, accuracy) -> {
          if (epoch == 2) {
            throw new IllegalStateException("interrupted on purpose");
          }
        };
    Training first = new Training(examples, request, cut, false, interrupting);
    assertThrows(IllegalStateException.class, first::run);
    assertTrue(Files.exists(folder.resolve("cut.json.random.checkpoint")));
    int[] epochs = new int[1];
    new Training(examples, request, cut, true, (split, epoch, all, loss, accuracy) -> epochs[0]++)
        .run();
    assertEquals(3, epochs[0]);
    assertEquals(-1, Files.mismatch(folder.resolve("whole.json"), cut));
    assertFalse(Files.exists(folder.resolve("cut.json.random.checkpoint")));

    assertThrows(
        IllegalStateException.class,
        () -> new Training(examples, request, cut, false, interrupting).run());
    Training.Request other = MadeNets.request(List.of(9), 5);
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () -> new Training(examples, other, cut, true, (a, b, c, d, e) -> {}).run());
    assertTrue(String.valueOf(refusal.getMessage()).contains("cannot resume"));
  }

  @Test
  void splitsByTimeAndByScenarioStandBesideTheRandomOne() {
    Examples examples = MadeNets.examples(folder, 800, 0.05, "cpu", "io", "mixed");
    Training.Request request =
        new Training.Request(Examples.Label.IMITATE, List.of(10), 0, 64, 2, 0.005, 7, 0.25, true);
    Model model = MadeNets.train(examples, folder.resolve("model.json"), request);
    assertEquals(
        List.of("random", "time", "without cpu", "without io", "without mixed"),
        model.results().stream().map(Model.Result::split).toList());
    for (Model.Result result : model.results()) {
      assertEquals(examples.size(), result.trained() + result.metrics().examples());
    }
    Splits.Split time = Splits.byTime(examples, 0.25);
    long latestTrained =
        Arrays.stream(time.train())
            .filter(i -> examples.scenario(i).equals("io"))
            .mapToLong(examples::time)
            .max()
            .orElseThrow();
    assertTrue(
        Arrays.stream(time.test())
            .filter(i -> examples.scenario(i).equals("io"))
            .allMatch(i -> examples.time(i) > latestTrained));
  }

  @Test
  void constantAndLeakingInputsAndDuplicatesAreNamed() {
    List<Decision> decisions =
        MadeDecisions.of(1_000, 5, 0, "cpu").stream()
            .map(d -> {
              long[] values = new long[Column.values().length];
              for (Column column : Column.values()) {
                values[column.index()] = d.get(column);
              }
              values[Column.SAME_NODE.index()] = 1;
              values[Column.BUDDY_HOT.index()] = 1 - values[Column.CAN_MIGRATE.index()];
              return new Decision(values, d.comm(), d.kernel(), d.scenario());
            })
            .toList();
    Path once = MadeDecisions.write(folder.resolve("raw_a.csv"), decisions);
    Path again =
        MadeDecisions.write(
            folder.resolve("raw_b.csv"), decisions.subList(0, decisions.size() - 1));
    Examples examples = Examples.read(List.of(once, again), Examples.Label.IMITATE);
    Model model = train(examples, "model.json", 1);
    assertTrue(model.data().constant().contains("same_node"), model.data().toString());
    assertEquals("buddy_hot", model.data().leaking().getFirst().feature());
    assertEquals(1, model.data().leaking().getFirst().accuracy());
    Model.Result random = model.results().getFirst();
    assertTrue(
        random.duplicates() > 0.8 * random.metrics().examples(),
        random.duplicates() + " of " + random.metrics().examples());
    int sameNode = Feature.words().indexOf("same_node");
    assertTrue(
        model.layers().getFirst().weights().stream().allMatch(row -> row.get(sameNode) == 0));
  }

  @Test
  void anOutcomeTurnsAWrongDecisionRound() {
    Path file =
        MadeDecisions.write(folder.resolve("raw_a.csv"), MadeDecisions.of(500, 5, 0.3, "cpu"));
    List<Decision> used =
        DecisionCsv.read(file).stream()
            .filter(d -> d.isTrainable() && d.get(Column.OUTCOME) >= 0)
            .toList();
    Examples examples = Examples.read(List.of(file), Examples.Label.OUTCOME);
    assertEquals(used.size(), examples.size());
    for (int i = 0; i < used.size(); i++) {
      boolean good = used.get(i).get(Column.OUTCOME) == 1;
      assertEquals(good, used.get(i).get(Column.CAN_MIGRATE) == examples.label(i));
    }
  }

  @Test
  void aFileAndItsCopyAreRefused() {
    List<Decision> decisions = MadeDecisions.of(500, 5, 0, "cpu");
    Path one = MadeDecisions.write(folder.resolve("raw_a.csv"), decisions);
    Path copy = MadeDecisions.write(folder.resolve("raw_b.csv"), decisions);

    Refusal refusal =
        assertThrows(
            Refusal.class, () -> Examples.read(List.of(one, copy), Examples.Label.IMITATE));

    assertTrue(
        String.valueOf(refusal.getMessage()).startsWith("raw_a.csv and raw_b.csv are the same"),
        refusal.getMessage());
  }

  @Test
  void oneClassOnlyIsRefused() {
    Path file =
        MadeDecisions.write(
            folder.resolve("raw_a.csv"),
            MadeDecisions.of(500, 5, 0, "cpu").stream()
                .filter(d -> d.get(Column.CAN_MIGRATE) == 1)
                .toList());
    Refusal refusal =
        assertThrows(Refusal.class, () -> Examples.read(List.of(file), Examples.Label.IMITATE));
    assertTrue(
        String.valueOf(refusal.getMessage())
            .contains("labels are 1, there is nothing to tell apart"),
        refusal.getMessage());
  }

  @Test
  void gradientsAgreeWithDifferences() {
    Net net = net(List.of(8, 6));
    double[][] inputs = inputs(30);
    int[] labels = IntStream.range(0, 30).map(i -> i % 3 == 0 ? 1 : 0).toArray();
    double[] gradient = gradient(net, inputs, labels);
    double step = 1e-6;
    for (int p = 0; p < gradient.length; p++) {
      double[] up = net.parameters().clone();
      double[] down = net.parameters().clone();
      up[p] += step;
      down[p] -= step;
      double slope =
          (loss(net.with(up), inputs, labels) - loss(net.with(down), inputs, labels)) / (2 * step);
      assertEquals(slope, gradient[p], 1e-5 * Math.max(1, Math.abs(slope)), "parameter " + p);
    }
  }

  /** The gradient is held against differences of the output; this holds the output itself. */
  @Test
  void anOutputIsWhatTheFormulaSays() {
    Net net = net(List.of(8, 6));
    for (double[] row : inputs(40)) {
      double[] values = row;
      for (int layer = 0; layer < net.layers(); layer++) {
        double[] sums = new double[net.units(layer)];
        for (int unit = 0; unit < sums.length; unit++) {
          sums[unit] = net.bias(layer, unit);
          for (int input = 0; input < values.length; input++) {
            sums[unit] += net.weight(layer, unit, input) * values[input];
          }
        }
        boolean last = layer == net.layers() - 1;
        values = last ? sums : Arrays.stream(sums).map(sum -> Math.max(0, sum)).toArray();
      }
      assertEquals(values[0], net.logit(row), 1e-12);
    }
  }

  private static Net net(List<Integer> hidden) {
    List<Double> ones = Collections.nCopies(Feature.COUNT, 1.0);
    Net net = Net.random(hidden, new Scaler(ones, ones), new SplittableRandom(4));
    SplittableRandom random = new SplittableRandom(5);
    for (int layer = 0; layer < net.layers(); layer++) {
      for (int unit = 0; unit < net.units(layer); unit++) {
        net.parameters()[net.biasAt(layer, unit)] = random.nextDouble(-0.1, 0.3);
      }
    }
    return net;
  }

  private static double[][] inputs(int count) {
    SplittableRandom random = new SplittableRandom(6);
    return IntStream.range(0, count)
        .mapToObj(_ -> random.doubles(Feature.COUNT, -1, 1).toArray())
        .toArray(double[][]::new);
  }

  private static double[] gradient(Net net, double[][] inputs, int[] labels) {
    Trainer.Gradient gradient = new Trainer.Gradient(net, 0, new SplittableRandom(1));
    for (int i = 0; i < inputs.length; i++) {
      gradient.add(inputs[i], labels[i]);
    }
    return gradient.sum();
  }

  private static double loss(Net net, double[][] inputs, int[] labels) {
    return IntStream.range(0, inputs.length)
        .mapToDouble(i -> Metrics.loss(net.logit(inputs[i]), labels[i]))
        .sum();
  }

  private Model train(Examples examples, String name, int epochs) {
    return MadeNets.train(examples, folder.resolve(name), MadeNets.request(List.of(10), epochs));
  }
}
