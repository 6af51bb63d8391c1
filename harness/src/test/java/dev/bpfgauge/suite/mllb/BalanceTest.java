package dev.bpfgauge.suite.mllb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import org.junit.jupiter.api.Test;

/** All run queues of this machine, looked at by the real program. */
class BalanceTest {

  @Test
  void switchesAreCountedByCpuAndQueuesLookedAt() throws InterruptedException {
    Requires.bpf();
    try (Balance balance = attach()) {
      Balance.Reading before = balance.read();
      for (int nap = 0; nap < 200; nap++) {
        Thread.sleep(1);
      }
      Balance.Reading seen = balance.read().minus(before);
      assertTrue(seen.switches() >= 200, seen.toString());
      assertTrue(seen.samples() > 0 && seen.samples() < seen.switches(), seen.toString());
      assertTrue(seen.wasted() <= seen.samples(), seen.toString());
      assertTrue(BpfMap.possibleCpus() > 1 || seen.variance() == 0, seen.toString());
    }
  }

  /** What the kernel itself says, with and without the helper. */
  @Test
  void anOlderKernelIsToldWhatItLacks() {
    BpfException kernels =
        assertThrows(BpfException.class, () -> BpfObject.open("none", new byte[] {1, 2, 3}));

    assertSame(kernels, Balance.refused(kernels, true));
    Refusal refusal = assertInstanceOf(Refusal.class, Balance.refused(kernels, false));
    assertEquals(Refusal.Kind.ENVIRONMENT, refusal.kind());
    assertTrue(
        String.valueOf(refusal.getMessage()).endsWith("it needs Linux 5.17."), refusal::toString);
  }

  private static Balance attach() {
    try {
      return Balance.attach();
    } catch (BpfException | Refusal e) {
      Requires.machine(false, "a kernel that takes tp_btf/sched_switch: " + e.getMessage());
      throw e;
    }
  }
}
