package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32s;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.KernelClock;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.Errno;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Decimal;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** {@code sys-cost}: which system calls take the time (bpf/tools/sys-cost.bpf.c). */
final class SysCost implements Tool {
  static final String NAME = "sys-cost";

  /** Of sys-cost.h. */
  static final CStruct KEY =
      CStruct.of("call_key", u32("number"), u32("compat"), u32("tgid"), u32("cpu"));

  /** Of sys-cost.h. */
  static final CStruct COUNT =
      CStruct.of(
          "call_count",
          u64("count"),
          u64("errors"),
          u64("wall_ns"),
          u64("cpu_ns"),
          u64s("longest", 2),
          u32("own_number"),
          u32("zero"),
          chars("comm", 16));

  /** Of sys-cost.h; the call's key comes first. */
  static final CStruct ERROR_KEY =
      CStruct.of("error_key", u32s("call", 4), u32("error"), u32("zero"));

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final int COUNTERS = 4;
  private static final int CALLS = 500;
  private static final int COMM_BYTES = 16;
  private static final int LONGEST_BITS = 48;
  private static final int INTERVAL_BITS = 16;

  /** A process makes some dozens of different calls. */
  private static final int COUNTS_OF_PROCESSES = 65_536;

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sys_enter, sys_exit, sched_switch",
              Set.of("on_enter", "on_exit", "on_switch", "on_process_exit", "on_task"),
              "Linux 5.15 and its BTF"));

  private final Options options;
  private final Attachment attachment;
  private final CountedElements counts;
  private final CountedElements errors;
  private final CountedElements unended;
  private final List<Column> columns;
  private final SystemCalls names = SystemCalls.current();

  /** The iterator sees no further than the PID namespace it is read in. */
  private final boolean showsUnended = Processes.areInMachinesNamespace();

  /** What the first row has most of. */
  enum Sort {
    CPU,
    WALL,
    COUNT,
    ERRORS
  }

  /**
   * What the user wishes.
   *
   * @param eachProcess a row for each process
   * @param pid only this process; 0 for all
   * @param most rows shown
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean eachProcess, int pid, Sort sort, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
    }

    private void set(BpfObject object) {
      object.variable("each_process").set(ValueLayout.JAVA_BOOLEAN, 0, eachProcess);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      if (eachProcess) {
        Stream.of("counts", "errors", "unended")
            .forEach(map -> object.resize(map, COUNTS_OF_PROCESSES));
      }
    }
  }

  /** Whose a row is; the process is 0 where all are together. */
  record Who(int number, boolean isCompat, int tgid) {
    private static Who of(MemorySegment key) {
      return new Who(
          KEY.getInt(key, "number"), KEY.getInt(key, "compat") != 0, KEY.getInt(key, "tgid"));
    }
  }

  /**
   * What was counted of one in an interval.
   *
   * @param unended calls that went on when it ended; the others are of those that ended in it
   * @param error the most frequent one's number; 0 for none
   * @param ownNumber the process's number in its PID namespace
   */
  record Counted(
      long count,
      long failed,
      int error,
      long wallNanos,
      long cpuNanos,
      long longestNanos,
      long unended,
      int ownNumber,
      String comm) {
    private static final Counted NONE = new Counted(0, 0, 0, 0, 0, 0, 0, 0, "");

    Counted plus(Counted other) {
      return new Counted(
          count + other.count,
          failed + other.failed,
          error,
          wallNanos + other.wallNanos,
          cpuNanos + other.cpuNanos,
          Math.max(longestNanos, other.longestNanos),
          unended + other.unended,
          Math.max(ownNumber, other.ownNumber),
          comm.isEmpty() ? other.comm : comm);
    }

    private Counted with(int mostFrequent) {
      return new Counted(
          count, failed, mostFrequent, wallNanos, cpuNanos, longestNanos, unended, ownNumber, comm);
    }
  }

  private SysCost(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.counts = new CountedElements(attachment.map("counts"), COUNTERS);
    this.errors = new CountedElements(attachment.map("errors"), 1);
    this.unended = new CountedElements(attachment.map("unended"), 1);
    List<Column> all = new ArrayList<>();
    if (options.eachProcess) {
      all.add(new Column("PID", "pid", -7));
      all.add(new Column("NSPID", "ns_pid", -7));
      all.add(new Column("COMM", "comm", -16));
    }
    all.add(new Column("CALL", "call", -22));
    all.add(new Column("COUNT", "count", 9));
    all.add(new Column("ERRORS", "errors", 8));
    all.add(new Column("ERRNO", "errno", -11));
    all.add(new Column("WALL(ms)", "wall_ms", 11, 3));
    all.add(new Column("ON-CPU(ms)", "on_cpu_ms", 10, 3));
    all.add(new Column("LONGEST(ms)", "longest_ms", 11, 3));
    if (showsUnended) {
      all.add(new Column("UNENDED", "unended", 7));
    }
    this.columns = all;
    attachment.variable("begun").set(ValueLayout.JAVA_LONG, 0, KernelClock.nanos());
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it, or there is no such process
   */
  static SysCost attach(Options options) {
    return new SysCost(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  /** The word of an order. */
  static Sort sort(String word) {
    List<String> words =
        Stream.of(Sort.values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
    int at = words.indexOf(word);
    if (at < 0) {
      throw Refusal.option(NearestName.unknown("order", word, words));
    }
    return Sort.values()[at];
  }

  @Override
  public String greeting() {
    return "Tracing system calls";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Counts and times of calls that ended since this was asked before, and calls that go on. */
  Map<Who, Counted> since() {
    MemorySegment interval = attachment.variable("interval");
    int ending = interval.get(ValueLayout.JAVA_INT, 0);
    interval.set(ValueLayout.JAVA_INT, 0, ending + 1);
    Map<Who, Counted> found = new HashMap<>();
    counts.takeChanges((key, value, added) ->
        found.merge(
            Who.of(key),
            new Counted(
                added[0],
                added[1],
                0,
                added[2],
                added[3],
                longest(value, ending),
                0,
                COUNT.getInt(value, "own_number"),
                Texts.of(value.asSlice(COUNT.offset("comm"), COMM_BYTES))),
            Counted::plus));
    mostFrequentErrors()
        .forEach((who, error) -> found.computeIfPresent(who, (_, counted) -> counted.with(error)));
    if (showsUnended) {
      attachment.iterate("on_task");
      unended.takeChanges((key, _, added) ->
          found.merge(Who.of(key), new Counted(0, 0, 0, 0, 0, 0, added[0], 0, ""), Counted::plus));
    }
    return found;
  }

  /**
   * Makes calls of two kinds and holds the counts against their number, attached to this process.
   *
   * @throws IllegalStateException where they differ
   */
  void prove() {
    var _ = since();
    call();
    Map<String, Counted> found = new HashMap<>();
    since().forEach((who, counted) -> found.put(names.name(who.number(), who.isCompat()), counted));
    Counted parents = found.getOrDefault("getppid", Counted.NONE);
    Counted closed = found.getOrDefault("close", Counted.NONE);
    if (parents.count() != CALLS
        || parents.failed() != 0
        || closed.failed() != CALLS
        || closed.error() != Errno.EBADF
        || parents.cpuNanos() > parents.wallNanos()
        || parents.cpuNanos() == 0) {
      throw new IllegalStateException(
          "%d calls of getppid and %1$d failed ones of close gave %s and %s"
              .formatted(CALLS, parents, closed));
    }
  }

  private static void call() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Errno.allocate(arena);
      for (int i = 0; i < CALLS; i++) {
        LibC.getppid();
        LibC.close(errno, -1);
      }
    }
  }

  private Map<Who, Integer> mostFrequentErrors() {
    Map<Who, Map<Integer, Long>> all = new HashMap<>();
    errors.takeChanges((key, _, added) ->
        all.computeIfAbsent(Who.of(key), _ -> new HashMap<>())
            .merge(ERROR_KEY.getInt(key, "error"), added[0], Long::sum));
    Map<Who, Integer> most = new HashMap<>();
    all.forEach((who, each) ->
        most.put(
            who,
            each.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0)));
    return most;
  }

  /** Of the interval that ended; what came while it was read is in its counts as well. */
  private static long longest(MemorySegment count, int ending) {
    long[] both = count.asSlice(COUNT.offset("longest"), 2L * Long.BYTES).toArray(LONG);
    return Arrays.stream(both)
        .filter(each -> {
          int behind = (int) (each >>> LONGEST_BITS) - ending & (1 << INTERVAL_BITS) - 1;
          return behind <= 1;
        })
        .map(each -> each & (1L << LONGEST_BITS) - 1)
        .max()
        .orElse(0);
  }

  @Override
  public Findings take() {
    return new Rows(
        columns,
        since().entrySet().stream()
            .sorted(Comparator.comparingLong(this::rank).reversed())
            .limit(options.most)
            .map(each -> row(each.getKey(), each.getValue()))
            .toList(),
        true);
  }

  private long rank(Map.Entry<Who, Counted> each) {
    Counted counted = each.getValue();
    return switch (options.sort) {
      case CPU -> counted.cpuNanos();
      case WALL -> counted.wallNanos();
      case COUNT -> counted.count();
      case ERRORS -> counted.failed();
    };
  }

  private List<Object> row(Who who, Counted counted) {
    List<Object> row = new ArrayList<>(columns.size());
    if (options.eachProcess) {
      row.add(who.tgid());
      row.add(counted.ownNumber());
      row.add(counted.comm());
    }
    row.add(names.name(who.number(), who.isCompat()));
    row.add(counted.count());
    row.add(counted.failed());
    row.add(counted.error() == 0 ? "" : ErrnoName.of(counted.error()));
    row.add(Decimal.millis(counted.wallNanos()));
    row.add(Decimal.millis(counted.cpuNanos()));
    row.add(Decimal.millis(counted.longestNanos()));
    if (showsUnended) {
      row.add(counted.unended());
    }
    return row;
  }

  @Override
  public Tally tally() {
    return attachment.tally(counts.totals()[0]);
  }

  @Override
  public void close() {
    counts.close();
    errors.close();
    unended.close();
    attachment.close();
  }
}
