package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.model.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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

  /** When to look, and what happens until then. */
  public interface Pacer {
    /** Asked anew for each output. */
    Pace pace();

    /** Waits until then, by {@link System#nanoTime}, or until something else is wanted. */
    Next waitUntil(long nanos) throws InterruptedException;

    /** Stops this process, and returns when it is continued; called where that is wanted. */
    void pause();
  }

  /** What is to come. */
  public enum Next {
    LOOK,
    /** Statistics are off meanwhile, and what others ran then is nobody's rate. */
    PAUSE,
    END
  }

  /** Sleeps in between. */
  public static Pacer steady(Pace pace) {
    return new Pacer() {
      @Override
      public Pace pace() {
        return pace;
      }

      @Override
      public Next waitUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        return Next.LOOK;
      }

      @Override
      public void pause() {
        throw new IllegalStateException("nobody asked for it");
      }
    };
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

  /**
   * The hooks of programs of this host that have no figures, in words of suite hooks.
   *
   * @param measurable what that suite can measure
   * @throws Refusal as {@link #open}
   */
  public static Set<String> hooksToMeasure(DispatchCosts costs, Collection<String> measurable) {
    try (Top top = open(costs)) {
      List<LoadedLink> hooks =
          TopView.of(top.watch.look(), costs).rows().stream()
              .filter(row -> !row.ours())
              .flatMap(row -> row.hooks().stream())
              .toList();
      return costs.missing(hooks, measurable);
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
   * Looks until so many outputs were made, the pacer wants the end, or this thread is interrupted.
   *
   * @param count outputs
   * @param output what to do with each
   */
  public void follow(Pacer pacer, long count, Consumer<TopView> output)
      throws InterruptedException {
    watch.switchOn();
    HostLook before = watch.look();
    long due = System.nanoTime();
    long made = 0;
    while (made < count) {
      Pace pace = pacer.pace();
      due = Math.max(due, System.nanoTime() - pace.every.toNanos()) + pace.look.toNanos();
      Next next = pacer.waitUntil(due);
      if (next == Next.LOOK) {
        HostLook after = watch.look();
        if (pace.isSampled()) {
          watch.switchOff();
        }
        output.accept(TopView.between(before, after, costs));
        before = after;
        made++;
        if (pace.isSampled() && made < count) {
          due += pace.every.minus(pace.look).toNanos();
          next = pacer.waitUntil(due);
        }
      }
      if (next == Next.END) {
        return;
      }
      if (next == Next.PAUSE) {
        watch.switchOff();
        pacer.pause();
      }
      if (!watch.isOn() && made < count) {
        watch.switchOn();
        before = watch.look();
      }
    }
  }

  /**
   * Looks for a while, and sums up.
   *
   * @param outputs looks after the first
   * @param progress told of each
   */
  public Audit audit(Pacer pacer, long outputs, Consumer<TopView> progress)
      throws InterruptedException {
    List<TopView> each = new ArrayList<>();
    watch.switchOn();
    HostLook first = watch.look();
    HostLook before = first;
    long due = System.nanoTime();
    for (long i = 0; i < outputs; i++) {
      due += pacer.pace().every.toNanos();
      Next next = pacer.waitUntil(due);
      if (next == Next.END) {
        break;
      }
      if (next == Next.PAUSE) { // Nothing is known of that time: it begins again.
        watch.switchOff();
        pacer.pause();
        watch.switchOn();
        first = watch.look();
        before = first;
        due = System.nanoTime();
        each.clear();
        i = -1;
        continue;
      }
      HostLook now = watch.look();
      TopView view = TopView.between(before, now, costs);
      each.add(view);
      progress.accept(view);
      before = now;
    }
    watch.switchOff();
    return new Audit(TopView.between(first, before, costs), each, first.loaded());
  }

  /** The rows to show, sorted. */
  public static List<ProgramRow> rows(TopView view, RowOrder order, RowFilter filter) {
    return view.rows().stream().filter(filter::shows).sorted(order.comparator()).toList();
  }

  /** A look as text: sums, table, remarks. */
  public static List<String> text(TopView view, RowOrder order, RowFilter filter, int width) {
    List<ProgramRow> rows = rows(view, order, filter);
    List<String> lines = new ArrayList<>(TopSummary.head(view));
    lines.add("");
    if (rows.isEmpty()) {
      lines.add(filter.nothing(view.rows().size()));
    } else {
      lines.addAll(new TopTable(width).lines(rows));
    }
    List<String> foot = TopSummary.foot(view, rows);
    lines.addAll(foot.isEmpty() ? foot : List.of(""));
    lines.addAll(foot);
    return lines;
  }

  /** A look as metrics (docs/formats.md). */
  public static String metrics(TopView view, List<ProgramRow> rows) {
    return TopMetrics.text(view, rows);
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
