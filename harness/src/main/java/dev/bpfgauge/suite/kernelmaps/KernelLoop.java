package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.BpfProgram.RunInput;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.Settings;
import dev.bpfgauge.suite.maps.Elements;
import dev.bpfgauge.suite.maps.KeyOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cell's map and programs in the kernel: bpf/maps/kernel.bpf.c with the cell's shape, its map
 * filled and its keys laid out. Each run is one BPF_PROG_RUN.
 */
final class KernelLoop implements AutoCloseable {
  /** Compiled from bpf/maps/kernel.bpf.c. */
  static final String OBJECT = "maps/kernel";

  private static final int PACKET_OFFSET = 16;
  private static final int PACKET_BYTES = 64;
  private static final int RING_BYTES = 4 << 20;

  /** Of a ring buffer's record of eight bytes: its header and itself. */
  private static final int RECORD_BYTES = 16;

  /** {@code struct kernel_request}. */
  static final StructLayout REQUEST =
      MemoryLayout.structLayout(
              ValueLayout.JAVA_INT.withName("count"),
              ValueLayout.JAVA_INT.withName("base"),
              ValueLayout.JAVA_INT.withName("mask"),
              ValueLayout.JAVA_INT.withName("from"),
              ValueLayout.JAVA_LONG.withName("nanos"),
              ValueLayout.JAVA_LONG.withName("right"))
          .withName("kernel_request");

  private static final long NANOS = offset("nanos");
  private static final long RIGHT = offset("right");

  private final KernelMapCell cell;
  private final BpfObject object;
  private final @Nullable MappedRing ring;

  /** Keys of each thread, a power of two; a whole turn's at least, where they are not used up. */
  private final int keysEach;

  private KernelLoop(
      KernelMapCell cell, BpfObject object, @Nullable MappedRing ring, int keysEach) {
    this.cell = cell;
    this.object = object;
    this.ring = ring;
    this.keysEach = keysEach;
  }

  /**
   * Loads what the cell needs and fills its map.
   *
   * @param settings with the seed of the keys' order
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel refuses map or program
   */
  static KernelLoop load(KernelMapCell cell, Settings settings) {
    BpfObject object = BpfObject.builtIn(OBJECT);
    try {
      Subject subject = cell.subject();
      if (subject != Subject.RINGBUF) {
        object.leaveOut("ring");
      } else {
        object.shape(
            "ring", new BpfMap.Spec("ring", Uapi.BPF_MAP_TYPE_RINGBUF, 0, 0, RING_BYTES, 0));
      }
      if (subject != Subject.TASK_STORAGE) {
        object.leaveOut("of_task");
      }
      if (subject != Subject.CGROUP_STORAGE) {
        object.leaveOut("of_cgroup");
      }
      if (!separateMap(subject)) {
        object.shape(
            "subject",
            new BpfMap.Spec(
                "subject",
                subject.type(),
                cell.mapKeyBytes(),
                cell.valueBytes(),
                cell.entries(),
                subject.flags() | (settings.counted() ? subject.sameChains() : 0)));
      }
      for (String program : programs(cell)) {
        object.program(program).setAutoload(true);
      }
      int keysEach = layOutKeys(cell, object, settings);
      object.load();
      MappedRing ring = subject == Subject.RINGBUF ? MappedRing.open(object.map("ring")) : null;
      KernelLoop loop = new KernelLoop(cell, object, ring, keysEach);
      loop.fill();
      return loop;
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  private static boolean separateMap(Subject subject) {
    return subject == Subject.RINGBUF || subject.local() || subject == Subject.NONE;
  }

  /** What it measures, with its threads' memory in that arena. */
  KernelTurns.Loop in(Arena arena) {
    return new KernelTurns.Loop() {
      @Override
      public KernelTurns.Runner runner(int thread) {
        return KernelLoop.this.runner(arena, thread);
      }

      @Override
      public int leastAtOnce() {
        return cell.subject().keyed() ? keysEach : Math.min(64, mostAtOnce());
      }

      @Override
      public int mostAtOnce() {
        return KernelLoop.this.mostAtOnce();
      }

      @Override
      public boolean takesBack() {
        return cell.operation().consumesKeys();
      }
    };
  }

  static String program(KernelMapCell cell) {
    return switch (cell.operation()) {
      case UPDATE ->
          cell.subject().evicts() ? "update_any" : cell.sleepable() ? "sleepable_update" : "update";
      case LOOKUP ->
          cell.subject() == Subject.LPM_TRIE
              ? "lpm_lookup"
              : cell.sleepable() ? "sleepable_lookup" : "lookup";
      case GET -> cell.subject() == Subject.TASK_STORAGE ? "task_storage" : "cgroup_storage";
      default -> cell.operation().program();
    };
  }

  static String empty(KernelMapCell cell) {
    return cell.sleepable()
        ? "sleepable_empty"
        : cell.subject().local() ? "tracing_empty" : "empty";
  }

  private static List<String> programs(KernelMapCell cell) {
    List<String> programs = new ArrayList<>(List.of(program(cell), empty(cell)));
    if (cell.operation().consumesKeys()) {
      programs.add(cell.operation().undoing());
    }
    if (filledByProgram(cell.subject())) {
      programs.add("push");
    }
    return programs.stream().distinct().toList();
  }

  private static boolean filledByProgram(Subject subject) {
    return subject == Subject.QUEUE || subject == Subject.STACK || subject == Subject.BLOOM_FILTER;
  }

  /** Values in a queue or filter: a power of two. */
  private static int halfFull(KernelMapCell cell) {
    return (int)
        Math.min(
            KernelMapCell.SEQUENCE_LENGTH, Long.highestOneBit(Math.max(1, cell.entries() / 2)));
  }

  /** Puts the keys where the programs look for them; each thread has as many as the others. */
  private static int layOutKeys(KernelMapCell cell, BpfObject object, Settings settings) {
    MemorySegment sequence = object.variable("sequence");
    int slices = cell.separate() ? Integer.highestOneBit(2 * cell.threads() - 1) : 1;
    int room = KernelMapCell.SEQUENCE_LENGTH / slices;
    int each =
        cell.operation().consumesKeys()
            ? cell.consumed()
            : filledByProgram(cell.subject())
                ? Math.max(KernelMapCell.TOGETHER, halfFull(cell))
                : settings.counted() ? Math.min(room, eachKeyOnce(cell, slices)) : room;
    for (int slice = 0; slice < slices; slice++) {
      int[] order = sequence(cell, slice, slices, each, settings.seed());
      for (int i = 0; i < each; i++) {
        sequence.setAtIndex(ValueLayout.JAVA_INT, (long) slice * room + i, order[i]);
      }
    }
    return each;
  }

  /** All keys of a cell whose one thread uses none of them up. */
  static int[] sequence(KernelMapCell cell, long seed) {
    return sequence(cell, 0, 1, KernelMapCell.SEQUENCE_LENGTH, seed);
  }

  private static int[] sequence(KernelMapCell cell, int slice, int slices, int length, long seed) {
    return KeyOrder.RANDOM.sequence(keys(cell, slice, slices, length), length, seed + slice);
  }

  /** A power of two; more are for branch predictors only. */
  private static int eachKeyOnce(KernelMapCell cell, int slices) {
    int keys = Math.max(KernelMapCell.TOGETHER, cell.filled() / slices);
    return Integer.highestOneBit(2 * keys - 1);
  }

  private static int[] keys(KernelMapCell cell, int slice, int slices, int each) {
    int filled = cell.filled();
    return switch (cell.operation()) {
      case LOOKUP_MISS, INSERT -> IntStream.range(filled, filled + each).toArray();
      case DELETE -> IntStream.range(0, each).toArray();
      default -> {
        int[] own =
            IntStream.range(0, filled).filter(key -> key % slices == slice % filled).toArray();
        yield own.length == 0 ? new int[] {slice % filled} : own;
      }
    };
  }

  private void fill() {
    if (filledByProgram(cell.subject())) {
      try (Arena arena = Arena.ofConfined()) {
        boolean filter = cell.subject() == Subject.BLOOM_FILTER; // is never full
        new Runner(arena, 0).run("push", filter ? keysEach : halfFull(cell), 0);
      }
    } else if (cell.subject().keyed()) {
      fillKeys();
    }
  }

  private void fillKeys() {
    BpfMap map = object.map("subject");
    boolean trie = cell.subject() == Subject.LPM_TRIE;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(cell.mapKeyBytes(), Long.BYTES);
      MemorySegment value = arena.allocate(map.valueStride(), Long.BYTES);
      long perCpu = (cell.valueBytes() + 7L) & ~7L;
      for (int k = 0; k < cell.filled(); k++) {
        key.set(ValueLayout.JAVA_INT, 0, trie ? Integer.SIZE : k);
        if (trie) {
          key.set(ValueLayout.JAVA_INT, Integer.BYTES, k);
        }
        for (long at = 0;
            at < value.byteSize();
            at += cell.subject().perCpu() ? perCpu : Long.MAX_VALUE / 2) {
          value.set(ValueLayout.JAVA_LONG, at, Elements.valueOf(k));
        }
        map.update(key, value, Uapi.BPF_ANY);
      }
    }
  }

  /** Most operations that one run can do: what is taken must be put back first. */
  int mostAtOnce() {
    return switch (cell.operation()) {
      case INSERT, DELETE -> keysEach;
      case RESERVE_SUBMIT -> RING_BYTES / RECORD_BYTES - KernelMapCell.TOGETHER;
      default -> KernelTurns.MOST_AT_ONCE;
    };
  }

  Runner runner(Arena arena, int thread) {
    return new Runner(arena, thread);
  }

  /** One thread's way to run the programs; its memory is its own. */
  final class Runner implements KernelTurns.Runner {
    private final MemorySegment packet;
    private final MemorySegment request;
    private final int base;

    private Runner(Arena arena, int thread) {
      int slices = cell.separate() ? Integer.highestOneBit(2 * cell.threads() - 1) : 1;
      packet = arena.allocate(PACKET_BYTES, Long.BYTES);
      request = packet.asSlice(PACKET_OFFSET, REQUEST.byteSize());
      base = cell.separate() ? thread * (KernelMapCell.SEQUENCE_LENGTH / slices) : 0;
    }

    @Override
    public KernelTurns.Ran operation(int count, int from) {
      return run(program(cell), count, from);
    }

    @Override
    public KernelTurns.Ran empty(int count, int from) {
      return run(KernelLoop.empty(cell), count, from);
    }

    @Override
    public void undo(int count) {
      if (cell.operation().consumesKeys()) {
        KernelTurns.Ran undone = run(cell.operation().undoing(), count, 0);
        if (undone.right() != count && !cell.subject().evicts()) {
          throw new IllegalStateException(
              "%d of %d elements could not be put back between two batches of %s"
                  .formatted(count - undone.right(), count, cell.operation().word()));
        }
      } else if (ring != null) {
        ring.discardAll();
      }
    }

    private KernelTurns.Ran run(String name, int count, int from) {
      request.set(ValueLayout.JAVA_INT, offset("count"), count);
      request.set(ValueLayout.JAVA_INT, offset("base"), base);
      request.set(ValueLayout.JAVA_INT, offset("mask"), keysEach - 1);
      request.set(ValueLayout.JAVA_INT, offset("from"), from);
      BpfProgram program = object.program(name);
      if (cell.subject().local()) {
        MemorySegment plain = object.variable("plain");
        plain.copyFrom(request);
        program.run(new RunInput(null, null, null, 1));
        request.copyFrom(plain);
      } else if (cell.sleepable()) {
        program.run(RunInput.context(request));
      } else {
        program.run(new RunInput(packet, packet, null, 1));
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
    if (ring != null) {
      ring.close();
    }
    object.close();
  }
}
