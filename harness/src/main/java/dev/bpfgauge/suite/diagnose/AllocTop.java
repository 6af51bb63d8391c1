package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.libbpf.ffm.LibC;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import dev.bpfgauge.suite.tools.CountedElements;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Processes;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** {@code alloc-top}: who takes pages from the kernel and frees them (alloc-top.bpf.c). */
final class AllocTop implements Tool {
  static final String NAME = "alloc-top";

  /** Of alloc-top.h. */
  static final CStruct KEY = CStruct.of("page_key", u32("tgid"), u32("order"), u32("cpu"));

  /** Of alloc-top.h. */
  static final CStruct USE =
      CStruct.of(
          "page_use",
          u64("allocations"),
          u64("frees"),
          u32("inside"),
          u32("execs"),
          chars("comm", 16));

  /** Of the pages that the kernel counted, how many were taken in bulk, in percent. */
  static final String BULK = "pages_in_bulk_percent";

  private static final long OWN_BYTES = 32 << 20;
  private static final int COMM_BYTES = 16;
  private static final int COUNTERS = 2;
  private static final int KIBI = 1024;
  private static final int ALL_ORDERS = -1;

  private static final List<HookSet> WAYS =
      InterruptPrograms.both(
          "tp_btf/mm_page_alloc, mm_page_free",
          Set.of(),
          Set.of("on_alloc", "on_free"),
          "Linux 5.14 and its BTF");

  private static final Comparator<Map.Entry<Who, Used>> MOST_FIRST =
      Comparator.comparingLong((Map.Entry<Who, Used> each) -> each.getValue().allocatedPages())
          .thenComparingLong(each -> each.getValue().freedPages())
          .reversed();

  private final long pageBytes = LibC.getpagesize();
  private final Options options;
  private final Attachment attachment;
  private final CountedElements uses;
  private final List<Column> columns;

  /**
   * What the user wishes.
   *
   * @param byOrder a row for each order of a process
   * @param pid only this process; 0 for all
   * @param most rows shown; what is left is one more row
   * @param injectNanos deliberate delay of each event, in nanoseconds; 0 in use
   */
  record Options(boolean byOrder, int pid, int most, int injectNanos) {
    Options {
      Processes.require(pid);
      RowsOption.require(most);
    }

    private void set(BpfObject object) {
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /**
   * Whose a row is.
   *
   * @param pid the machine's number; 0 for what is no process
   * @param inside its number in its own PID namespace
   * @param order -1 where all are together
   */
  record Who(int pid, int inside, String name, int order) {
    static final String INTERRUPTS = "[interrupts]";
    static final String OTHERS = "[others]";
  }

  /** What is counted together. */
  private record Place(int pid, int order) {}

  /**
   * A process as one CPU saw it.
   *
   * @param execs how often it had called exec
   */
  private record Named(int inside, int execs, String name) {
    static Named of(int pid, MemorySegment use) {
      return pid == 0
          ? new Named(0, 0, Who.INTERRUPTS)
          : new Named(
              USE.getInt(use, "inside"),
              USE.getInt(use, "execs"),
              Texts.of(use.asSlice(USE.offset("comm"), COMM_BYTES)));
    }

    private Named later(Named other) {
      return execs - other.execs >= 0 ? this : other;
    }
  }

  /** What was counted of one in an interval. */
  record Used(long allocations, long allocatedPages, long frees, long freedPages) {
    static final Used NOTHING = new Used(0, 0, 0, 0);

    Used plus(Used other) {
      return new Used(
          allocations + other.allocations,
          allocatedPages + other.allocatedPages,
          frees + other.frees,
          freedPages + other.freedPages);
    }
  }

  private AllocTop(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.uses = new CountedElements(attachment.map("uses"), COUNTERS);
    List<Column> all = new ArrayList<>();
    all.add(new Column("PID", "pid", -7));
    all.add(new Column("NSPID", "ns_pid", -7));
    all.add(new Column("COMM", "comm", -16));
    if (options.byOrder) {
      all.add(new Column("ORDER", "order", 5));
    }
    all.add(new Column("ALLOCS", "allocations", 9));
    all.add(new Column("ALLOC(pages)", "allocated_pages", 12));
    all.add(new Column("ALLOC(KiB)", "allocated_kib", 10));
    all.add(new Column("FREES", "frees", 9));
    all.add(new Column("FREE(pages)", "freed_pages", 11));
    all.add(new Column("FREE(KiB)", "freed_kib", 10));
    this.columns = all;
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  static AllocTop attach(Options options) {
    return new AllocTop(options, Attachment.of(NAME, WAYS, options::set, _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing allocations of pages";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  /** Counts since this was asked before. */
  Map<Who, Used> since() {
    Map<Integer, Named> names = new HashMap<>();
    Map<Place, Used> counted = new HashMap<>();
    uses.takeChanges((key, value, added) -> {
      int pid = KEY.getInt(key, "tgid");
      int order = KEY.getInt(key, "order");
      names.merge(pid, Named.of(pid, value), Named::later);
      counted.merge(
          new Place(pid, options.byOrder ? order : ALL_ORDERS),
          new Used(added[0], added[0] << order, added[1], added[1] << order),
          Used::plus);
    });
    Map<Who, Used> found = new HashMap<>();
    counted.forEach((place, used) -> {
      Named named = Objects.requireNonNull(names.get(place.pid()));
      found.put(new Who(place.pid(), named.inside(), named.name(), place.order()), used);
    });
    return found;
  }

  /**
   * Holds the counts against the kernel's while this process takes memory of a known size. What is
   * freed lies between what the kernel counted just inside of that time and just around it. What is
   * allocated is not more than that, and not less than what this process took: the kernel also
   * counts pages that are taken in bulk, of which no tracepoint tells.
   *
   * @return which share of the kernel's count that is
   * @throws IllegalStateException where one does not
   */
  Map<String, Double> prove() {
    return KernelCounts.agree(this::compare);
  }

  private Map<String, Double> compare() {
    Path proc = Path.of("/proc");
    PageCounts aroundBegin = PageCounts.read(proc);
    var _ = since();
    PageCounts begin = PageCounts.read(proc);
    try (Arena memory = Arena.ofConfined()) {
      memory.allocate(OWN_BYTES).fill((byte) 1);
    }
    PageCounts end = PageCounts.read(proc);
    Map<Who, Used> found = since();
    PageCounts aroundEnd = PageCounts.read(proc);
    PageCounts least = end.since(begin);
    PageCounts most = aroundEnd.since(aroundBegin);
    Used all = found.values().stream().reduce(Used.NOTHING, Used::plus);
    Used own =
        found.entrySet().stream()
            .filter(each -> each.getKey().pid() == ProcessHandle.current().pid())
            .map(Map.Entry::getValue)
            .reduce(Used.NOTHING, Used::plus);
    require("pages of this process", own.allocatedPages(), OWN_BYTES / pageBytes, most.allocated());
    require("pages allocated", all.allocatedPages(), own.allocatedPages(), most.allocated());
    require("pages freed", all.freedPages(), least.freed(), most.freed());
    long unseen = Math.max(0, least.allocated() - all.allocatedPages());
    return Map.of(BULK, 100.0 * unseen / least.allocated());
  }

  private static void require(String what, long counted, long least, long most) {
    if (counted < least || counted > most) {
      throw new IllegalStateException(
          "%s: counted %d, there were between %d and %d".formatted(what, counted, least, most));
    }
  }

  @Override
  public Findings take() {
    List<Map.Entry<Who, Used>> all = since().entrySet().stream().sorted(MOST_FIRST).toList();
    List<List<Object>> rows = new ArrayList<>();
    all.stream().limit(options.most).forEach(each -> rows.add(row(each.getKey(), each.getValue())));
    if (all.size() > options.most) {
      Used others =
          all.stream().skip(options.most).map(Map.Entry::getValue).reduce(Used.NOTHING, Used::plus);
      rows.add(row(new Who(0, 0, Who.OTHERS, ALL_ORDERS), others));
    }
    return new Rows(columns, rows, true);
  }

  private List<Object> row(Who who, Used used) {
    List<Object> row = new ArrayList<>(columns.size());
    row.add(who.pid());
    row.add(who.inside());
    row.add(who.name());
    if (options.byOrder) {
      row.add(who.order() == ALL_ORDERS ? "all" : who.order());
    }
    row.add(used.allocations());
    row.add(used.allocatedPages());
    row.add(used.allocatedPages() * pageBytes / KIBI);
    row.add(used.frees());
    row.add(used.freedPages());
    row.add(used.freedPages() * pageBytes / KIBI);
    return row;
  }

  @Override
  public Tally tally() {
    long[] totals = uses.totals();
    return attachment.tally(totals[0] + totals[1]);
  }

  @Override
  public void close() {
    uses.close();
    attachment.close();
  }
}
