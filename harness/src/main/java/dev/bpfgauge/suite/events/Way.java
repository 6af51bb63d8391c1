package dev.bpfgauge.suite.events;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Locale;

/** A way from the kernel to Java: the program of bpf/hooks/events.bpf.c that sends, and its map. */
enum Way {
  /** BPF_MAP_TYPE_RINGBUF. */
  RINGBUF("ring", true),
  /** BPF_MAP_TYPE_PERF_EVENT_ARRAY, read by libbpf. */
  PERF_BUFFER("perf", true),
  /** A hash map, polled by BPF_MAP_LOOKUP_AND_DELETE_BATCH. */
  HASH("hash", false),
  /** A queue map, polled element by element: the kernel has no batches of it. */
  QUEUE("queue", false),
  /** bpf_printk and its text in trace_pipe. */
  TRACE_PIPE("", false);

  private final String map;
  private final boolean wakes;

  Way(String map, boolean wakes) {
    this.map = map;
    this.wakes = wakes;
  }

  String program() {
    return "to_" + name().toLowerCase(Locale.ROOT);
  }

  /** The map's name, or empty. */
  String map() {
    return map;
  }

  /** A reader can sleep until there is something. */
  boolean wakes() {
    return wakes;
  }

  String word() {
    return EnumWords.of(this);
  }

  static List<String> words() {
    return EnumWords.all(Way.class);
  }

  /**
   * The way of that {@link #word()}.
   *
   * @throws Refusal with the nearest name where there is none
   */
  static Way ofWord(String word) {
    return EnumWords.parse(Way.class, "way", word);
  }
}
