package dev.bpfgauge.measure;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.Set;

/**
 * An object whose programs are loops of bpf/loop.h: each run does one operation many times and
 * answers with its time. Only the wanted programs and maps are loaded, so that a kernel that lacks
 * others has these.
 */
public final class LoopObject implements AutoCloseable {
  /** Operations in one turn of the loops; a run's are a multiple. */
  public static final int TOGETHER = 16;

  /** CPUs that can loop at once. */
  public static final int MOST_LOOPS = 1024;

  private static final int PACKET_BYTES = 64;
  private static final int XDP_PASS = 2;

  /** {@code struct loop_request}. */
  public static final StructLayout REQUEST =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_INT.withName("count"),
              ValueLayout.JAVA_INT.withName("unused"),
              ValueLayout.JAVA_LONG.withName("nanos"),
              ValueLayout.JAVA_LONG.withName("right"),
              MemoryLayout.sequenceLayout(13, ValueLayout.JAVA_LONG).withName("apart"))
          .withName("loop_request");

  private static final long COUNT = offset("count");
  private static final long NANOS = offset("nanos");
  private static final long RIGHT = offset("right");

  /** How BPF_PROG_RUN reaches a program. */
  public enum Type {
    /** It is handed a packet and answers as request 0. */
    PACKET,
    /** It is handed the number of its request. */
    TRACING
  }

  private final BpfObject object;

  private LoopObject(BpfObject object) {
    this.object = object;
  }

  /**
   * Opens one without loading it.
   *
   * @param name of the built-in object
   * @param programs that are wanted
   * @param maps that they use; all others are left out
   */
  public static LoopObject open(String name, Collection<String> programs, Set<String> maps) {
    BpfObject object = BpfObject.builtIn(name);
    try {
      for (String map : object.mapNames()) {
        boolean isGlobalData = map.indexOf('.') >= 0;
        if (!isGlobalData && !maps.contains(map)) {
          object.leaveOut(map);
        }
      }
      programs.forEach(program -> object.program(program).setAutoload(true));
      return new LoopObject(object);
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** The object itself. */
  public BpfObject object() {
    return object;
  }

  /** One of its maps, once loaded. */
  public BpfMap map(String name) {
    return object.map(name);
  }

  /**
   * Runs a packet program for what it does.
   *
   * @throws IllegalStateException where it says that it could not
   */
  public void run(String program) {
    try (Arena arena = Arena.ofConfined()) {
      run(program, RunInput.packet(arena.allocate(PACKET_BYTES, Long.BYTES), 1));
    }
  }

  private void run(String program, RunInput packet) {
    int result = object.program(program).run(packet).returnValue();
    if (result != XDP_PASS) {
      throw new IllegalStateException(
          "program " + program + " gave up, with " + result + " instead of " + XDP_PASS);
    }
  }

  /**
   * One thread's way to run a program; its memory is the arena's.
   *
   * @param number of the thread's request, 0 for packet programs
   */
  public Call call(String program, Type type, Arena arena, int number) {
    return new Call(program, type, arena, number);
  }

  /** Runs a program again and again. */
  public final class Call {
    private final String program;
    private final Type type;
    private final RunInput input;
    private final MemorySegment request;

    private Call(String program, Type type, Arena arena, int number) {
      this.program = program;
      this.type = type;
      this.request =
          object.variable("requests").asSlice(number * REQUEST.byteSize(), REQUEST.byteSize());
      MemorySegment argument = arena.allocate(PACKET_BYTES, Long.BYTES);
      if (type == Type.TRACING) {
        argument = argument.asSlice(0, Long.BYTES);
        argument.set(ValueLayout.JAVA_LONG, 0, number);
      }
      this.input = type == Type.PACKET ? RunInput.packet(argument, 1) : RunInput.context(argument);
    }

    /** Runs it once for so many operations. */
    public KernelTurns.Ran run(int count) {
      request.set(ValueLayout.JAVA_INT, COUNT, count);
      request.set(ValueLayout.JAVA_LONG, RIGHT, 0);
      if (type == Type.PACKET) {
        LoopObject.this.run(program, input);
      } else {
        object.program(program).run(input);
      }
      return new KernelTurns.Ran(
          request.get(ValueLayout.JAVA_LONG, NANOS), request.get(ValueLayout.JAVA_LONG, RIGHT));
    }
  }

  private static long offset(String field) {
    return REQUEST.byteOffset(MemoryLayout.PathElement.groupElement(field));
  }

  @Override
  public void close() {
    object.close();
  }
}
