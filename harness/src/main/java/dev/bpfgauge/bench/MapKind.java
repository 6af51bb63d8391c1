package dev.bpfgauge.bench;

import java.util.List;

/**
 * The map kinds under measurement. Adding one constant adds it to every operation, option and
 * report; what the kernel refuses on it becomes a cell that says so. Numbers are those of {@code
 * enum bpf_map_type} in the kernel's uapi/linux/bpf.h.
 */
public enum MapKind {
  HASH(1, 0, false, true),
  ARRAY(2, 0, false, false),
  PERCPU_HASH(5, 0, true, true),
  PERCPU_ARRAY(6, 0, true, false),
  LRU_HASH(9, 0, false, true),
  LRU_PERCPU_HASH(10, 0, true, true),
  HASH_NO_PREALLOC(1, MapKind.BPF_F_NO_PREALLOC, false, true);

  /** Elements are allocated when inserted, not all at creation. */
  static final int BPF_F_NO_PREALLOC = 1;

  /** The array can be mapped into the process. */
  static final int BPF_F_MMAPABLE = 1 << 10;

  /** The kinds and the order of the founding documents' tables. */
  public static final List<MapKind> SEED_KINDS = List.of(HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY);

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

  /** The kernel may drop elements to make room for others. */
  public boolean evicts() {
    return this == LRU_HASH || this == LRU_PERCPU_HASH;
  }

  public String word() {
    return Words.of(this);
  }

  /**
   * The kind of that {@link #word()}.
   *
   * @throws dev.bpfgauge.results.Refusal with the nearest name where there is none
   */
  public static MapKind ofWord(String word) {
    return Words.parse(MapKind.class, "map", word);
  }

  public static List<String> words() {
    return Words.all(MapKind.class);
  }
}
