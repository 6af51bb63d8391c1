package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.MappedRing;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Places;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code run-trace}: what threads' time goes to (bpf/tools/run-trace.bpf.c). */
final class RunTrace implements Tool {
  static final String NAME = "run-trace";

  /** Of run-trace.h. */
  static final CStruct KEY =
      CStruct.of("run_key", u32("tid"), u32("call"), u32("compat"), u32("zero"));

  /** Of run-trace.h. */
  static final CStruct TIME = CStruct.of("run_time", u64s("ns", TracedThread.STATES), u64("begun"));

  private static final int COUNTERS = TracedThread.STATES + 1;
  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final int THREADS_OF_ALL = 16_384;
  private static final long SLEEP_NANOS = 30_000_000;
  private static final long SPIN_NANOS = 20_000_000;
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(100);

  private static final Set<String> HANDLERS =
      Set.of(
          "on_enter",
          "on_exit",
          "on_switch",
          "on_wakeup",
          "on_fork",
          "on_hard_entry",
          "on_hard_exit",
          "on_soft_entry",
          "on_soft_exit",
          "on_task");
  private static final Set<String> VECTORS =
      Stream.of("local_timer", "reschedule", "call_function", "call_function_single", "irq_work")
          .flatMap(event -> Stream.of("on_" + event + "_entry", "on_" + event + "_exit"))
          .collect(Collectors.toUnmodifiableSet());

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sys_*, sched_*, irq_handler_*, softirq_*, and the local APIC's vectors",
              Stream.concat(HANDLERS.stream(), VECTORS.stream()).collect(Collectors.toSet()),
              "Linux 5.15 and its BTF, on x86"),
          new HookSet(
              "tp_btf/sys_*, sched_*, irq_handler_*, softirq_*",
              HANDLERS,
              "Linux 5.15 and its BTF"));

  private static final List<Column> COLUMNS = columns();

  private final Options options;
  private final Attachment attachment;
  private final BpfMap threads;
  private final CountedElements times;
  private final MappedRing ring;
  private final SystemCalls names = SystemCalls.current();

  /** What was booked to a call so far. */
  private final Map<Place, long[]> booked = new HashMap<>();

  /** The same at the reading before, with what went on then. */
  private Map<Place, long[]> before = new HashMap<>();

  /**
   * What the user wishes.
   *
   * @param pid only this process; 0 for all
   * @param tid only this thread of it; 0 for all
   * @param thresholdNanos calls and ways between that took longer are shown; 0 for none
   * @param most threads shown
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(int pid, int tid, long thresholdNanos, int most, int injectNanos) {
    private static final long LEAST_THRESHOLD = 100_000;

    Options {
      Processes.require(pid);
      RowsOption.require(most);
      if (thresholdNanos != 0 && thresholdNanos < LEAST_THRESHOLD) {
        throw Refusal.option("--threshold is a number of milliseconds from 0.1.");
      }
    }

    private void set(BpfObject object) {
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("only_tid").set(ValueLayout.JAVA_INT, 0, tid);
      object.variable("threshold_ns").set(ValueLayout.JAVA_LONG, 0, thresholdNanos);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (pid == 0) {
        object.resize("threads", THREADS_OF_ALL);
      }
    }
  }

  /**
   * Where a thread's time goes.
   *
   * @param call its number, {@link TracedThread#OUTSIDE} for none, {@link #EVERYWHERE} for all
   */
  record Place(int tid, int call, boolean isCompat) {
    static final int EVERYWHERE = -3;

    private static Place of(MemorySegment key) {
      return new Place(
          KEY.getInt(key, "tid"), KEY.getInt(key, "call"), KEY.getInt(key, "compat") != 0);
    }
  }

  /**
   * A thread's time of one interval.
   *
   * @param nanos by {@link ThreadActivity}, and at the end how often it began: all, and each
   *     place's
   */
  record Spent(TracedThread thread, Map<Place, long[]> nanos) {
    /** All of the thread. */
    long[] everywhere() {
      return nanos.getOrDefault(
          new Place(thread.tid(), Place.EVERYWHERE, false), new long[COUNTERS]);
    }

    private long rank() {
      long[] all = everywhere();
      return all[ThreadActivity.RUNNING.place()]
          + all[ThreadActivity.RUNNABLE.place()]
          + all[ThreadActivity.BLOCKED.place()];
    }
  }

  private RunTrace(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.threads = attachment.map("threads");
    this.times = new CountedElements(attachment.map("times"), COUNTERS);
    this.ring = MappedRing.open(attachment.map("rows"));
    attachment.variable("begun").set(ValueLayout.JAVA_LONG, 0, KernelClock.nanos());
    attachment.iterate("on_task");
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it, or there is no such process or thread
   */
  static RunTrace attach(Options options) {
    Attachment attachment = Attachment.of(NAME, WAYS, options::set, _ -> {});
    try {
      return new RunTrace(options, attachment);
    } catch (RuntimeException e) {
      attachment.close();
      throw e;
    }
  }

  private static List<Column> columns() {
    List<Column> all = new ArrayList<>();
    all.add(new Column("TID", "tid", -7));
    all.add(new Column("NSTID", "ns_tid", -7));
    all.add(new Column("COMM", "comm", -16));
    all.add(new Column("IN", "in", -18));
    all.add(new Column("TIMES", "times", 8));
    all.add(new Column("WALL(ms)", "wall_ms", 10, 3));
    for (ThreadActivity state : ThreadActivity.values()) {
      String key = state.name().toLowerCase(Locale.ROOT) + "_ms";
      all.add(new Column(state.title() + "(ms)", key, 12, 3));
    }
    return all;
  }

  @Override
  public String greeting() {
    return "Tracing what threads' time goes to";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public void follow(Duration time, Consumer<Findings> live) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      ring.await(Duration.ofNanos(Math.min(left, BETWEEN_READINGS.toNanos())));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      slow().forEach(live);
    }
  }

  /** Pieces that took longer than the threshold since this was asked before. */
  List<Findings> slow() {
    List<Findings> found = new ArrayList<>();
    ring.consume((data, offset, _) -> {
      MemorySegment piece = data.asSlice(offset, RunEvent.PIECE.size());
      int call = RunEvent.PIECE.getInt(piece, "call");
      boolean isCompat = RunEvent.PIECE.getInt(piece, "compat") != 0;
      found.add(RunEvent.timeline(piece, word(call, isCompat)));
    });
    return found;
  }

  private String word(int call, boolean isCompat) {
    return switch (call) {
      case TracedThread.OUTSIDE -> "(user code)";
      case Place.EVERYWHERE -> "(all)";
      default -> names.name(call, isCompat);
    };
  }

  /** Each thread's time since this was asked before. */
  List<Spent> since() {
    times.takeChanges((key, _, added) -> booked.merge(Place.of(key), added, RunTrace::sum));
    List<TracedThread> all = TracedThread.all(threads, KernelClock.nanos());
    Map<Integer, Map<Place, long[]>> now =
        booked.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.getKey().tid(),
                    Collectors.toMap(
                        Map.Entry::getKey,
                        each -> each.getValue().clone(),
                        (one, _) -> one,
                        HashMap::new)));
    List<Spent> spent = new ArrayList<>();
    Map<Place, long[]> after = new HashMap<>();
    for (TracedThread thread : all) {
      Map<Place, long[]> places = now.getOrDefault(thread.tid(), new HashMap<>());
      addWhatGoesOn(thread, places);
      Map<Place, long[]> changed = new HashMap<>();
      places.forEach((place, nanos) -> {
        long[] passed = passed(nanos, before.get(place));
        if (LongStream.of(passed).anyMatch(each -> each > 0)) {
          changed.put(place, passed);
        }
      });
      spent.add(new Spent(thread, changed));
      if (thread.hasEnded()) {
        forget(thread.tid());
      } else {
        after.putAll(places);
      }
    }
    before = after;
    return spent;
  }

  /**
   * What is booked to no call yet is of the one that goes on; also what was booked to another one
   * between the two readings, which the next interval puts right.
   */
  private static void addWhatGoesOn(TracedThread thread, Map<Place, long[]> places) {
    long[] all =
        Arrays.copyOf(thread.nanos().stream().mapToLong(Long::longValue).toArray(), COUNTERS);
    long[] rest = all.clone();
    places
        .values()
        .forEach(nanos -> {
          for (int i = 0; i < TracedThread.STATES; i++) {
            rest[i] -= nanos[i];
          }
          all[COUNTERS - 1] += nanos[COUNTERS - 1];
        });
    rest[COUNTERS - 1] = 0;
    places.merge(new Place(thread.tid(), thread.call(), thread.isCompat()), rest, RunTrace::sum);
    places.put(new Place(thread.tid(), Place.EVERYWHERE, false), all);
  }

  private static long[] sum(long[] one, long[] other) {
    long[] sum = one.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  private static long[] passed(long[] now, long @Nullable [] then) {
    long[] passed = now.clone();
    for (int i = 0; then != null && i < passed.length; i++) {
      passed[i] = Math.max(0, passed[i] - then[i]);
    }
    return passed;
  }

  private void forget(int tid) {
    try (Arena arena = Arena.ofConfined()) {
      threads.delete(arena.allocateFrom(ValueLayout.JAVA_INT, tid));
    }
    booked.keySet().removeIf(place -> place.tid() == tid);
  }

  @Override
  public Findings take() {
    return new Rows(
        COLUMNS,
        since().stream()
            .filter(each -> !each.nanos().isEmpty())
            .sorted(Comparator.comparingLong(Spent::rank).reversed())
            .limit(options.most)
            .flatMap(this::rows)
            .toList(),
        true);
  }

  private Stream<List<Object>> rows(Spent spent) {
    return spent.nanos().entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<Place, long[]> each) -> each.getKey().call() != Place.EVERYWHERE)
                .thenComparingLong(each -> -wall(each.getValue())))
        .map(each -> {
          List<Object> row = new ArrayList<>(COLUMNS.size());
          row.add(spent.thread().tid());
          row.add(spent.thread().ownTid());
          row.add(spent.thread().comm());
          row.add(word(each.getKey().call(), each.getKey().isCompat()));
          row.add(each.getValue()[COUNTERS - 1]);
          row.add(Decimal.millis(wall(each.getValue())));
          for (int i = 0; i < TracedThread.STATES; i++) {
            row.add(Decimal.millis(each.getValue()[i]));
          }
          return row;
        });
  }

  private static long wall(long[] nanos) {
    return LongStream.of(nanos).limit(TracedThread.STATES).sum();
  }

  /**
   * Has a thread sleep and spin, and holds what is booked to it against its own clocks, attached to
   * this process.
   *
   * @throws IllegalStateException where they differ
   */
  void prove() {
    var _ = since();
    AtomicLong tid = new AtomicLong();
    AtomicLong slept = new AtomicLong();
    long start = System.nanoTime();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              tid.set(ThreadStates.own());
              long from = System.nanoTime();
              LockSupport.parkNanos(SLEEP_NANOS);
              slept.set(System.nanoTime() - from);
              long until = System.nanoTime() + SPIN_NANOS;
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
            });
    try {
      thread.join();
      // join(2) returns a moment before the thread is gone.
      TimeUnit.MILLISECONDS.sleep(SPIN_NANOS / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    long wall = System.nanoTime() - start;
    Spent found =
        since().stream()
            .filter(each -> each.thread().tid() == tid.get())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("thread " + tid + " was not seen"));
    long[] all = found.everywhere();
    long sum = wall(all);
    long asleep = all[ThreadActivity.SLEEPING.place()];
    if (sum > wall
        || sum < SLEEP_NANOS + SPIN_NANOS
        || asleep > sum - SPIN_NANOS / 2
        || asleep < Math.min(SLEEP_NANOS, slept.get()) / 2) {
      throw new IllegalStateException(
          "a thread that lived less than %d ns, slept in %d of them and then ran %d gave %s"
              .formatted(wall, slept.get(), SPIN_NANOS, Arrays.toString(all)));
    }
  }

  @Override
  public Tally tally() {
    return attachment.tally(Places.sum(attachment.variable("events"), LONGS_BETWEEN_CPUS, 0, 1)[0]);
  }

  @Override
  public void close() {
    ring.close();
    times.close();
    attachment.close();
  }
}
