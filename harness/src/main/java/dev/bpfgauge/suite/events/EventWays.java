package dev.bpfgauge.suite.events;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.List;
import java.util.stream.Stream;

/** Suite {@code events}: how many events a second reach Java, how late, and at what price. */
public final class EventWays {
  private static final double NANOS_A_MICRO = 1_000;
  private static final double THOUSAND = 1_000;
  private static final double NANOS_A_SECOND_AND_PERCENT = 1e7;

  private final Evidence evidence;

  public EventWays(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One table an operation; empty where the suite was not measured. */
  public List<Table> tables() {
    return Stream.of("throughput", "latency")
        .map(this::table)
        .filter(table -> !table.rows().isEmpty())
        .toList();
  }

  private Table table(String operation) {
    boolean latency = operation.equals("latency");
    double unit = latency ? NANOS_A_MICRO : 1;
    Table.Builder table =
        Table.of(
            "events-" + operation,
            latency
                ? "At 100 000 events %s; latencies in %s"
                    .formatted(evidence.aSecond(), evidence.micros())
                : "At full speed; latencies in " + evidence.micros(),
            "~Way",
            evidence.armHead(),
            latency ? "Mean" : evidence.unit() + " per event",
            "95 % interval",
            "Received, 1000 " + evidence.aSecond(),
            "Sent, 1000 " + evidence.aSecond(),
            "Lost",
            "Unaccounted",
            "p50",
            "p99",
            "p99.9",
            "Producer, % CPU",
            evidence.unit() + " an event",
            "Consumer, % CPU",
            evidence.unit() + " an event",
            "Forks");
    for (CellSummary cell :
        evidence.cells(
            c -> c.suite().equals(EventsSuite.NAME) && CellNames.operation(c).equals(operation))) {
      table.row(
          way(cell),
          cell.cell().profile(),
          cell.forks() == 0 ? Words.status(cell) : Words.nanos(cell.mean() / unit),
          Words.interval(cell, unit),
          count(cell, "received_per_s", THOUSAND),
          count(cell, "sent_per_s", THOUSAND),
          count(cell, "lost_events", 1),
          count(cell, "unaccounted_events", 1),
          micros(cell, "latency_p50_ns"),
          micros(cell, "latency_p99_ns"),
          micros(cell, "latency_p999_ns"),
          count(cell, "producer_cpu_percent", 1),
          cpuNanos(cell, "producer_cpu_percent", "sent_per_s"),
          count(cell, "consumer_cpu_percent", 1),
          cpuNanos(cell, "consumer_cpu_percent", "received_per_s"),
          Words.forks(cell));
    }
    return table.build();
  }

  /** {@code ringbuf, read by java, busy, no wake-up}. */
  private static String way(CellSummary cell) {
    StringBuilder text = new StringBuilder(cell.cell().param("via"));
    String reader = cell.cell().param("reader");
    if (!reader.isEmpty()) {
      text.append(", read by ").append(reader.equals("java") ? "Java" : reader);
    }
    if (!cell.cell().param("wait").isEmpty()) {
      text.append(", ").append(cell.cell().param("wait"));
    }
    if (cell.cell().param("wakeup").equals("no")) {
      text.append(", no wake-up");
    }
    return text.toString();
  }

  private static String count(CellSummary cell, String name, double unit) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : Words.count(Math.round(value / unit));
  }

  /** CPU time of one event: also where a thread got only part of its CPU. */
  private static String cpuNanos(CellSummary cell, String percent, String perSecond) {
    Double share = cell.extras().get(percent);
    Double rate = cell.extras().get(perSecond);
    return share == null || rate == null || rate <= 0
        ? Words.NONE
        : Words.nanos(share * NANOS_A_SECOND_AND_PERCENT / rate);
  }

  private static String micros(CellSummary cell, String name) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : Words.nanos(value / NANOS_A_MICRO);
  }
}
