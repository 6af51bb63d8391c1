package dev.bpfgauge.suite.maps;

import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.measure.LoopRuntime;
import dev.bpfgauge.measure.Numbers;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cell of the suite {@code maps}, its words turned into types and what follows from them.
 *
 * @param operation what is timed
 * @param kind the map kind
 * @param entries {@code max_entries}, 1 to 2³² − 1
 * @param keyBytes at least 4, for a key holds its index
 * @param valueBytes at least 8, for a value holds a word that is checked; of one CPU's value
 * @param fillPercent share of the entries that are there, 1 to 100; at most {@value
 *     #FULLEST_WITHOUT_EVICTION} on maps that evict
 * @param threads threads that run the loop at once
 * @param ownMap each thread has a map of its own; else all share one
 * @param order order in which keys are visited
 * @param path the way into the kernel
 * @param runtime what the loop is written in
 * @param batch elements in one call of a batch operation
 */
record MapCell(
    MapOperation operation,
    MapKind kind,
    long entries,
    int keyBytes,
    int valueBytes,
    int fillPercent,
    int threads,
    boolean ownMap,
    KeyOrder order,
    CallPath path,
    LoopRuntime runtime,
    int batch) {

  static final String SUITE = "maps";

  /**
   * Operations between two readings of the clock, so that reading it weighs under one per mille.
   */
  static final int TIMED_TOGETHER = 64;

  /**
   * Timings in one invocation. JMH's loop around the benchmark runs too few rounds in a short
   * iteration to be compiled well; with one timing each, that costs a lookup about three per cent.
   */
  private static final int TIMINGS_PER_INVOCATION = 16;

  /** The same for a read of mapped memory, which takes a nanosecond or two. */
  static final int READS_TIMED_TOGETHER = 4096;

  /**
   * Maps that evict are filled to half at most: beyond, each CPU's own list of free elements makes
   * the kernel drop elements the loop is about to look for.
   */
  static final int FULLEST_WITHOUT_EVICTION = 50;

  private static final long MAX_U32 = 0xffff_ffffL;

  /** Keys are 32-bit numbers, and as many again are needed for keys that are not there. */
  private static final long MAX_KEYS = 1L << 29;

  MapCell {
    Numbers.inRange("entries", entries, 1, MAX_U32);
    Numbers.inRange("key", keyBytes, Integer.BYTES, 1 << 20);
    Numbers.inRange("value", valueBytes, Long.BYTES, 1 << 25);
    Numbers.inRange("fill", fillPercent, 1, 100);
    fillPercent = kind.evicts() ? Math.min(fillPercent, FULLEST_WITHOUT_EVICTION) : fillPercent;
    Numbers.inRange("threads", threads, 1, 4096);
    Numbers.inRange("batch", batch, 1, 1 << 20);
  }

  /**
   * Reads a cell.
   *
   * @throws Refusal where a word or number is wrong
   */
  static MapCell of(Cell cell) {
    String operation = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    return of(MapOperation.ofWord(operation), cell.params());
  }

  /** Reads parameters by name; those that are missing have their default. */
  static MapCell of(MapOperation operation, Map<String, String> params) {
    return new MapCell(
        operation,
        MapKind.ofWord(params.getOrDefault("map", "hash")),
        Numbers.of(params, "entries", 1024),
        (int) Numbers.of(params, "key", Integer.BYTES),
        (int) Numbers.of(params, "value", Long.BYTES),
        (int) Numbers.of(params, "fill", 100),
        (int) Numbers.of(params, "threads", 1),
        MapsSuite.Sharing.ofWord(params.getOrDefault("sharing", "shared")) == MapsSuite.Sharing.OWN,
        KeyOrder.ofWord(params.getOrDefault("order", "random")),
        CallPath.ofWord(params.getOrDefault("path", "libbpf")),
        LoopRuntime.ofWord(params.getOrDefault("runtime", "java")),
        (int) Numbers.of(params, "batch", MapsSuite.DEFAULT_BATCH));
  }

  /** The operation that a method of {@link MapsBenchmark} measures: lookupMiss ↔ lookup-miss. */
  static MapOperation operationOfMethod(String method) {
    return MapOperation.ofWord(method.replaceAll("([A-Z])", "-$1"));
  }

  /** The method of {@link MapsBenchmark} that measures this cell. */
  String method() {
    String[] words = operation.word().split("-", 2);
    return words.length == 1
        ? words[0]
        : words[0] + Character.toUpperCase(words[1].charAt(0)) + words[1].substring(1);
  }

  /** The same map and operation, used in another way. */
  MapCell used(int otherThreads, boolean ownMaps, KeyOrder otherOrder, CallPath otherPath) {
    return new MapCell(
        operation,
        kind,
        entries,
        keyBytes,
        valueBytes,
        fillPercent,
        otherThreads,
        ownMaps,
        otherOrder,
        otherPath,
        runtime,
        batch);
  }

  /** The cell, with the parameters that mean something for its operation. */
  Cell cell() {
    TreeMap<String, String> params = new TreeMap<>();
    params.put("map", kind.word());
    params.put("entries", Long.toString(entries));
    params.put("key", Integer.toString(keyBytes));
    params.put("value", Integer.toString(valueBytes));
    params.put("fill", Integer.toString(fillPercent));
    params.put("threads", Integer.toString(threads));
    params.put("path", path.word());
    params.put("runtime", runtime.word());
    if (threads > 1) {
      params.put("sharing", (ownMap ? MapsSuite.Sharing.OWN : MapsSuite.Sharing.SHARED).word());
    }
    if (operation.ordered()) {
      params.put("order", order.word());
    }
    if (operation.batched()) {
      params.put("batch", Integer.toString(batch));
    }
    return new Cell(SUITE, SUITE + "." + operation.word(), params, "");
  }

  /** Map flags at creation: the kind's, and what the operation needs. */
  int mapFlags() {
    return kind.flags() | (operation == MapOperation.MMAP_READ ? Uapi.BPF_F_MMAPABLE : 0);
  }

  /** Threads that work on one map. */
  int threadsOnOneMap() {
    return ownMap ? 1 : threads;
  }

  /** How many keys are put in before anything is timed; insert needs room for its own. */
  int filled() {
    long filled = Math.max(1, entries * fillPercent / 100);
    if (operation == MapOperation.INSERT) {
      filled = Math.min(filled, entries - (long) timedTogether() * threadsOnOneMap());
    }
    return Math.toIntExact(filled);
  }

  /** Operations between two readings of the clock. */
  int timedTogether() {
    long each = Math.max(1, entries * fillPercent / 100 / threadsOnOneMap());
    return switch (operation) {
      case LOOKUP, LOOKUP_MISS, UPDATE, ITERATE -> TIMED_TOGETHER;
      case DELETE -> (int) Math.min(TIMED_TOGETHER, each);
      case INSERT -> (int) Math.min(TIMED_TOGETHER, Math.max(1, each / 2));
      case BATCH_UPDATE, BATCH_DELETE -> (int) Math.min(batch, each);
      case BATCH_LOOKUP -> filled();
      case MMAP_READ -> READS_TIMED_TOGETHER;
    };
  }

  /** Timings in one invocation; one where each must be undone before the next. */
  int timingsPerInvocation() {
    return switch (operation) {
      case LOOKUP, LOOKUP_MISS, UPDATE, ITERATE -> TIMINGS_PER_INVOCATION;
      default -> 1;
    };
  }

  /**
   * What cannot be measured whatever the kernel says.
   *
   * @throws Refusal with one sentence
   */
  void refuseNonsense() {
    if (entries > MAX_KEYS) {
      throw Refusal.usage(
          "entries=%d: the loop's keys are 32-bit numbers; at most %d can be told apart"
              .formatted(entries, MAX_KEYS));
    }
    if (!kind.keyed() && keyBytes != Integer.BYTES) {
      throw Refusal.usage(
          "key=%d: %s has keys of 4 bytes, which are the element's number"
              .formatted(keyBytes, kind.word()));
    }
    if (operation.consumesKeys() && order == KeyOrder.ZIPF) {
      throw Refusal.usage(
          "order=zipf draws a key again and again, but %s can use it only once; use random"
              .formatted(operation.word()));
    }
    if (path == CallPath.SYSCALL && (operation.batched() || operation == MapOperation.MMAP_READ)) {
      throw Refusal.usage(
          "%s is measured by path=libbpf only; syscall is for calls on one element"
              .formatted(operation.word()));
    }
    if (operation == MapOperation.INSERT && entries < 2) {
      throw Refusal.usage("insert needs room for one more element; use entries of 2 or more");
    }
    if (runtime != LoopRuntime.JAVA) {
      refuseWhatCDoesNotMeasure();
    }
  }

  private void refuseWhatCDoesNotMeasure() {
    if (!MapOperation.USUAL_OPERATIONS.contains(operation)) {
      throw Refusal.usage(
          "the C runner measures lookup, update and delete, not " + operation.word());
    }
    if (threads > 1) {
      throw Refusal.usage("the C runner measures with one thread; use threads=1");
    }
  }
}
