package dev.bpfgauge.suite.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.ProcessClock;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.os.CpuTicks;
import dev.bpfgauge.suite.tools.OwnCost.Took;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Held against the process's clock, and against what the kernel says of a program. */
class OwnCostTest {
  private static final int CPUS = CpuTicks.read(Path.of("/proc")).cpus().size();

  /** {@code r0 = 0; exit}. */
  private static final long[] NOTHING = {0xb7, 0x95};

  private static final int PACKET_BYTES = 14;
  private static final int RUNS = 100_000;

  private record Clock(long at, long cpuNanos) {
    static Clock now() {
      return new Clock(
          System.nanoTime(), ProcessClock.cpuNanos(ProcessHandle.current().pid()).orElseThrow());
    }
  }

  @Test
  void cpuTimeIsTheProcesss() {
    Clock outerStart = Clock.now();
    Took took;
    Clock innerStart;
    Clock innerEnd;
    try (OwnCost cost = new OwnCost(_ -> {})) {
      innerStart = Clock.now();
      do {
        innerEnd = Clock.now();
      } while (innerEnd.cpuNanos - innerStart.cpuNanos < 200_000_000L);
      took = cost.end();
    }
    Clock outerEnd = Clock.now();

    double least =
        100.0 * (innerEnd.cpuNanos - innerStart.cpuNanos) / CPUS / (outerEnd.at - outerStart.at);
    double most =
        100.0 * (outerEnd.cpuNanos - outerStart.cpuNanos) / CPUS / (innerEnd.at - innerStart.at);
    assertTrue(least <= took.userPercent() && took.userPercent() <= most, took.toString());
    assertTrue(took.peakBytes().orElseThrow() > 1 << 20);
  }

  @Test
  void itsProgramsTimeIsTheKernels() throws Exception {
    Requires.bpf();
    Requires.root();
    try (Arena arena = Arena.ofConfined();
        Instructions nothing =
            Instructions.of("bpfgauge_cost", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        Instructions.Loaded program = nothing.load();
        OwnCost cost = new OwnCost(_ -> {})) {
      RunInput input = RunInput.packet(arena.allocate(PACKET_BYTES), RUNS);
      while (program.info().runCount() < 20L * RUNS) {
        program.run(input);
      }
      Thread.sleep(150);
      Took took = cost.end();

      long runs = program.info().runCount();
      double mean = (double) program.info().runTimeNanos() / runs;
      // Those of the first moment were before it looked, and those of the last are all in.
      assertEquals(mean, took.nanosPerRun().orElseThrow(), mean / 2, took.toString());
      assertTrue(took.programsPercent().orElseThrow() > 0, took.toString());
      assertTrue(took.programsPercent().orElseThrow() < 100.0, took.toString());
      assertEquals("", took.unavailable());
      program.run(input);
      assertEquals(runs, program.info().runCount(), "statistics are off again");
    }
  }

  /** What a program had run when it ended is nothing that was not run. */
  @Test
  void aProgramThatEndsTakesNothingBack() throws Exception {
    Requires.bpf();
    Requires.root();
    try (Arena arena = Arena.ofConfined();
        Instructions nothing =
            Instructions.of("bpfgauge_cost", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        RunTimeStats _ = RunTimeStats.enable()) {
      Instructions.Loaded ended = nothing.load();
      RunInput input = RunInput.packet(arena.allocate(PACKET_BYTES), RUNS);
      while (ended.info().runCount() < 20L * RUNS) {
        ended.run(input);
      }
      try (OwnCost cost = new OwnCost(_ -> {})) {
        Thread.sleep(150);
        ended.close();
        assertEquals(0, cost.end().programsPercent().orElseThrow());
      }
    }
  }

  @Test
  void aSentenceSaysWhatIsKnown() {
    assertEquals(
        "Its own cost: 0.12 % of this machine's CPU time in user space, 1.30 % in its programs"
            + " (210 ns a run); 92 MiB of memory at most.",
        new Took(
                0.123,
                OptionalDouble.of(1.3),
                OptionalDouble.of(210.4),
                OptionalLong.of(92L << 20),
                "")
            .sentence());
    assertEquals(
        "Its own cost: 0.12 % of this machine's CPU time in user space, unknown in its programs"
            + " (EPERM).",
        new Took(
                0.123,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                "EPERM")
            .sentence());
  }
}
