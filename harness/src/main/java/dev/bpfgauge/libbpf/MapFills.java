package dev.bpfgauge.libbpf;

import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many entries everybody's hash tables hold, without a look at a single entry: the kernel
 * counts them (Linux 6.6).
 */
public final class MapFills implements AutoCloseable {
  /** BPF_MAP_TYPE_HASH_OF_MAPS of enum bpf_map_type. */
  private static final int HASH_OF_MAPS = 13;

  private static final Set<Integer> COUNTED =
      Set.of(
          Uapi.BPF_MAP_TYPE_HASH,
          Uapi.BPF_MAP_TYPE_PERCPU_HASH,
          Uapi.BPF_MAP_TYPE_LRU_HASH,
          Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH,
          HASH_OF_MAPS);

  private final BpfObject object;

  private MapFills(BpfObject object) {
    this.object = object;
  }

  /**
   * Loads the program that asks.
   *
   * @throws BpfException where this kernel does not count, or takes no such program
   */
  public static MapFills open() {
    BpfObject object = BpfObject.builtIn("top/fill");
    try {
      return new MapFills(object.load());
    } catch (RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** The program's id. */
  public int programId() {
    return object.program("fill").info().id();
  }

  /** Whether the kernel counts the entries of maps of that type. */
  public static boolean isCounted(int type) {
    return COUNTED.contains(type);
  }

  /** Entries by map id; meaningless for types that are not counted. */
  public Map<Integer, Long> entries() {
    object.program("fill").iterate();
    Map<Integer, Long> entries = new TreeMap<>();
    object
        .map("fills")
        .drain((id, count) ->
            entries.put(
                id.get(ValueLayout.JAVA_INT, 0), count.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)));
    return entries;
  }

  @Override
  public void close() {
    object.close();
  }
}
