package dev.bpfgauge.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.stats.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContrastsTest {
  private static final Cell JAVA =
      MadeJournal.cell("maps.lookup", "idle", "map=hash", "runtime=java");
  private static final Cell C = JAVA.with("runtime", "c-thread");
  private static final Cell LONELY_C = JAVA.with("runtime", "c");

  private static final RunData RUN =
      new MadeJournal("idle", "cpu80")
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
  void withoutAPartnerThereIsNoContrast() {
    assertEquals(List.of(), Contrasts.against(RUN, "path", "libbpf"));
    assertTrue(Double.isNaN(Contrasts.medianRatio(List.of())));
  }
}
