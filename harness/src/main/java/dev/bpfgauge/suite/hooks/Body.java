package dev.bpfgauge.suite.hooks;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.util.List;

/**
 * What a program does each time it runs. All but the empty one ask whose thread it is, where the
 * hook fires for others too, and count the run: what they cost above {@link #COUNTER} is their own.
 */
enum Body {
  /** Nothing: the way there and back. */
  EMPTY(0),
  /** One more run, in this CPU's own counter. */
  COUNTER(1),
  /** An update of a hash map, of a key that is there. */
  HASH(1 | 2),
  /** A record of 8 bytes; the reader sleeps. */
  RINGBUF(1 | 4),
  /** A line in the trace buffer. */
  PRINTK(1 | 8),
  ARRAY(1 | 16),
  PERCPU_HASH(1 | 32),
  PERCPU_ARRAY(1 | 64),
  /** All of it, as the program of the 2024 comparison did. */
  ALL(127);

  private final int bits;

  Body(int bits) {
    this.bits = bits;
  }

  /** As in hooks.h. */
  int bits() {
    return bits;
  }

  /** The maps of hooks.bpf.c that it uses. */
  List<String> maps() {
    return switch (this) {
      case EMPTY, COUNTER, PRINTK -> List.of();
      case HASH -> List.of("hash");
      case RINGBUF -> List.of("events");
      case ARRAY -> List.of("array");
      case PERCPU_HASH -> List.of("percpu_hash");
      case PERCPU_ARRAY -> List.of("percpu_array");
      case ALL -> List.of("hash", "array", "percpu_hash", "percpu_array", "events");
    };
  }

  /** It counts its own runs; else only the kernel's statistics do. */
  boolean counts() {
    return this != EMPTY;
  }

  String word() {
    return EnumWords.of(this);
  }

  static List<String> words() {
    return EnumWords.all(Body.class);
  }

  /**
   * The body of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static Body ofWord(String word) {
    return EnumWords.parse(Body.class, "body", word);
  }
}
