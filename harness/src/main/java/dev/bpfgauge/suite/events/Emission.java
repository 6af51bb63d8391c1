package dev.bpfgauge.suite.events;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The sending end: bpf/hooks/events.bpf.c with one way's program and map. */
final class Emission implements AutoCloseable {
  private static final RunInput ONCE = new RunInput(null, null, null, 1);

  /** {@code struct emission}. */
  static final StructLayout EMISSION =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_LONG.withName("count"),
              ValueLayout.JAVA_LONG.withName("next"),
              ValueLayout.JAVA_LONG.withName("dropped"),
              ValueLayout.JAVA_LONG.withName("dropped_sum"))
          .withName("emission");

  private final BpfObject object;
  private final BpfProgram program;
  private final MemorySegment shared;

  private Emission(BpfObject object, BpfProgram program) {
    this.object = object;
    this.program = program;
    this.shared = object.variable("emission");
  }

  /**
   * What the kernel has counted.
   *
   * @param sent events with a number, whether there was room for them or not; the next one's number
   * @param dropped those without room
   * @param droppedSum sum of their numbers
   */
  record Counts(long sent, long dropped, long droppedSum) {

    /** What came after {@code earlier}; {@code sent} becomes a number of events. */
    Counts since(Counts earlier) {
      return new Counts(
          sent - earlier.sent, dropped - earlier.dropped, droppedSum - earlier.droppedSum);
    }
  }

  /**
   * Loads the way's program.
   *
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel refuses
   */
  static Emission load(EventsCell cell) {
    BpfObject object = BpfObject.builtIn("hooks/events");
    try {
      Way way = cell.way();
      Arrays.stream(Way.values())
          .map(Way::map)
          .filter(map -> !map.isEmpty() && !map.equals(way.map()))
          .distinct()
          .forEach(object::leaveOut);
      object
          .variable("submit_flags")
          .set(ValueLayout.JAVA_LONG, 0, cell.wakeup() ? 0 : Uapi.BPF_RB_NO_WAKEUP);
      BpfProgram program = object.program(way.program());
      program.setAutoload(true);
      object.load();
      return new Emission(object, program);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  BpfObject object() {
    return object;
  }

  /** Sends so many events, one after the other, and returns. One thread at a time. */
  void send(int count) {
    shared.set(ValueLayout.JAVA_LONG, offset("count"), count);
    program.run(ONCE);
  }

  /** To be called while nobody sends. */
  Counts counts() {
    return new Counts(get("next"), get("dropped"), get("dropped_sum"));
  }

  private long get(String field) {
    return shared.get(ValueLayout.JAVA_LONG, offset(field));
  }

  private static long offset(String field) {
    return EMISSION.byteOffset(PathElement.groupElement(field));
  }

  @Override
  public void close() {
    object.close();
  }
}
