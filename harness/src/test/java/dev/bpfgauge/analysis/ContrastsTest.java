package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContrastsTest {
  private static final Cell JAVA = Journal.cell("maps.lookup", "idle", "map=hash", "runtime=java");
  private static final Cell C = JAVA.with("runtime", "c-thread");
  private static final Cell LONELY_C = JAVA.with("runtime", "c");

  private static final RunData RUN =
      new Journal("idle", "cpu80")
          .rounds(JAVA, 1011, 1201, 1015, 1009, 1012)
          .rounds(C, 996, 1182, 1001, 995, 997)
          .rounds(LONELY_C, 900, 1080, 905, 895, 903)
          .rounds(JAVA.on("cpu80"), 1300, 1310, 1305, 1308, 1302)
          .failed(0, JAVA.with("map", "array"), ForkStatus.CRASHED, "signal 9")
          .failed(0, C.with("map", "array"), ForkStatus.UNAVAILABLE, "no C runner")
          .run();

  @Test
  void javaIsComparedWithCOnTheSameArmByRound() {
    List<CellComparison> contrasts = Contrasts.of(RUN, "runtime", "java", "c-thread");
    assertEquals(1, contrasts.size());
    CellComparison contrast = contrasts.getFirst();
    assertEquals(JAVA, contrast.subject());
    assertEquals(C, contrast.reference());
    assertEquals(1.015, contrast.ratio(), 0.001);
    assertEquals(Verdict.EQUIVALENT, contrast.verdict());
  }

  @Test
  void everyOtherValueStandsAgainstTheReference() {
    List<CellComparison> contrasts = Contrasts.against(RUN, "runtime", "c-thread");
    assertEquals(List.of(JAVA, LONELY_C), contrasts.stream().map(CellComparison::subject).toList());
    assertEquals(Verdict.FASTER, contrasts.get(1).verdict());
    assertEquals(
        (contrasts.get(0).ratio() + contrasts.get(1).ratio()) / 2,
        Contrasts.medianRatio(contrasts),
        1e-12);
  }

  @Test
  void turnsInOneProcessAreOnePairAFork() {
    Cell turns = JAVA.with("runtime", "java-and-c");
    Journal journal = new Journal("idle");
    double[] ratios = {1.01, 1.02, 1.03};
    for (int round = 0; round < ratios.length; round++) {
      Measurement measured =
          new Measurement(1000, List.of(1000.0), null, 64, null, null)
              .with(Map.of(Measurement.JAVA_TO_C, ratios[round]));
      journal.add(round, round, turns, ForkStatus.OK, "", measured);
    }
    journal.rounds(JAVA, 1011, 1201, 1015);
    Map<Cell, PairedComparison> inTurns = Contrasts.inTurns(journal.run());
    assertEquals(Set.of(turns), inTurns.keySet());
    PairedComparison found = Objects.requireNonNull(inTurns.get(turns));
    assertEquals(3, found.pairs());
    assertEquals(1.02, found.ratio(), 0.001);
    assertTrue(Objects.requireNonNull(found.interval95()).contains(1.02));
  }

  @Test
  void withoutAPartnerThereIsNoContrast() {
    assertEquals(List.of(), Contrasts.against(RUN, "path", "libbpf"));
    assertTrue(Double.isNaN(Contrasts.medianRatio(List.of())));
  }
}
