package dev.bpfgauge.machine.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Two readings of /proc/stat, a second apart, while CPU 0 was loaded and CPU 1 was not. */
class SystemUseWindowTest {
  private static final String BEFORE =
      """
      cpu  3000 0 1000 8000 200 0 10 0 0 0
      cpu0 2000 0 500 4000 100 0 10 0 0 0
      cpu1 1000 0 500 4000 100 0 0 0 0 0
      intr 12345 0 0
      """;

  private static final String AFTER =
      """
      cpu  3080 0 1002 8113 205 0 10 0 0 0
      cpu0 2078 0 502 4020 100 0 10 0 0 0
      cpu1 1002 0 500 4093 105 0 0 0 0 0
      intr 12345 0 0
      """;

  @Test
  void onlyTheNamedCpusCount() {
    assertEquals(80, used(List.of(0)), 1e-9);
    assertEquals(2, used(List.of(1)), 1e-9);
    assertEquals(41, used(List.of(0, 1)), 1e-9);
  }

  @Test
  void whereNoneHasALineAllCount() {
    assertEquals(41, used(List.of(14, 15)), 1e-9);
  }

  private static double used(List<Integer> cpus) {
    return SystemUseWindow.usedPercent(
        SystemUseWindow.ticks(BEFORE, cpus), SystemUseWindow.ticks(AFTER, cpus));
  }
}
