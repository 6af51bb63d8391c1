package dev.bpfgauge.suite.events;

import dev.bpfgauge.measure.EnumWords;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One cell of the suite.
 *
 * @param reader who reads a ring buffer: this JVM itself, or libbpf, which calls back
 * @param epoll the reader sleeps until it is woken; else it polls all the time
 * @param wakeup the program wakes a reader that has read everything; else it passes
 *     BPF_RB_NO_WAKEUP
 */
record EventsCell(Load load, Way way, Reader reader, boolean epoll, boolean wakeup) {
  static final String SUITE = "events";

  /** How the producer sends. */
  enum Load {
    /** As fast as it can; the result is nanoseconds per event received. */
    THROUGHPUT,
    /** At a steady rate; the result is nanoseconds from the kernel to Java. */
    LATENCY
  }

  /** Who reads a ring buffer. */
  enum Reader {
    JAVA,
    LIBBPF
  }

  EventsCell {
    if (epoll && !way.wakes()) {
      throw Refusal.usage("nobody can wait for a " + way.word() + "; use wait=busy");
    }
    if (epoll && !wakeup) {
      throw Refusal.usage("wait=epoll needs wakeup=yes: nobody would be woken");
    }
    if (way != Way.RINGBUF && (reader == Reader.JAVA) == (way == Way.PERF_BUFFER)) {
      throw Refusal.usage(
          way == Way.PERF_BUFFER
              ? "a perf buffer is read by libbpf"
              : "libbpf has no reader for a " + way.word());
    }
    if (!wakeup && way != Way.RINGBUF) {
      throw Refusal.usage("wakeup=no is for ring buffers");
    }
  }

  /** A way with the reader it has. */
  static EventsCell of(Load load, Way way, boolean epoll) {
    return new EventsCell(
        load, way, way == Way.PERF_BUFFER ? Reader.LIBBPF : Reader.JAVA, epoll, true);
  }

  /**
   * Reads a cell.
   *
   * @throws Refusal where a word is wrong
   */
  static EventsCell of(Cell cell) {
    Way way = Way.ofWord(cell.param("via"));
    Load load = load(cell.benchmark().substring(cell.benchmark().indexOf('.') + 1));
    Reader reader =
        cell.param("reader").isEmpty()
            ? of(load, way, false).reader
            : EnumWords.parse(Reader.class, "reader", cell.param("reader"));
    return new EventsCell(
        load, way, reader, cell.param("wait").equals("epoll"), !cell.param("wakeup").equals("no"));
  }

  /** The words for {@link Load}. */
  static List<String> loads() {
    return EnumWords.all(Load.class);
  }

  static Load load(String word) {
    return EnumWords.parse(Load.class, "operation", word);
  }

  /** The cell, with the parameters that mean something for it. */
  Cell cell() {
    Map<String, String> params = new TreeMap<>(Map.of("via", way.word()));
    if (way == Way.RINGBUF) {
      params.put("reader", EnumWords.of(reader));
      params.put("wakeup", wakeup ? "yes" : "no");
    }
    if (way.wakes()) {
      params.put("wait", epoll ? "epoll" : "busy");
    }
    return new Cell(SUITE, SUITE + "." + EnumWords.of(load), params, "");
  }
}
