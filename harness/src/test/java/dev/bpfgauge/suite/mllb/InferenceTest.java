package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BPF and Java compute the same, to the last bit, on the kernel that is here. */
class InferenceTest {
  private static final int VECTORS = 20_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"10", "7", "64,32", "13,5"})
  void everyFormGivesWhatJavaGives(String hidden) {
    Requires.bpf();
    Model model = model(hidden);
    int[][] inputs = inputs();
    Int8Net bytes = model.int8();
    for (FixedNet.Format format : FixedNet.Format.values()) {
      FixedNet net = model.fixed(format);
      List<Form> forms = List.of(Form.values()).stream().filter(f -> f.computes(net)).toList();
      try (Inference kernel = Inference.load(net, bytes, forms)) {
        for (Form form : forms) {
          long[] java =
              IntStream.range(0, inputs.length)
                  .mapToLong(i -> form == Form.INT8 ? bytes.logit(inputs[i]) : net.logit(inputs[i]))
                  .toArray();
          assertArrayEquals(java, kernel.logits(form, inputs), form + " in " + format);
        }
      }
    }
  }

  @Test
  void aProgramComesToTheSameInputsAndDecisionFromWhatTheKernelKnows() {
    Requires.bpf();
    FixedNet net = model("10").fixed(FixedNet.Format.Q16);
    List<Decision> decisions = MadeDecisions.of(5_000, 9, 0, "cpu");
    try (Inference kernel = Inference.load(net, model("10").int8(), List.of(Form.UNROLLED))) {
      List<Inference.FromFacts> found = kernel.fromFacts(decisions);
      for (int i = 0; i < found.size(); i++) {
        int[] inputs = Feature.inputs(decisions.get(i));
        assertArrayEquals(inputs, found.get(i).inputs());
        assertEquals(net.logit(inputs), found.get(i).logit());
      }
    }
  }

  @Test
  void aRunCountsItsAnswersAndItsTime() {
    Requires.bpf();
    Model model = model("10");
    FixedNet net = model.fixed(FixedNet.Format.Q16);
    int[][] inputs = inputs();
    try (Inference kernel = Inference.load(net, model.int8(), List.of(Form.UNROLLED))) {
      kernel.fill(IntStream.range(0, 1024).mapToObj(i -> inputs[i]).toArray(int[][]::new));
      Inference.Ran ran = kernel.run(Form.UNROLLED.word(), 4096, 1023);
      long yes = IntStream.range(0, 1024).filter(i -> net.logit(inputs[i]) > 0).count();
      assertEquals(4 * yes, ran.migrate());
      assertTrue(ran.nanos() > 0);
    }
  }

  private Model model(String hidden) {
    List<Integer> units = List.of(hidden.split(",")).stream().map(Integer::valueOf).toList();
    Examples examples = MadeNets.examples(folder, 2_000, 0.05, "cpu", "io");
    return MadeNets.train(examples, folder.resolve("model.json"), MadeNets.request(units, 3));
  }

  /** Of the whole ranges, their ends included. */
  private static int[][] inputs() {
    SplittableRandom random = new SplittableRandom(3);
    int[][] inputs = new int[VECTORS][Feature.COUNT];
    for (int[] row : inputs) {
      for (int i = 0; i < row.length; i++) {
        Feature feature = Feature.all().get(i);
        row[i] =
            switch (random.nextInt(8)) {
              case 0, 1, 2 -> feature.least();
              case 3, 4, 5 -> feature.most();
              default -> random.nextInt(feature.least(), feature.most());
            };
        row[i] = feature.isFlag() ? row[i] / Feature.ONE * Feature.ONE : row[i];
      }
    }
    return inputs;
  }
}
