package dev.bpfgauge.suite.counters;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.measure.KernelTurns;
import dev.bpfgauge.measure.LoopObject;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A counter in the kernel, and all additions to it since it was made. */
final class CounterLoop implements KernelTurns.Loop, AutoCloseable {
  /** Compiled from bpf/counters/counters.bpf.c. */
  static final String OBJECT = "counters/counters";

  /** Bytes of {@code struct line}, in the same source. */
  private static final int LINE_BYTES = 128;

  private final CounterKind kind;
  private final LoopObject object;
  private final Arena arena = Arena.ofShared();
  private final @Nullable BpfMap map;
  private final AtomicLong additions = new AtomicLong();
  private final int cpus = BpfMap.possibleCpus();
  private final MemorySegment key = arena.allocate(Integer.BYTES);
  private final MemorySegment value;
  private final MemorySegment lines;
  private final MemorySegment shared;

  private CounterLoop(CounterKind kind, LoopObject object) {
    this.kind = kind;
    this.object = object;
    this.map = kind.map() == null ? null : object.map(kind.map());
    this.value =
        arena.allocate(map == null || kind.isStorage() ? Long.BYTES : map.valueStride(), 8);
    this.lines = object.object().variable("lines");
    this.shared = object.object().variable("shared");
  }

  /**
   * Loads a counter, at zero.
   *
   * @throws dev.bpfgauge.libbpf.BpfException where the kernel refuses map or program
   */
  static CounterLoop load(CounterKind kind) {
    List<String> programs = new ArrayList<>(List.of(kind.program(), kind.empty()));
    if (kind.isStorage()) {
      programs.add(reader(kind));
    }
    LoopObject object =
        LoopObject.open(OBJECT, programs, kind.map() == null ? Set.of() : Set.of(kind.map()));
    try {
      object.object().load();
      CounterLoop loop = new CounterLoop(kind, object);
      loop.addElement();
      return loop;
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  private static String reader(CounterKind kind) {
    return kind.program() + "_read";
  }

  /** A hash has no element before somebody puts it there. */
  private void addElement() {
    if (map != null && !kind.isStorage()) {
      map.update(key, value, 0);
    }
  }

  @Override
  public KernelTurns.Runner runner(int thread) {
    LoopObject.Call add = object.call(kind.program(), LoopObject.Type.TRACING, arena, thread);
    LoopObject.Call empty = object.call(kind.empty(), LoopObject.Type.TRACING, arena, thread);
    return new KernelTurns.Runner() {
      @Override
      public KernelTurns.Ran operation(int count, int from) {
        KernelTurns.Ran ran = add.run(count);
        additions.addAndGet(ran.right());
        return ran;
      }

      @Override
      public KernelTurns.Ran empty(int count, int from) {
        return empty.run(count);
      }
    };
  }

  @Override
  public int leastAtOnce() {
    return LoopObject.TOGETHER;
  }

  /** Additions that programs have done. */
  long additions() {
    return additions.get();
  }

  /** The count as somebody who reads it sees it: the sum over all CPUs. */
  long read() {
    if (kind.isStorage()) {
      return object.call(reader(kind), LoopObject.Type.TRACING, arena, 0).run(0).right();
    }
    if (map != null) {
      map.lookup(key, value);
      return sum(value, Long.BYTES, kind.isPerCpu() ? cpus : 1);
    }
    return kind.isPerCpu() ? sum(lines, LINE_BYTES, cpus) : sum(shared, LINE_BYTES, 1);
  }

  private static long sum(MemorySegment counts, long stride, int cpus) {
    long sum = 0;
    for (int cpu = 0; cpu < cpus; cpu++) {
      sum += counts.get(ValueLayout.JAVA_LONG, cpu * stride);
    }
    return sum;
  }

  /** Kernel memory of what holds the count, in bytes; empty where the kernel does not tell. */
  OptionalLong bytes() {
    return map != null
        ? map.memoryBytes()
        : OptionalLong.of(kind.isPerCpu() ? (long) LINE_BYTES * cpus : LINE_BYTES);
  }

  @Override
  public void close() {
    object.close();
    arena.close();
  }
}
