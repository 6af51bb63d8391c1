package dev.bpfgauge.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Processors that would have nothing to do beside the last boots get a part of them. */
class BootShareTest {
  private static final int CELLS = 60;
  private static final LabArm ARM =
      new LabArm(
          new KernelImage("6.12", "6.12.1", Path.of("vmlinuz"), "", "a test"),
          "6.12",
          "",
          LabRequest.UNLOADED,
          "",
          "",
          0,
          "");

  @Test
  void theLastOfThreeIsDividedBetweenTwoProcessors() {
    List<BootShare> three = whole(3);
    assertEquals(
        List.of(three.get(0), three.get(1), part(2, 0, 2), part(2, 1, 2)),
        BootShare.divided(three, _ -> CELLS, 2));
  }

  @Test
  void whereAllProcessorsHaveABootNoneIsDivided() {
    assertEquals(whole(4), BootShare.divided(whole(4), _ -> CELLS, 2));
    assertEquals(whole(3), BootShare.divided(whole(3), _ -> CELLS, 1));
    assertEquals(whole(6), BootShare.divided(whole(6), _ -> CELLS, 8), "two for six");
  }

  @Test
  void aBootIsNotDividedWhereItTakesLongerThanItsCells() {
    assertEquals(whole(3), BootShare.divided(whole(3), _ -> 39, 2));
    assertEquals(3, BootShare.divided(whole(1), _ -> CELLS, 64).size());
  }

  @Test
  void eachCellIsInOnePart() {
    List<BootShare> parts = BootShare.divided(whole(1), _ -> CELLS, 3);
    assertEquals(3, parts.size());
    for (int place = 0; place < CELLS; place++) {
      int its = place;
      assertEquals(1, parts.stream().filter(part -> part.has(its)).count(), "cell " + place);
    }
  }

  private static List<BootShare> whole(int boots) {
    return IntStream.range(0, boots).mapToObj(round -> part(round, 0, 1)).toList();
  }

  private static BootShare part(int round, int part, int parts) {
    return new BootShare(ARM, round, part, parts);
  }
}
