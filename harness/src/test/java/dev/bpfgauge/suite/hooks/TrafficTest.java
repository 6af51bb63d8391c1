package dev.bpfgauge.suite.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Frames through a real veth pair, and what the kernel says of them. */
class TrafficTest {

  @Test
  void framesArriveAndCostTime() throws Exception {
    Requires.bpf();
    Requires.root();
    Path network = Path.of("/proc/thread-self/ns/net");
    Path before = Files.readSymbolicLink(network);
    String cpus = allowed();
    try (Frame frame = (Frame) Hook.TC_CLSACT.traced();
        HookProgram program = HookProgram.load(Hook.TC_CLSACT, Body.COUNTER)) {
      SortedMap<String, Double> seen = Traffic.withAndWithout(frame, program.program(), 20);
      for (String arm : List.of("base", "attached")) {
        assertTrue(seen.getOrDefault(arm + "_packets_per_s", 0.0) > 0, seen.toString());
        assertTrue(seen.getOrDefault(arm + "_cpu_ns", 0.0) > 0, seen.toString());
        assertTrue(seen.getOrDefault(arm + "_softirq_percent", -1.0) >= 0, seen.toString());
      }
      assertFalse(program.runs() == 0, "the program saw no frame");
    }
    assertEquals(before, Files.readSymbolicLink(network));
    assertEquals(cpus, allowed(), "no longer held on one CPU");
  }

  private static String allowed() throws Exception {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed:"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void receivedPacketsAreTheSecondColumn() {
    List<String> lines =
        List.of(
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets",
            "    lo:       0       0    0    0    0     0          0         0        0       0",
            "gauge1: 1280000   20000    0   12    0     0          0         0       70       1");
    assertEquals(20_000, Network.received(lines, "gauge1"));
    assertThrows(IllegalStateException.class, () -> Network.received(lines, "gauge0"));
  }
}
