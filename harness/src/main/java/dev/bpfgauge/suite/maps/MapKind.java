package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.EnumWords;
import java.util.List;

/**
 * The map kinds under measurement. Adding one constant adds it to every operation, option and
 * report; what the kernel refuses on it becomes a cell that says so.
 */
public enum MapKind {
  HASH(Uapi.BPF_MAP_TYPE_HASH, 0, false, true),
  ARRAY(Uapi.BPF_MAP_TYPE_ARRAY, 0, false, false),
  PERCPU_HASH(Uapi.BPF_MAP_TYPE_PERCPU_HASH, 0, true, true),
  PERCPU_ARRAY(Uapi.BPF_MAP_TYPE_PERCPU_ARRAY, 0, true, false),
  LRU_HASH(Uapi.BPF_MAP_TYPE_LRU_HASH, 0, false, true),
  LRU_PERCPU_HASH(Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH, 0, true, true),
  HASH_NO_PREALLOC(Uapi.BPF_MAP_TYPE_HASH, Uapi.BPF_F_NO_PREALLOC, false, true);

  /** The kinds and the order of the tables of the 2024 comparison. */
  public static final List<MapKind> USUAL_KINDS = List.of(HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY);

  private final int type;
  private final int flags;
  private final boolean perCpu;
  private final boolean keyed;

  MapKind(int type, int flags, boolean perCpu, boolean keyed) {
    this.type = type;
    this.flags = flags;
    this.perCpu = perCpu;
    this.keyed = keyed;
  }

  /** {@code bpf_map_type}. */
  public int type() {
    return type;
  }

  /** {@code map_flags} at creation. */
  public int flags() {
    return flags;
  }

  /** A value in user space is one value for each possible CPU. */
  public boolean perCpu() {
    return perCpu;
  }

  /** Elements come and go by key; in arrays all are there from the start and stay. */
  public boolean keyed() {
    return keyed;
  }

  /** {@code map_flags} that make the elements' chains the same in every map; for root. */
  public int sameChains() {
    return keyed ? Uapi.BPF_F_ZERO_SEED : 0;
  }

  /** The kernel may drop elements to make room for others. */
  public boolean evicts() {
    return this == LRU_HASH || this == LRU_PERCPU_HASH;
  }

  public String word() {
    return EnumWords.of(this);
  }

  /**
   * The kind of that {@link #word()}.
   *
   * @throws dev.bpfgauge.model.Refusal with the nearest name where there is none
   */
  public static MapKind ofWord(String word) {
    return EnumWords.parse(MapKind.class, "map", word);
  }

  public static List<String> words() {
    return EnumWords.all(MapKind.class);
  }
}
