package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetricsTest {

  @Test
  void aSmallTableCountedByHand() {
    Metrics m = Metrics.of(new double[] {2, 1, -1, -2, 3, -3}, new int[] {1, 0, 1, 0, 1, 0});
    assertEquals(2, m.truePositives());
    assertEquals(1, m.falsePositives());
    assertEquals(2, m.trueNegatives());
    assertEquals(1, m.falseNegatives());
    assertEquals(4 / 6.0, m.accuracy());
    assertEquals(2 / 3.0, m.precision());
    assertEquals(2 / 3.0, m.recall());
    assertEquals(2 / 3.0, m.f1(), 1e-15);
    assertEquals(0.5, m.majority());
    assertEquals(8 / 9.0, m.auc(), 1e-15);
  }

  @Test
  void theAreaIsTheShareOfPairsInTheRightOrder() {
    SplittableRandom random = new SplittableRandom(1);
    double[] logits = random.ints(300, -20, 20).mapToDouble(i -> i).toArray();
    int[] labels = random.ints(300, 0, 2).toArray();
    double pairs = 0;
    double right = 0;
    for (int i = 0; i < 300; i++) {
      for (int j = 0; j < 300; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          right += logits[i] > logits[j] ? 1 : logits[i] == logits[j] ? 0.5 : 0;
        }
      }
    }
    assertEquals(right / pairs, Metrics.of(logits, labels).auc(), 1e-12);
  }

  @Test
  void hugeLogitsHaveAFiniteLoss() {
    assertEquals(1000, Metrics.loss(1000, 0));
    assertEquals(0, Metrics.loss(1000, 1));
    assertEquals(Math.log(2), Metrics.loss(0, 1), 1e-15);
  }
}
