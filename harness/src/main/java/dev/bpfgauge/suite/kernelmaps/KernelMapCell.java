package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.measure.Numbers;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.TreeMap;

/**
 * One cell of the suite.
 *
 * @param entries max_entries of the map
 * @param fillPercent share of them that are there
 * @param threads CPUs that run the program at once
 * @param separate with several threads: each has keys of its own; else all use the same
 * @param sleepable by a program of type syscall, which may sleep, instead of one that may not
 */
record KernelMapCell(
    KernelOperation operation,
    Subject subject,
    long entries,
    int keyBytes,
    int valueBytes,
    int fillPercent,
    int threads,
    boolean separate,
    boolean sleepable) {

  static final String SUITE = "kernel-maps";

  /** As in kernel.h. */
  static final int SEQUENCE_LENGTH = 65_536;

  /** Operations in one turn of the programs' loop, as in kernel.h. */
  static final int TOGETHER = 16;

  static final int MAX_KEY_BYTES = 256;
  static final int MAX_VALUE_BYTES = 4096;

  /** Beyond it, each CPU's own list of free elements makes the kernel drop elements. */
  private static final int FULLEST_WITHOUT_EVICTION = 50;

  KernelMapCell {
    Numbers.inRange("entries", entries, 1, 1L << 29);
    Numbers.inRange("key", keyBytes, Integer.BYTES, MAX_KEY_BYTES);
    Numbers.inRange("value", valueBytes, Long.BYTES, MAX_VALUE_BYTES);
    Numbers.inRange("fill", fillPercent, 1, 100);
    Numbers.inRange("threads", threads, 1, 1024);
    fillPercent = subject.evicts() ? Math.min(fillPercent, FULLEST_WITHOUT_EVICTION) : fillPercent;
  }

  /**
   * Reads a cell.
   *
   * @throws Refusal where a word or number is wrong
   */
  static KernelMapCell of(Cell cell) {
    String operation = cell.benchmark().substring(cell.benchmark().indexOf('.') + 1);
    return new KernelMapCell(
        KernelOperation.ofWord(operation),
        cell.param("map").isEmpty() ? Subject.NONE : Subject.ofWord(cell.param("map")),
        Numbers.of(cell.params(), "entries", 1024),
        (int) Numbers.of(cell.params(), "key", Integer.BYTES),
        (int) Numbers.of(cell.params(), "value", Long.BYTES),
        (int) Numbers.of(cell.params(), "fill", 100),
        (int) Numbers.of(cell.params(), "threads", 1),
        cell.param("keys").equals("separate"),
        cell.param("program").equals("syscall"));
  }

  /** The cell, with the parameters that mean something for it. */
  Cell cell() {
    TreeMap<String, String> params = new TreeMap<>();
    if (subject != Subject.NONE) {
      params.put("map", subject.word());
    }
    if (subject.keyed()) {
      params.put("entries", Long.toString(entries));
      params.put("key", Integer.toString(keyBytes));
      params.put("value", Integer.toString(valueBytes));
      params.put("fill", Integer.toString(fillPercent));
    }
    if (threads > 1) {
      params.put("threads", Integer.toString(threads));
      params.put("keys", separate ? "separate" : "same");
    }
    if (sleepable) {
      params.put("program", "syscall");
    }
    return new Cell(SUITE, SUITE + "." + operation.word(), params, "");
  }

  /** Bytes of a key in this map. */
  int mapKeyBytes() {
    return switch (subject) {
      case QUEUE, STACK, BLOOM_FILTER, RINGBUF -> 0;
      case LPM_TRIE -> Long.BYTES; // the prefix' length and 32 bits
      default -> keyBytes;
    };
  }

  /** Elements with a key that are there when the timing starts. */
  int filled() {
    long filled = Math.max(1, entries * fillPercent / 100);
    return Math.toIntExact(operation == KernelOperation.INSERT ? filled - consumed() : filled);
  }

  /** Keys that one batch of inserts or deletes uses up: half of the map, but not too many. */
  int consumed() {
    long filled = Math.max(1, entries * fillPercent / 100);
    return (int) Math.min(SEQUENCE_LENGTH / 2, Long.highestOneBit(Math.max(1, filled / 2)));
  }

  /**
   * What cannot be measured whatever the kernel says.
   *
   * @throws Refusal with one sentence
   */
  void refuseNonsense() {
    if (!subject.operations().contains(operation)) {
      throw Refusal.usage(
          operation.word()
              + " is not an operation on "
              + subject.word()
              + "; it has "
              + String.join(
                  ", ", subject.operations().stream().map(KernelOperation::word).toList()));
    }
    boolean array = subject == Subject.ARRAY || subject == Subject.PERCPU_ARRAY;
    if (array && keyBytes != Integer.BYTES) {
      throw Refusal.usage(
          "key=%d: %s has keys of 4 bytes, which are the element's number"
              .formatted(keyBytes, subject.word()));
    }
    if (operation.consumesKeys() && entries * fillPercent / 100 < 2) {
      throw Refusal.usage(operation.word() + " needs two elements; use entries of 2 or more");
    }
    if (threads > 1 && (operation.consumesKeys() || !subject.keyed())) {
      throw Refusal.usage(
          "several CPUs at once are measured for lookup and update, not for " + operation.word());
    }
    if (sleepable && operation != KernelOperation.LOOKUP && operation != KernelOperation.UPDATE) {
      throw Refusal.usage("program=syscall is measured for lookup and update only");
    }
    if (sleepable && subject == Subject.LPM_TRIE) {
      throw Refusal.usage("a program that may sleep cannot use an LPM trie");
    }
  }
}
