package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.LibBpf;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.os.Meminfo;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What maps take of the machine's memory at once, before they are made. */
final class MapMemory {
  private static final long MEGABYTE = 1 << 20;

  /** Their elements have their memory from the beginning on. */
  private static final Set<Integer> PREALLOCATED =
      Set.of(
          Uapi.BPF_MAP_TYPE_HASH,
          Uapi.BPF_MAP_TYPE_ARRAY,
          Uapi.BPF_MAP_TYPE_LRU_HASH,
          Uapi.BPF_MAP_TYPE_QUEUE,
          Uapi.BPF_MAP_TYPE_STACK,
          Uapi.BPF_MAP_TYPE_STACK_TRACE);

  private static final Set<Integer> FOR_EACH_CPU =
      Set.of(
          Uapi.BPF_MAP_TYPE_PERCPU_HASH,
          Uapi.BPF_MAP_TYPE_PERCPU_ARRAY,
          Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH);

  private MapMemory() {}

  /** Maps that would take more than half of what is free → why they are not made. */
  static Map<String, String> tooLarge(BpfObject object) {
    long free = Meminfo.read(Path.of("/proc")).all().getOrDefault("MemAvailable", Long.MAX_VALUE);
    Map<String, String> large = new TreeMap<>();
    for (String name : object.mapNames()) {
      double bytes = bytes(object.mapSpec(name), LibBpf.libbpf_num_possible_cpus());
      if (bytes > free / 2.0) {
        large.put(
            name,
            "it would take %.0f MB, more than half of the %d MB that are free"
                .formatted(bytes / MEGABYTE, free / MEGABYTE));
      }
    }
    return large;
  }

  /**
   * Bytes of a map's elements as far as they are there from the beginning on.
   *
   * @param cpus possible ones
   */
  static double bytes(BpfMap.Spec map, int cpus) {
    if (map.type() == Uapi.BPF_MAP_TYPE_RINGBUF) {
      return map.maxEntries();
    }
    boolean forEachCpu = FOR_EACH_CPU.contains(map.type());
    if (!(forEachCpu || PREALLOCATED.contains(map.type()))
        || (map.flags() & Uapi.BPF_F_NO_PREALLOC) != 0) {
      return 0;
    }
    double value = roundedUp(map.valueSize());
    return map.maxEntries() * (roundedUp(map.keySize()) + value * (forEachCpu ? cpus : 1));
  }

  private static double roundedUp(int bytes) {
    return Math.ceilDiv(bytes, Long.BYTES) * Long.BYTES;
  }
}
