package dev.bpfgauge.suite.diagnose;

import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Places;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A module that shows a row for each event, as it happens: its program writes them into {@code
 * rows} and counts in {@code written} how many it wrote.
 *
 * @param <T> what a row says
 */
abstract class RowByRow<T> implements Tool {
  private static final int LONGS_BETWEEN_CPUS = 8;

  private final Attachment attachment;
  private final RowsInOrder<T> rows;
  private final List<Column> columns;
  private final long startedAt;
  private boolean headed = true;

  /**
   * Takes over what was attached.
   *
   * @param startedAt before that, by {@link KernelClock}: no row's time is negative
   * @param patience how long a row waits for those before it
   * @param read what a record says; it gets the kernel's own memory, as long as it works
   * @param when its time by {@link KernelClock}
   */
  RowByRow(
      Attachment attachment,
      long startedAt,
      Duration patience,
      List<Column> columns,
      Function<MemorySegment, T> read,
      ToLongFunction<T> when) {
    this.attachment = attachment;
    this.startedAt = startedAt;
    this.columns = List.copyOf(columns);
    try {
      this.rows = new RowsInOrder<>(attachment.map("rows"), patience, read, when);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  /** In the columns' order. */
  abstract List<Object> row(T event);

  /** Whether the user wants to see it. */
  boolean wants(T event) {
    return true;
  }

  /** What else is to be closed. */
  void closed() {}

  /** The time of a row as it is shown. */
  Decimal time(long when) {
    return Decimal.seconds(when - startedAt);
  }

  @Override
  public final String hooks() {
    return attachment.hooks();
  }

  @Override
  public final void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    rows.follow(
        time,
        events -> {
          Findings found = findings(events);
          if (!found.isEmpty()) {
            live.accept(found);
          }
        });
  }

  @Override
  public final Findings take() {
    return findings(events());
  }

  /** All since this was asked before, in the order of their times. */
  final List<T> events() {
    return rows.take();
  }

  private Findings findings(List<T> events) {
    List<List<Object>> shown = new ArrayList<>();
    events.stream().filter(this::wants).forEach(event -> shown.add(row(event)));
    boolean first = headed && !shown.isEmpty();
    headed &= !first;
    return new Rows(columns, shown, first);
  }

  @Override
  public final Tally tally() {
    return attachment.tally(
        Places.sum(attachment.variable("written"), LONGS_BETWEEN_CPUS, 0, 1)[0]);
  }

  @Override
  public final void close() {
    rows.close();
    attachment.close();
    closed();
  }
}
