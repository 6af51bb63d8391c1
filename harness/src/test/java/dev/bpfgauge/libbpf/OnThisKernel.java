package dev.bpfgauge.libbpf;

import dev.bpfgauge.Requires;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** What tests on the real kernel share: whether it lets us, and native numbers. */
final class OnThisKernel {

  private OnThisKernel() {}

  /** Skips (or fails) the test where no map can be created. */
  static void requireBpf() {
    Requires.that(LibBpf.unavailable().isEmpty(), "libbpf");
    boolean allowed;
    try (BpfMap map = hash("probe", 1)) {
      allowed = map.fd() >= 0;
    } catch (BpfException e) {
      allowed = false;
    }
    Requires.that(allowed, "the right to create BPF maps (root or CAP_BPF)");
  }

  /** A hash map u32 → u64. */
  static BpfMap hash(String name, int entries) {
    return BpfMap.create(
        new BpfMap.Spec(name, Uapi.BPF_MAP_TYPE_HASH, Integer.BYTES, Long.BYTES, entries, 0));
  }

  static MemorySegment u32(Arena arena, int value) {
    return arena.allocateFrom(ValueLayout.JAVA_INT, value);
  }

  static MemorySegment u64(Arena arena, long value) {
    return arena.allocateFrom(ValueLayout.JAVA_LONG, value);
  }

  /** The message; every exception of ours has one. */
  static String said(Throwable thrown) {
    return Objects.requireNonNull(thrown.getMessage());
  }
}
