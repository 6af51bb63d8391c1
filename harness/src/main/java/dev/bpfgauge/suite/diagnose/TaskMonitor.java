package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.ForeignText;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** {@code task-monitor}: how many threads there are, come and go (task-monitor.bpf.c). */
final class TaskMonitor implements Tool {
  static final String NAME = "task-monitor";

  /** Of task-monitor.h. */
  static final CStruct KEY = CStruct.of("births_key", u32("tgid"), u32("cpu"));

  /** Of task-monitor.h. */
  static final CStruct BIRTHS =
      CStruct.of(
          "births",
          u64("threads"),
          u64("processes"),
          u64("ended"),
          u32("inside"),
          u32("zero"),
          chars("comm", 16));

  /** Of task-monitor.h. */
  static final CStruct THREAD =
      CStruct.of(
          "thread_now",
          u32("tgid"),
          u32("inside"),
          u32("running"),
          u32("blocked"),
          chars("comm", 16));

  private static final int COUNTERS = 3;
  private static final int COMM_BYTES = 16;
  private static final int OWN_THREADS = 40;
  private static final String ALL = "[all]";
  private static final String OTHERS = "[others]";

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/task_newtask, sched_process_exit, iter/task when asked",
              Set.of("on_new", "on_exit", "on_task"),
              "Linux 5.14 and its BTF"));

  private static final List<Column> COLUMNS =
      List.of(
          new Column("PID", "pid", -7),
          new Column("NSPID", "ns_pid", -7),
          new Column("COMM", "comm", -16),
          new Column("THREADS", "threads", 8),
          new Column("R", "running", 6),
          new Column("D", "blocked", 6),
          new Column("NEW", "new_threads", 8),
          new Column("FORKS", "forks", 8),
          new Column("ENDED", "ended_threads", 8));

  private static final Comparator<Owner> MOST_THREADS =
      Comparator.comparingLong((Owner process) -> process.has().threads())
          .thenComparingLong(process -> process.has().changes())
          .reversed();

  private static final Comparator<Owner> MOST_CHANGES =
      Comparator.comparingLong((Owner process) -> process.has().changes())
          .thenComparingLong(process -> process.has().threads())
          .reversed();

  private final Options options;
  private final Attachment attachment;
  private final CountedElements births;

  /**
   * What the user wishes.
   *
   * @param byChanges those first that start and end most, not those with most threads
   * @param pid only this process; 0 for all
   * @param most rows shown; what is left is one more row
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean byChanges, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
    }

    private void set(BpfObject object) {
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
      FrozenTasks.tell(object);
    }
  }

  /**
   * What was counted.
   *
   * @param threads that are there
   * @param running of them, that run or wait for a CPU
   * @param blocked of them, in state D
   * @param started threads, in the interval
   * @param forks processes that were started
   * @param ended threads that ended
   */
  record Counted(long threads, long running, long blocked, long started, long forks, long ended) {
    static final Counted NOTHING = new Counted(0, 0, 0, 0, 0, 0);

    Counted plus(Counted other) {
      return new Counted(
          threads + other.threads,
          running + other.running,
          blocked + other.blocked,
          started + other.started,
          forks + other.forks,
          ended + other.ended);
    }

    private long changes() {
      return started + forks + ended;
    }
  }

  /**
   * A process, there or gone.
   *
   * @param inside its number in its own PID namespace
   */
  record Owner(int pid, int inside, String name, Counted has) {
    private boolean isFirst() {
      return (Processes.areInMachinesNamespace() ? pid : inside) == 1 && has.threads() > 0;
    }

    private Owner plus(Owner other) {
      return new Owner(pid, other.inside, other.name, has.plus(other.has));
    }
  }

  private TaskMonitor(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.births = new CountedElements(attachment.map("births"), COUNTERS);
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static TaskMonitor attach(Options options) {
    return new TaskMonitor(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Counting threads";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Some kernels keep their first process from iterators. */
  @Override
  public List<String> warnings() {
    boolean knowsTheFirst = options.pid != 0 || since().values().stream().anyMatch(Owner::isFirst);
    return knowsTheFirst
        ? List.of()
        : List.of("process 1 is not among them: this kernel's iterator over tasks leaves it out");
  }

  /**
   * By the machine's number: who is there now, and who came or went since this was asked before.
   */
  Map<Integer, Owner> since() {
    Map<Integer, Owner> found = new HashMap<>();
    births.takeChanges((key, value, added) ->
        add(
            found,
            KEY.getInt(key, "tgid"),
            BIRTHS,
            value,
            new Counted(0, 0, 0, added[0], added[1], added[2])));
    attachment
        .program("on_task")
        .iterate(
            THREAD.size(),
            thread ->
                add(
                    found,
                    THREAD.getInt(thread, "tgid"),
                    THREAD,
                    thread,
                    new Counted(
                        1,
                        THREAD.getInt(thread, "running"),
                        THREAD.getInt(thread, "blocked"),
                        0,
                        0,
                        0)));
    return found;
  }

  private static void add(
      Map<Integer, Owner> found, int pid, CStruct struct, MemorySegment values, Counted counted) {
    Owner process =
        new Owner(
            pid,
            struct.getInt(values, "inside"),
            Texts.of(values.asSlice(struct.offset("comm"), COMM_BYTES)),
            counted);
    found.merge(pid, process, Owner::plus);
  }

  /** All together. */
  static Counted sum(Collection<Owner> processes) {
    return processes.stream().map(Owner::has).reduce(Counted.NOTHING, Counted::plus);
  }

  /**
   * Holds the counts against the kernel's while this process starts threads: proc_stat(5), whose
   * {@code processes} are threads as well, and proc_pid_task(5).
   *
   * @throws IllegalStateException where they differ
   */
  void prove() {
    var _ = KernelCounts.agree(this::compare);
  }

  private Counted compare() {
    int own = Math.toIntExact(ProcessHandle.current().pid());
    long aroundBegin = forks();
    var _ = since();
    long begin = forks();
    for (int i = 0; i < OWN_THREADS; i++) {
      try {
        Thread.ofPlatform().start(() -> {}).join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Counted.NOTHING;
      }
    }
    long end = forks();
    long threadsBefore = ThreadStates.ofOwnProcess();
    Map<Integer, Owner> found = since();
    long threadsAfter = ThreadStates.ofOwnProcess();
    long aroundEnd = forks();
    Counted all = sum(found.values());
    Counted mine = found.getOrDefault(own, new Owner(own, own, "", Counted.NOTHING)).has();
    require("starts", all.started() + all.forks(), end - begin, aroundEnd - aroundBegin);
    require("own starts", mine.started(), OWN_THREADS, aroundEnd - aroundBegin);
    require(
        "own threads",
        mine.threads(),
        Math.min(threadsBefore, threadsAfter),
        Math.max(threadsBefore, threadsAfter));
    return all;
  }

  private static void require(String what, long counted, long least, long most) {
    if (counted < least || counted > most) {
      throw new IllegalStateException(
          "%s: counted %d, there were between %d and %d".formatted(what, counted, least, most));
    }
  }

  /** Threads and processes since the machine started. */
  private static long forks() {
    try (Stream<String> lines = ForeignText.lines(Path.of("/proc/stat"))) {
      return lines
          .filter(line -> line.startsWith("processes "))
          .map(line -> Long.parseLong(line.split(" ", -1)[1]))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("/proc/stat counts no processes"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Findings take() {
    Map<Integer, Owner> found = since();
    List<Owner> all =
        found.values().stream().sorted(options.byChanges ? MOST_CHANGES : MOST_THREADS).toList();
    List<List<Object>> rows = new ArrayList<>();
    rows.add(row(new Owner(0, 0, ALL, sum(found.values()))));
    all.stream().limit(options.most).forEach(process -> rows.add(row(process)));
    if (all.size() > options.most) {
      rows.add(row(new Owner(0, 0, OTHERS, sum(all.subList(options.most, all.size())))));
    }
    return new Rows(COLUMNS, rows, true);
  }

  private static List<Object> row(Owner process) {
    Counted has = process.has();
    return List.of(
        process.pid(),
        process.inside(),
        process.name(),
        has.threads(),
        has.running(),
        has.blocked(),
        has.started(),
        has.forks(),
        has.ended());
  }

  @Override
  public Tally tally() {
    long[] totals = births.totals();
    return attachment.tally(totals[0] + totals[1] + totals[2]);
  }

  @Override
  public void close() {
    births.close();
    attachment.close();
  }
}
