package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.suite.mllb.Examples.Label;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published decisions, and the network of this program that was trained on them. */
class DataSetTest {
  private static final Path FOLDER = Path.of("..", "results", "sample", "decisions");

  @TempDir Path folder;

  private static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".gz")).sorted().toList();
    }
  }

  @Test
  void theNetworkOfThisProgramComesFromTheseDecisions() throws Exception {
    Path file = folder.resolve("model.json");
    try (InputStream in = DataSetTest.class.getResourceAsStream("/mllb/model.json")) {
      Files.copy(Objects.requireNonNull(in, "a network in the jar"), file);
    }
    Model model = Model.read(file);
    Examples examples = Examples.read(files(), Label.IMITATE);

    assertTrue(examples.sources().stream().mapToLong(Examples.Source::decisions).sum() >= 200_000);
    assertEquals(3, examples.kernels().size(), examples.kernels().toString());
    assertEquals(8, examples.scenarios().size(), examples.scenarios().toString());
    assertEquals(
        examples.sources().stream().map(Examples.Source::sha256).toList(),
        model.data().files().stream().map(Examples.Source::sha256).toList());

    FixedNet whole = model.fixed(FixedNet.Format.Q16);
    Random random = new Random(1);
    int right = 0;
    int tested = 20_000;
    for (int i = 0; i < tested; i++) {
      int example = random.nextInt(examples.size());
      boolean yes = whole.logit(examples.inputs(example)) > 0;
      right += yes == (examples.label(example) == 1) ? 1 : 0;
    }
    double majority = (double) examples.positives() / examples.size();
    assertTrue(right > 0.98 * tested, right + " of " + tested);
    assertTrue(right > majority * tested, "better than a constant: " + majority);
  }
}
