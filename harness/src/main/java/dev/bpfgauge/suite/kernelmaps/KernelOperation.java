package dev.bpfgauge.suite.kernelmaps;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.util.List;

/** One operation of a program on a map, and the programs of bpf/maps/kernel.bpf.c that do it. */
enum KernelOperation {
  /** Nothing: the loop, the key and the check, which every other operation pays as well. */
  LOOP("empty", ""),
  /** Of a key that is there; the value is compared. */
  LOOKUP("lookup", ""),
  /** Of a key that is not there. */
  LOOKUP_MISS("lookup_miss", ""),
  /** Of a key that is there (BPF_EXIST; on maps that evict, BPF_ANY). */
  UPDATE("update", ""),
  /** Of a key that is not there (BPF_NOEXIST); undone between two batches. */
  INSERT("insert", "delete"),
  /** Of a key that is there; undone between two batches. */
  DELETE("delete", "insert"),
  /** An element into a half full queue or stack, and one out of it. */
  PUSH_POP("push_pop", ""),
  /** Of a value that was put in. */
  PEEK("peek", ""),
  /** A record of 8 bytes, nobody woken; the buffer is emptied between two batches. */
  RESERVE_SUBMIT("reserve_submit", ""),
  /** The current task's or its cgroup's own element, which is there. */
  GET("storage", "");

  private final String program;
  private final String undoing;

  KernelOperation(String program, String undoing) {
    this.program = program;
    this.undoing = undoing;
  }

  /** The program of a type that does not sleep. */
  String program() {
    return program;
  }

  /** The program that takes it back, or empty. */
  String undoing() {
    return undoing;
  }

  /** Each key may be used once only until the operation is undone. */
  boolean consumesKeys() {
    return !undoing.isEmpty();
  }

  String word() {
    return EnumWords.of(this);
  }

  static List<String> words() {
    return EnumWords.all(KernelOperation.class);
  }

  /**
   * The operation of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static KernelOperation ofWord(String word) {
    return EnumWords.parse(KernelOperation.class, "operation", word);
  }
}
