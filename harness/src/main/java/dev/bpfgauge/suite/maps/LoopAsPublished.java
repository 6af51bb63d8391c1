package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.LibCStdlib;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.PublishedFigures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * The loop of the 2024 comparison: {@code for (key = 1; key < 1024; key++)}, a call on key {@code
 * rand() % key}, and on per-CPU maps a {@code malloc}, a walk over all CPUs' values and a {@code
 * free} around each call. All of it is timed, as there.
 *
 * <p>It gives the lookup's code only; insert and delete are taken to be alike. What differs on
 * purpose: the maps are filled beforehand and not by a traced program, so no BPF program runs
 * inside the timed calls as one did there; the values walked are those of the possible CPUs, not a
 * constant MAX_CPUS; the loop is Java.
 *
 * <p>As there, {@code rand() % key} prefers small keys, and deletes mostly find their key gone:
 * ENOENT, and on arrays EINVAL, are expected and timed.
 */
final class LoopAsPublished {
  private static final int ENTRIES = PublishedFigures.CALLS + 1;

  private final PublishedLoopCell cell;
  private final FilledMap filled;
  private final int fd;
  private final long valueBytes;
  private final int cpus;
  private final MemorySegment key = Arena.global().allocate(ValueLayout.JAVA_INT);
  private final MemorySegment plainValue = Arena.global().allocate(ValueLayout.JAVA_LONG);
  private long seen;

  LoopAsPublished(PublishedLoopCell cell) {
    this.cell = cell;
    this.filled =
        FilledMap.of(
            MapCell.of(
                MapOperation.LOOKUP,
                Map.of("map", cell.kind().word(), "entries", Integer.toString(ENTRIES))));
    this.fd = filled.map().fd();
    this.valueBytes = filled.map().valueStride();
    this.cpus = cell.kind().perCpu() ? BpfMap.possibleCpus() : 1;
  }

  void close() {
    filled.close();
  }

  /** Puts back what a timing deleted, and starts rand(3) anew. */
  void refill(int seed) {
    LibCStdlib.srand(seed);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(valueBytes, Long.BYTES);
      for (int k = 0; k < ENTRIES; k++) {
        key.set(ValueLayout.JAVA_INT, 0, k);
        filled.map().update(key, value.fill((byte) 1), Uapi.BPF_ANY);
      }
    }
  }

  /** One timing: as many turns as the calls wanted; gives the number of unexpected results. */
  int run() {
    int wrong = 0;
    for (int turn = cell.calls() / PublishedFigures.CALLS; turn > 0; turn--) {
      wrong += turn();
    }
    return wrong;
  }

  private int turn() {
    int wrong = 0;
    for (int bound = 1; bound < ENTRIES; bound++) {
      key.set(ValueLayout.JAVA_INT, 0, LibCStdlib.rand() % bound);
      MemorySegment value =
          cell.kind().perCpu() ? LibCStdlib.malloc(valueBytes).reinterpret(valueBytes) : plainValue;
      wrong += call(value) ? 0 : 1;
      if (cell.kind().perCpu()) {
        LibCStdlib.free(value);
      }
    }
    return wrong;
  }

  private boolean call(MemorySegment value) {
    return switch (cell.operation()) {
      case LOOKUP -> {
        int result = LibBpf.bpf_map_lookup_elem(fd, key, value);
        for (int cpu = 0; cpu < cpus; cpu++) {
          seen += value.getAtIndex(ValueLayout.JAVA_LONG, cpu);
        }
        yield result == 0;
      }
      case INSERT -> {
        for (int cpu = 0; cpu < cpus; cpu++) {
          value.setAtIndex(ValueLayout.JAVA_LONG, cpu, seen);
        }
        yield LibBpf.bpf_map_update_elem(fd, key, value, Uapi.BPF_ANY) == 0;
      }
      case DELETE -> {
        int result = LibBpf.bpf_map_delete_elem(fd, key);
        yield cell.kind().keyed()
            ? result == 0 || result == -Errno.ENOENT
            : result == -Errno.EINVAL;
      }
    };
  }
}
