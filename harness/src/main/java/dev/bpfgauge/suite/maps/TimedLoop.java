package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.libbpf.ffm.SyscallNumbers;
import dev.bpfgauge.model.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/**
 * A loop that is timed batch by batch.
 *
 * @param body one batch; gives the number of wrong results
 * @param between undoes a batch, outside the timing
 * @param after checks what a batch could not
 * @param operations in one batch
 * @param undone whether {@code between} does something
 */
record TimedLoop(
    IntSupplier body, Runnable between, Runnable after, int operations, boolean undone) {
  private static final int CALLS_TOGETHER = 64;

  static TimedLoop of(MapCell cell, MapLoop loop) {
    IntSupplier body =
        switch (cell.operation()) {
          case LOOKUP -> loop::lookups;
          case LOOKUP_MISS -> loop::misses;
          case UPDATE, INSERT -> loop::updates;
          case DELETE -> loop::deletes;
          case ITERATE -> loop::nextKeys;
          case BATCH_LOOKUP -> loop::batchLookups;
          case BATCH_UPDATE -> loop::batchUpdates;
          case BATCH_DELETE -> loop::batchDeletes;
          case MMAP_READ -> loop::mappedReads;
        };
    boolean undone =
        switch (cell.operation()) {
          case INSERT, DELETE, BATCH_DELETE -> true;
          default -> false;
        };
    return new TimedLoop(
        body, undone ? loop::undo : () -> {}, loop::check, cell.timedTogether(), undone);
  }

  /** The same operations by another body. */
  TimedLoop with(IntSupplier otherBody) {
    return new TimedLoop(otherBody, between, after, operations, undone);
  }

  /**
   * Calls of the floor.
   *
   * @throws Refusal for the step that is no call
   */
  static TimedLoop of(FloorStep step) {
    long bpf = SyscallNumbers.current().map(SyscallNumbers::bpf).orElse(-1L);
    IntSupplier call =
        switch (step) {
          case GETPPID -> () -> LibC.getppid() >= 0 ? 0 : 1;
          case BPF_REFUSED -> () -> LibC.syscall(bpf, -1, MemorySegment.NULL, 0) < 0 ? 0 : 1;
          case FFM -> () -> LibC.abs(-42) == 42 ? 0 : 1;
          case EMPTY -> throw Refusal.environment("an empty loop is measured by JMH only");
        };
    IntSupplier body =
        () -> {
          int wrong = 0;
          for (int i = 0; i < CALLS_TOGETHER; i++) {
            wrong += call.getAsInt();
          }
          return wrong;
        };
    return new TimedLoop(body, () -> {}, () -> {}, CALLS_TOGETHER, false);
  }
}
