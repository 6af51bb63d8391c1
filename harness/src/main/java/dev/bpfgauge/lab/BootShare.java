package dev.bpfgauge.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * What one guest measures: a kernel's cells in a round, or every so-manieth of them where others
 * measure the rest at the same time.
 *
 * @param part from 0
 */
record BootShare(LabArm arm, int round, int part, int parts) {
  /** A boot takes as long as so many cells. */
  private static final int FEWEST_CELLS = 20;

  /** Whether the cell at this place among the kernel's own is this guest's. */
  boolean has(int place) {
    return place % parts == part;
  }

  /**
   * Divides the last ones, where processors would have nothing to do beside them.
   *
   * @param whole in the order in which they begin
   * @param cells how many a kernel has
   * @param atOnce guests that run at the same time
   */
  static List<BootShare> divided(List<BootShare> whole, ToIntFunction<LabArm> cells, int atOnce) {
    int last = whole.size() % atOnce;
    if (last == 0) {
      return whole;
    }
    int first = whole.size() - last;
    List<BootShare> all = new ArrayList<>(whole.subList(0, first));
    for (BootShare share : whole.subList(first, whole.size())) {
      int parts =
          Math.clamp(cells.applyAsInt(share.arm()) / FEWEST_CELLS, 1, Math.max(1, atOnce / last));
      IntStream.range(0, parts)
          .mapToObj(part -> new BootShare(share.arm(), share.round(), part, parts))
          .forEach(all::add);
    }
    return all;
  }
}
