package dev.bpfgauge.suite.kernelmaps;

import static dev.bpfgauge.suite.kernelmaps.KernelOperation.DELETE;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.GET;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.INSERT;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.LOOKUP;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.LOOKUP_MISS;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.LOOP;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.PEEK;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.PUSH_POP;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.RESERVE_SUBMIT;
import static dev.bpfgauge.suite.kernelmaps.KernelOperation.UPDATE;

import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.maps.MapKind;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a program inside the kernel operates on: {@link MapKind}'s maps and those only it can use.
 */
enum Subject {
  HASH(MapKind.HASH),
  ARRAY(MapKind.ARRAY),
  PERCPU_HASH(MapKind.PERCPU_HASH),
  PERCPU_ARRAY(MapKind.PERCPU_ARRAY),
  LRU_HASH(MapKind.LRU_HASH),
  LRU_PERCPU_HASH(MapKind.LRU_PERCPU_HASH),
  HASH_NO_PREALLOC(MapKind.HASH_NO_PREALLOC),
  LPM_TRIE(Uapi.BPF_MAP_TYPE_LPM_TRIE, Uapi.BPF_F_NO_PREALLOC, LOOKUP),
  QUEUE(Uapi.BPF_MAP_TYPE_QUEUE, 0, PUSH_POP),
  STACK(Uapi.BPF_MAP_TYPE_STACK, 0, PUSH_POP),
  BLOOM_FILTER(Uapi.BPF_MAP_TYPE_BLOOM_FILTER, 0, PEEK),
  RINGBUF(Uapi.BPF_MAP_TYPE_RINGBUF, 0, RESERVE_SUBMIT),
  TASK_STORAGE(Uapi.BPF_MAP_TYPE_TASK_STORAGE, Uapi.BPF_F_NO_PREALLOC, GET),
  CGROUP_STORAGE(Uapi.BPF_MAP_TYPE_CGRP_STORAGE, Uapi.BPF_F_NO_PREALLOC, GET),
  /** No map: the loop alone. */
  NONE(0, 0, LOOP);

  private final @Nullable MapKind kind;
  private final int type;
  private final int flags;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of's are
  private final Set<KernelOperation> operations;

  Subject(MapKind kind) {
    this.kind = kind;
    this.type = kind.type();
    this.flags = kind.flags();
    this.operations =
        kind.keyed()
            ? Set.of(LOOKUP, LOOKUP_MISS, UPDATE, INSERT, DELETE)
            : Set.of(LOOKUP, UPDATE, DELETE);
  }

  Subject(int type, int flags, KernelOperation operation) {
    this.kind = null;
    this.type = type;
    this.flags = flags;
    this.operations = Set.of(operation);
  }

  int type() {
    return type;
  }

  int flags() {
    return flags;
  }

  /** Operations that mean something; the kernel may refuse them yet, as arrays do deletes. */
  List<KernelOperation> operations() {
    return operations.stream().sorted().toList();
  }

  boolean perCpu() {
    return kind != null && kind.perCpu();
  }

  boolean evicts() {
    return kind != null && kind.evicts();
  }

  /** {@code map_flags} that make the elements' chains the same in every map; for root. */
  int sameChains() {
    if (this == BLOOM_FILTER) {
      return Uapi.BPF_F_ZERO_SEED;
    }
    return kind == null ? 0 : kind.sameChains();
  }

  /** Elements belong to what the program runs for; only tracing programs have them. */
  boolean local() {
    return this == TASK_STORAGE || this == CGROUP_STORAGE;
  }

  /** Elements have a key that programs look for. */
  boolean keyed() {
    return kind != null || this == LPM_TRIE;
  }

  String word() {
    return EnumWords.of(this);
  }

  private static List<Subject> maps() {
    return Arrays.stream(values()).filter(subject -> subject != NONE).toList();
  }

  static List<String> words() {
    return maps().stream().map(Subject::word).toList();
  }

  /**
   * The subject of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static Subject ofWord(String word) {
    return EnumWords.parse(maps(), Subject::word, "map", word);
  }
}
