package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.files.Json;
import dev.bpfgauge.model.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixedNetTest {
  @TempDir Path folder;

  @Test
  void wholeNumbersAgreeWithFloatingPoint() {
    Examples examples = MadeNets.examples(folder, 20_000, 0.02, "cpu");
    Model model = train(examples);
    int[] all = IntStream.range(0, examples.size()).toArray();
    double[] exact = Evaluation.logits(model.net(), model.scaler(), examples, all);
    FixedNet q16 = model.fixed(FixedNet.Format.Q16);
    FixedNet q11 = model.fixed(FixedNet.Format.Q11);
    Int8Net int8 = model.int8();
    assertTrue(agreement(exact, i -> q16.logit(examples.inputs(i))) >= 0.9999);
    assertTrue(agreement(exact, i -> q11.logit(examples.inputs(i))) >= 0.999);
    assertTrue(agreement(exact, i -> int8.logit(examples.inputs(i))) >= 0.97);
  }

  private static double agreement(double[] exact, java.util.function.IntToLongFunction logit) {
    return IntStream.range(0, exact.length)
            .filter(i -> exact[i] > 0 == logit.applyAsLong(i) > 0)
            .count()
        / (double) exact.length;
  }

  @Test
  void weightsThatMightOverflowAreRefused() {
    Net hot = net(20_000);
    Refusal refusal = assertThrows(Refusal.class, () -> FixedNet.of(hot, FixedNet.Format.Q16));
    assertTrue(message(refusal).contains("unit 1 of layer 1 may reach"), message(refusal));
    Net larger = net(40_000);
    refusal = assertThrows(Refusal.class, () -> FixedNet.of(larger, FixedNet.Format.Q16));
    assertTrue(
        message(refusal).contains("the weight of unit 1 of layer 1 for src_non_pref_nr is 40000.0"),
        message(refusal));
    assertEquals(11, FixedNet.of(net(20), FixedNet.Format.Q11).format().fractionBits());
  }

  /** The proof is not too careful by much: the worst inputs come near what it says. */
  @Test
  void theWorstInputsReachWhatTheProofAllows() {
    FixedNet net = FixedNet.of(net(20), FixedNet.Format.Q16);
    int[] worst = Feature.all().stream().mapToInt(Feature::most).toArray();
    double bits = Math.log((double) net.logit(worst)) / Math.log(2);
    assertEquals(63 - net.headroomBits(), bits, 0.01);
  }

  private static Net net(double weight) {
    List<Double> row = Collections.nCopies(Feature.COUNT, weight);
    return Net.of(
        List.of(
            new Net.Layer(List.of(row, row), List.of(0.0, 0.0)),
            new Net.Layer(List.of(List.of(1.0, 1.0)), List.of(0.0))));
  }

  @Test
  void aModelIsReadAsItWasWritten() {
    Model model = train(MadeNets.examples(folder, 500, 0.05, "cpu"));
    assertEquals(model, Model.read(folder.resolve("model.json")));
  }

  @Test
  void aModelOfOtherInputsOrVersionIsRefused() throws IOException {
    train(MadeNets.examples(folder, 500, 0.05, "cpu"));
    String text = Files.readString(folder.resolve("model.json"));
    assertRefused(
        text.replace("\"version\" : 1", "\"version\" : 7"),
        "is a model file of version 7, this program knows version 1; train again.");
    assertRefused(text.replaceFirst("\"buddy_hot\"", "\"colour\""), "was trained on other inputs");
    assertRefused("{}", "is not a model file");
    assertRefused("nonsense", "this is not JSON");
    assertRefused(text.replaceFirst("\"scale\"", "\"scales\""), "scale");
    Model model = Json.parse(text, Model.class, "text");
    Model cut =
        new Model(
            model.format(),
            model.version(),
            model.features(),
            model.label(),
            model.shape(),
            model.scaler(),
            List.of(model.layers().getFirst()),
            model.reached(),
            model.options(),
            model.testShare(),
            model.data(),
            model.curve(),
            model.results());
    assertRefused(Json.indented(cut), "its layers do not fit together");
  }

  private void assertRefused(String text, String sentence) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), text);
    Refusal refusal = assertThrows(Refusal.class, () -> Model.read(file));
    assertTrue(message(refusal).contains(sentence), message(refusal));
    assertEquals(Refusal.Kind.USAGE, refusal.kind());
  }

  private Model train(Examples examples) {
    return MadeNets.train(examples, folder.resolve("model.json"), MadeNets.request(List.of(10), 4));
  }

  private static String message(Refusal refusal) {
    return String.valueOf(refusal.getMessage());
  }
}
