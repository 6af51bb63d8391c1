package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.model.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Looks in intervals, and hands over what is between two looks. For one thread. */
public final class Top implements AutoCloseable {
  private final HostWatch watch;
  private final DispatchCosts costs;

  private Top(HostWatch watch, DispatchCosts costs) {
    this.watch = watch;
    this.costs = costs;
  }

  /**
   * How it looks.
   *
   * @param every between two outputs
   * @param look how long statistics are on for each of them; the same where they are always on
   */
  public record Pace(Duration every, Duration look) {

    boolean isSampled() {
      return look.compareTo(every) < 0;
    }
  }

  /**
   * Makes ready to look.
   *
   * @throws Refusal where this machine does not let anybody look, or not this user
   */
  public static Top open(DispatchCosts costs) {
    HostWatch watch;
    try {
      watch = HostWatch.open();
    } catch (BpfException e) {
      throw refusal(e);
    } catch (UnsupportedOperationException e) {
      throw new Refusal(Refusal.Kind.ENVIRONMENT, String.valueOf(e.getMessage()), e);
    }
    try {
      watch.switchOn();
      return new Top(watch, costs);
    } catch (BpfException e) {
      watch.close();
      throw refusal(e);
    }
  }

  private static Refusal refusal(BpfException e) {
    String sentence =
        switch (e.errno()) {
          case Errno.EPERM ->
              "top must see everybody's programs, which takes CAP_SYS_ADMIN: run as root.";
          case Errno.EINVAL ->
              "this kernel has no run-time statistics of BPF programs to be switched on (Linux"
                  + " 5.8).";
          case Errno.ENOSYS -> "this kernel has no bpf(2) (CONFIG_BPF_SYSCALL).";
          default -> String.valueOf(e.getMessage());
        };
    return new Refusal(Refusal.Kind.ENVIRONMENT, sentence, e);
  }

  /**
   * Looks until so many outputs were made, or this thread is interrupted.
   *
   * @param count outputs
   * @param output what to do with each
   */
  public void follow(Pace pace, long count, Consumer<TopView> output) throws InterruptedException {
    watch.switchOn();
    HostLook before = watch.look();
    long next = System.nanoTime();
    for (long i = 0; i < count; i++) {
      next += pace.look.toNanos();
      sleepUntil(next);
      HostLook after = watch.look();
      if (pace.isSampled()) {
        watch.switchOff();
      }
      output.accept(TopView.between(before, after, costs));
      before = after;
      if (pace.isSampled() && i + 1 < count) {
        next += pace.every.minus(pace.look).toNanos();
        sleepUntil(next);
        watch.switchOn();
        before = watch.look();
      }
      next = Math.max(next, System.nanoTime() - pace.every.toNanos());
    }
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** The rows to show, sorted. */
  public static List<ProgramRow> rows(TopView view, RowOrder order, RowFilter filter) {
    return view.rows().stream().filter(filter::shows).sorted(order.comparator()).toList();
  }

  /** A look as text: sums, table, remarks. */
  public static List<String> text(TopView view, List<ProgramRow> rows, int width) {
    List<String> lines = new ArrayList<>(TopSummary.head(view));
    lines.add("");
    lines.addAll(new TopTable(width).lines(rows));
    lines.add("");
    lines.addAll(TopSummary.foot(view));
    return lines;
  }

  /** A look as a line of JSON. */
  public static String json(TopView view, List<ProgramRow> rows) {
    return TopJson.line(view, rows);
  }

  @Override
  public void close() {
    watch.close();
  }
}
