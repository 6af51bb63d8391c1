package dev.bpfgauge.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class KernelClockTest {

  @Test
  void theNamespacesOffsetIsSecondsAndNanoseconds() {
    assertEquals(
        100_000_000_000_005L,
        KernelClock.offset("monotonic      100000         5\nboottime            0         0\n"));
    assertEquals(-7_000_000_000L, KernelClock.offset("monotonic -7 0\n"));
    assertEquals(0, KernelClock.offset(""));
  }
}
