package dev.bpfgauge.suite.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.CompiledStructs;
import dev.bpfgauge.Requires;
import dev.bpfgauge.suite.diagnose.IrqStats.Counted;
import dev.bpfgauge.suite.diagnose.IrqStats.Kind;
import dev.bpfgauge.suite.diagnose.IrqStats.Who;
import dev.bpfgauge.suite.tools.Rows;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Interrupts of this machine, held against the kernel's own counts. */
class IrqStatsTest {

  @Test
  void everyFieldLiesWhereTheCompilerPutIt() throws IOException {
    CompiledStructs.requireSame(IrqStats.KEY, "tools/irq-stats");
    CompiledStructs.requireSame(IrqStats.COUNT, "tools/irq-stats");
  }

  @Test
  void everyCountIsTheKernels() throws Exception {
    Requires.bpf();
    Requires.root();
    try (IrqStats module = IrqStats.attach(new IrqStats.Options(false, 0))) {
      exchange(100); // NET_RX, RCU and timers: none of these may be missed or counted twice
      module.prove();
    }
  }

  @Test
  void packetsOfTheLoopbackAreSoftInterrupts() throws Exception {
    Requires.bpf();
    Requires.root();
    try (IrqStats module = IrqStats.attach(new IrqStats.Options(false, 0))) {
      var _ = module.since();
      exchange(500);
      Map<Who, Counted> found = module.since();
      Counted received = found.getOrDefault(new Who(Kind.SOFT, 3, "", -1), new Counted(0, 0, 0, 0));
      assertTrue(received.count() >= 500, found.toString());
      assertTrue(received.nanos() >= received.longestNanos(), received.toString());
      assertTrue(received.longestNanos() > 0, received.toString());
      assertEquals(0, module.tally().lost());
    }
  }

  @Test
  void aRowForEachCpuIsOfThatCpu() {
    Requires.bpf();
    Requires.root();
    try (IrqStats module = IrqStats.attach(new IrqStats.Options(true, 0))) {
      for (Who who : module.since().keySet()) {
        assertTrue(who.cpu() >= 0, who.toString());
      }
      Rows rows = (Rows) module.take();
      assertEquals("cpu", rows.columns().getFirst().key());
    }
  }

  @Test
  void theKernelsTablesAreReadByTheirFirstLine() {
    assertEquals(
        Map.of("36", 13L, "LOC", 30L, "ERR", 0L),
        InterruptCounts.parse(
            List.of(
                "           CPU0       CPU1",
                " 36:          4          9 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0",
                "LOC:         10         20   Local timer interrupts",
                "ERR:          0")));
  }

  private static void exchange(int packets) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket out = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket in = server.accept()) {
      out.setTcpNoDelay(true);
      for (int i = 0; i < packets; i++) {
        out.getOutputStream().write(1);
        assertEquals(1, in.getInputStream().read());
      }
    }
  }
}
