package dev.bpfgauge.suite.events;

import dev.bpfgauge.measure.Meter;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Section;
import dev.bpfgauge.report.view.Section.Place;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.suite.Suite;
import dev.bpfgauge.suite.Wanted;
import dev.bpfgauge.suite.events.EventsCell.Load;
import dev.bpfgauge.suite.events.EventsCell.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The suite {@code events}: how fast events get from a BPF program to Java, how late, and at what
 * price. The cells' profile is left empty; the plan puts them on its arms.
 */
public final class EventsSuite implements Suite {
  public static final String NAME = EventsCell.SUITE;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String lead() {
    return NAME;
  }

  @Override
  public boolean hasOwnSections() {
    return true;
  }

  @Override
  public List<String> operationOrder() {
    return operations();
  }

  @Override
  public List<Param> params() {
    return List.of(
        Param.named("via").telling(),
        Param.named("reader"),
        Param.named("wakeup"),
        Param.named("wait"));
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra("received_per_s", "1/s", "events received", Better.MORE),
        new Extra("sent_per_s", "1/s", "events sent", Better.NEITHER),
        new Extra("lost_events", "", "events lost, counted where they were", Better.LESS),
        new Extra("unaccounted_events", "", "events missing that nobody counted", Better.LESS),
        new Extra("latency_", "ns", "from the program to Java", Better.LESS),
        new Extra("producer_cpu_", "", "CPU of the sending thread", Better.NEITHER),
        new Extra("consumer_cpu_", "", "CPU of the receiving thread", Better.NEITHER),
        new Extra("producer_", "", "of the sending thread", Better.NEITHER),
        new Extra("consumer_", "", "of the receiving thread", Better.NEITHER));
  }

  /** What it takes beside the common options. */
  private static final class Own {
    @Option(
        names = "--via",
        split = ",",
        paramLabel = "WAY",
        description = "Suite events: ways to user space, see `list`. Default: all of them.")
    List<String> ways = List.of();
  }

  @Override
  public Optional<Object> ownOptions() {
    return Optional.of(new Own());
  }

  @Override
  public List<Cell> cells(Wanted wanted) {
    return cells(wanted.operations(), wanted.own(Own.class).ways);
  }

  @Override
  public Meter meter() {
    return new EventsMeter();
  }

  @Override
  public List<Choice> choices() {
    return List.of(
        new Choice("eventOperations", "  in suite " + NAME + ": --op", operations()),
        new Choice("eventWays", "--via", ways()));
  }

  @Override
  public List<String> options(Cell cell) {
    return List.of("--op", cell.operation(), "--via", cell.param("via"));
  }

  @Override
  public List<Section> sections(Evidence evidence) {
    List<Table> tables = new EventWays(evidence).tables();
    return tables.isEmpty()
        ? List.of()
        : List.of(Section.of("events", "Events to Java", Place.COST, Map.of("tables", tables)));
  }

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
  @Override
  public List<Cell> overview() {
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
