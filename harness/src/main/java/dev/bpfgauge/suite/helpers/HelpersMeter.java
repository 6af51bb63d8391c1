package dev.bpfgauge.suite.helpers;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.LoopObject;
import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.measure.Outcome;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.model.Cell;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures a cell of {@code helpers}: its program in turns with the same loop without it. */
public final class HelpersMeter implements Meter {
  /** Compiled from bpf/helpers/helpers.bpf.c. */
  static final String OBJECT = "helpers/helpers";

  /** As in the C source. */
  private static final String TEXT = "bpfgauge measure";

  /** The kernel ends a longer chain of tail calls. */
  private static final int LONGEST_CHAIN = 32;

  private static final int RING_BYTES = 4 << 20;

  /** Of a ring buffer's record of eight bytes: its header and itself. */
  private static final int RECORD_BYTES = 16;

  @Override
  public Outcome measure(Cell cell, Settings settings) {
    BuildingBlock block = BuildingBlock.of(cell);
    try (LoopObject object = LoopObject.open(OBJECT, programs(block), block.maps());
        Arena arena = Arena.ofShared()) {
      object.object().variable("user_text").set(ValueLayout.JAVA_LONG, 0, text(arena));
      if (block.maps().contains("ring")) {
        object
            .object()
            .shape("ring", new BpfMap.Spec("ring", Uapi.BPF_MAP_TYPE_RINGBUF, 0, 0, RING_BYTES, 0));
      }
      object.object().load();
      prepare(block, object, arena);
      try (Measured measured = new Measured(block, object, arena)) {
        return new Outcome.Measured(
            KernelTurns.measure(measured, 1, block == BuildingBlock.LOOP, settings), null);
      }
    }
  }

  /** Where the text lies that programs read from this process; written, so that it is there. */
  private static long text(Arena arena) {
    return arena.allocateFrom(TEXT).address();
  }

  private static List<String> programs(BuildingBlock block) {
    List<String> programs = new ArrayList<>(List.of(block.program(), block.empty()));
    switch (block) {
      case TAIL_CALL -> programs.add("tail_hop");
      case TIMER_START, TIMER_CANCEL -> programs.add("timer_setup");
      default -> {}
    }
    return programs;
  }

  private static void prepare(BuildingBlock block, LoopObject object, Arena arena) {
    switch (block) {
      case TAIL_CALL -> {
        MemorySegment hop = arena.allocateFrom(ValueLayout.JAVA_INT, 0, hop(object));
        object
            .map("hops")
            .update(hop.asSlice(0, Integer.BYTES), hop.asSlice(Integer.BYTES), Uapi.BPF_ANY);
      }
      case TIMER_START, TIMER_CANCEL -> object.run("timer_setup");
      default -> {}
    }
  }

  private static int hop(LoopObject object) {
    return object.object().program("tail_hop").fd();
  }

  /** The loaded block. */
  private static final class Measured implements KernelTurns.Loop, AutoCloseable {
    private final BuildingBlock block;
    private final LoopObject object;
    private final Arena arena;
    private final @Nullable MappedRing ring;

    private Measured(BuildingBlock block, LoopObject object, Arena arena) {
      this.block = block;
      this.object = object;
      this.arena = arena;
      this.ring = block.maps().contains("ring") ? MappedRing.open(object.map("ring")) : null;
    }

    @Override
    public KernelTurns.Runner runner(int thread) {
      LoopObject.Call operation = object.call(block.program(), block.type(), arena, 0);
      LoopObject.Call empty = object.call(block.empty(), block.type(), arena, 0);
      return new KernelTurns.Runner() {
        @Override
        public KernelTurns.Ran operation(int count, int from) {
          return operation.run(count);
        }

        @Override
        public KernelTurns.Ran empty(int count, int from) {
          return empty.run(count);
        }

        @Override
        public void undo(int count) {
          if (ring != null) {
            ring.discardAll();
          }
        }
      };
    }

    @Override
    public int leastAtOnce() {
      return block == BuildingBlock.TAIL_CALL ? LONGEST_CHAIN : LoopObject.TOGETHER;
    }

    @Override
    public int mostAtOnce() {
      return switch (block) {
        case TAIL_CALL -> LONGEST_CHAIN;
        case RINGBUF_OUTPUT, RINGBUF_RESERVE_SUBMIT ->
            RING_BYTES / RECORD_BYTES - LoopObject.TOGETHER;
        default -> KernelTurns.MOST_AT_ONCE;
      };
    }

    /** A chain begins anew at each run. */
    @Override
    public boolean takesBack() {
      return block == BuildingBlock.TAIL_CALL;
    }

    @Override
    public void close() {
      if (ring != null) {
        ring.close();
      }
    }
  }
}
