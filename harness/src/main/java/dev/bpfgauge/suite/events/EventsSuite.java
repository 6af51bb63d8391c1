package dev.bpfgauge.suite.events;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.events.EventsCell.Load;
import dev.bpfgauge.suite.events.EventsCell.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * The suite {@code events}: how fast events get from a BPF program to Java, how late, and at what
 * price. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class EventsSuite {
  public static final String NAME = EventsCell.SUITE;

  private EventsSuite() {}

  /** Every word for a way from the kernel to Java. */
  public static List<String> ways() {
    return Way.words();
  }

  /** Every word for an operation. */
  public static List<String> operations() {
    return EventsCell.loads();
  }

  /**
   * The cells asked for.
   *
   * @param operations words of {@link #operations()}; empty: all of them
   * @param ways words of {@link #ways()}; empty: all of them
   * @throws Refusal where a word is wrong
   */
  public static List<Cell> cells(List<String> operations, List<String> ways) {
    List<Cell> cells = new ArrayList<>();
    for (String operation : operations.isEmpty() ? operations() : operations) {
      Load load = EventsCell.load(operation);
      for (String way : ways.isEmpty() ? ways() : ways) {
        add(cells, load, Way.ofWord(way));
      }
    }
    return cells.stream().distinct().toList();
  }

  /**
   * Ring buffer without wake-ups and perf buffer at full speed, by each reader there is, and the
   * ring buffer as usual at a steady rate. With wake-ups a ring buffer has two speeds, as the
   * reader keeps up or does not; that takes more forks than an overview has.
   */
  public static List<Cell> overview() {
    return List.of(
        new EventsCell(Load.THROUGHPUT, Way.RINGBUF, Reader.JAVA, false, false).cell(),
        new EventsCell(Load.THROUGHPUT, Way.RINGBUF, Reader.LIBBPF, false, false).cell(),
        EventsCell.of(Load.THROUGHPUT, Way.PERF_BUFFER, false).cell(),
        new EventsCell(Load.LATENCY, Way.RINGBUF, Reader.JAVA, true, true).cell());
  }

  private static void add(List<Cell> cells, Load load, Way way) {
    if (way == Way.RINGBUF) {
      for (Reader reader : Reader.values()) {
        cells.add(new EventsCell(load, way, reader, false, false).cell());
        cells.add(new EventsCell(load, way, reader, false, true).cell());
        cells.add(new EventsCell(load, way, reader, true, true).cell());
      }
      return;
    }
    cells.add(EventsCell.of(load, way, false).cell());
    if (way.wakes()) {
      cells.add(EventsCell.of(load, way, true).cell());
    }
  }
}
