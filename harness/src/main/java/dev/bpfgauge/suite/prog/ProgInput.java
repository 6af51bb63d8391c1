package dev.bpfgauge.suite.prog;

import dev.bpfgauge.measure.Settings;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What BPF_PROG_RUN is given.
 *
 * @param packet from its Ethernet header on; null for programs that are given a context alone
 * @param context the type's own structure; null where the kernel makes it up
 */
record ProgInput(@Nullable MemorySegment packet, @Nullable MemorySegment context) {

  static ProgInput packet(byte[] bytes) {
    return new ProgInput(MemorySegment.ofArray(bytes), null);
  }

  static ProgInput context(byte[] bytes) {
    return new ProgInput(null, MemorySegment.ofArray(bytes));
  }

  /** That of a cell: the user's context goes with the user's packet, or alone. */
  static ProgInput of(ProgCell cell, Settings settings) {
    boolean isAlone = cell.input().equals(InputFiles.CONTEXT);
    boolean hasContext = isAlone || cell.input().equals(InputFiles.DATA);
    return new ProgInput(
        isAlone ? null : MemorySegment.ofArray(InputFiles.packet(settings, cell.input())),
        hasContext ? InputFiles.context(settings).map(MemorySegment::ofArray).orElse(null) : null);
  }

  long packetBytes() {
    return packet == null ? 0 : packet.byteSize();
  }
}
