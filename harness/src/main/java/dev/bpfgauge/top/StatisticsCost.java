package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.Instructions;
import dev.bpfgauge.libbpf.RunTimeStats;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What run-time statistics add to each run on this machine: they read the clock twice, which takes
 * 20 ns on one machine and 80 ns on another. A program that does nothing is run by BPF_PROG_RUN
 * without them and with them.
 */
final class StatisticsCost {
  /** r0 = 0, exit. */
  private static final long[] NOTHING = {0xb7L, 0x95L};

  private static final int SHORTEST_PACKET = 14;
  private static final int RUNS = 50_000;
  private static final int TURNS = 3;

  private StatisticsCost() {}

  /** Nanoseconds a run; NaN where it cannot be told, as where others have them on already. */
  static double nanosPerRun() {
    try (Arena arena = Arena.ofConfined();
        Instructions nothing =
            Instructions.of(
                "bpfgauge_stats", Uapi.BPF_PROG_TYPE_SOCKET_FILTER, NOTHING, List.of());
        Instructions.Loaded loaded = nothing.load()) {
      MemorySegment packet = arena.allocate(SHORTEST_PACKET);
      long without = Long.MAX_VALUE;
      long with = Long.MAX_VALUE;
      for (int turn = 0; turn < TURNS; turn++) {
        without = Math.min(without, run(loaded, packet));
        if (loaded.info().runCount() > (long) turn * RUNS) {
          return Double.NaN;
        }
        try (RunTimeStats _ = RunTimeStats.enable()) {
          with = Math.min(with, run(loaded, packet));
        }
      }
      return Math.max(0, (double) (with - without));
    } catch (BpfException e) {
      return Double.NaN;
    }
  }

  private static long run(Instructions.Loaded loaded, MemorySegment packet) {
    return loaded.run(RunInput.packet(packet, RUNS)).nanosPerRun();
  }
}
