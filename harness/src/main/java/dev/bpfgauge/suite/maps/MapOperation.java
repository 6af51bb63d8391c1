package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;
import java.util.List;

/** The measured operations on a map, called from user space. */
public enum MapOperation {
  /** Of a key that is there; the value is compared. */
  LOOKUP,
  /** Of a key that is not there: ENOENT. */
  LOOKUP_MISS,
  /** Of a key that is there (BPF_EXIST; on maps that evict, BPF_ANY). */
  UPDATE,
  /** Of a key that is not there (BPF_NOEXIST); undone between timings. */
  INSERT,
  /** Of a key that is there; undone between timings. */
  DELETE,
  /** get_next_key over the whole map, per key. */
  ITERATE,
  /** BPF_MAP_LOOKUP_BATCH over the whole map, per element. */
  BATCH_LOOKUP,
  /** BPF_MAP_UPDATE_BATCH of keys that are there, per element. */
  BATCH_UPDATE,
  /** BPF_MAP_DELETE_BATCH of keys that are there, per element; undone between timings. */
  BATCH_DELETE,
  /** A read of an array mapped into the process: no call at all. */
  MMAP_READ;

  /** The operations of the 2024 comparison, and of the default plan. */
  public static final List<MapOperation> USUAL_OPERATIONS = List.of(LOOKUP, UPDATE, DELETE);

  /** A key may be used once only until the operation is undone. */
  boolean consumesKeys() {
    return this == INSERT || this == DELETE || this == BATCH_DELETE;
  }

  /** One call works on many elements. */
  boolean batched() {
    return this == BATCH_LOOKUP || this == BATCH_UPDATE || this == BATCH_DELETE;
  }

  /** One call works on one element that the caller names. */
  public boolean ofOneElement() {
    return switch (this) {
      case LOOKUP, LOOKUP_MISS, UPDATE, INSERT, DELETE -> true;
      case ITERATE, BATCH_LOOKUP, BATCH_UPDATE, BATCH_DELETE, MMAP_READ -> false;
    };
  }

  /** The key comes from the precomputed sequence, so its order matters. */
  boolean ordered() {
    return this != ITERATE && this != BATCH_LOOKUP;
  }

  public String word() {
    return EnumWords.of(this);
  }

  /**
   * The operation of that {@link #word()}.
   *
   * @throws dev.bpfgauge.model.Refusal with the nearest name where there is none
   */
  public static MapOperation ofWord(String word) {
    return EnumWords.parse(MapOperation.class, "operation", word);
  }

  public static List<String> words() {
    return EnumWords.all(MapOperation.class);
  }
}
