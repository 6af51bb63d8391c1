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
import dev.bpfgauge.suite.tools.CountedStacks;
import dev.bpfgauge.suite.tools.Distributions;
import dev.bpfgauge.suite.tools.Findings;
import dev.bpfgauge.suite.tools.Halves;
import dev.bpfgauge.suite.tools.Histograms;
import dev.bpfgauge.suite.tools.LogHistogram;
import dev.bpfgauge.suite.tools.Loss;
import dev.bpfgauge.suite.tools.Places;
import dev.bpfgauge.suite.tools.Rows;
import dev.bpfgauge.suite.tools.Rows.Column;
import dev.bpfgauge.suite.tools.StackMap;
import dev.bpfgauge.suite.tools.Texts;
import dev.bpfgauge.suite.tools.Tool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code kprobe}: who passes a function or a tracepoint, from where, and for how long
 * (bpf/tools/kprobe.bpf.c). Each event has an object of its own.
 */
final class Kprobe implements Tool {
  static final String NAME = "kprobe";

  /** Of kprobe.h. */
  static final CStruct HIT_KEY =
      CStruct.of(
          "hit_key",
          u64("kernel"),
          u64("user"),
          u64("value"),
          u32("tgid"),
          u32("zero"),
          chars("comm", 16));

  private static final int COMM_BYTES = 16;
  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final int FEW = 1;
  private static final int MOST_EVENTS = 32;
  private static final int MOST_ARGUMENTS = 5;
  private static final int CALLS = 100;

  private final Options options;
  private final List<Probe> probes;

  /** What is shown of the hits. */
  enum Shows {
    PROCESSES,
    STACKS,
    TIMES
  }

  /**
   * What the user wishes.
   *
   * @param pid only this process; 0 for all
   * @param argument whose value is shown, from 1; 0 for none
   * @param form as what it is printed; its {@code top} also says how many rows
   * @param places for how many stacks there is room
   * @param injectNanos deliberate delay of each hit, in nanoseconds; 0 in use
   */
  record Options(
      List<ProbedEvent> events,
      Shows shows,
      int pid,
      int argument,
      Halves halves,
      int places,
      CountedStacks.Form form,
      int injectNanos) {

    Options {
      events = List.copyOf(new LinkedHashSet<>(events));
      if (events.isEmpty() || events.size() > MOST_EVENTS) {
        throw Refusal.option(
            "--event names what is probed, 1 to %d times, not %d."
                .formatted(MOST_EVENTS, events.size()));
      }
      if (argument < 0 || argument > MOST_ARGUMENTS) {
        throw Refusal.option(
            "--argument is a whole number from 1 to %d, not %d."
                .formatted(MOST_ARGUMENTS, argument));
      }
      boolean tracepoint =
          events.stream().anyMatch(each -> each instanceof ProbedEvent.TracepointEvent);
      if (tracepoint && (argument > 0 || shows == Shows.TIMES)) {
        throw Refusal.option(
            "--argument and --times are for functions: a tracepoint has no arguments in registers,"
                + " and does not return.");
      }
      if (argument > 0 && shows != Shows.PROCESSES) {
        throw Refusal.option("--argument, --stacks and --times exclude each other.");
      }
    }

    private boolean times() {
      return shows == Shows.TIMES;
    }

    private void set(BpfObject object) {
      boolean stacks = shows == Shows.STACKS;
      StackMap.resize(object, stacks ? places : FEW);
      if (!times()) {
        object.resize("calls", FEW);
      }
      object.leaveOut(Histograms.KEYED);
      object
          .variable("kernel_stacks")
          .set(ValueLayout.JAVA_BOOLEAN, 0, stacks && halves.hasKernel());
      object.variable("user_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, stacks && halves.hasUser());
      object.variable("times").set(ValueLayout.JAVA_BOOLEAN, 0, times());
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("argument").set(ValueLayout.JAVA_INT, 0, argument);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /** An event with its programs at work. */
  private record Probe(
      ProbedEvent event,
      Attachment attachment,
      CountedElements counts,
      Histograms times,
      StackMap stacks)
      implements AutoCloseable {

    static Probe of(ProbedEvent event, Options options) {
      HookSet way =
          new HookSet(
              event.hook(), event.programs(options.times()), "Linux 5.14 with CONFIG_KPROBES");
      Attachment attachment =
          Attachment.of(
              NAME, List.of(way), options::set, object -> event.attach(object, options.times()));
      return new Probe(
          event,
          attachment,
          new CountedElements(attachment.map("counts"), 1),
          new Histograms(attachment, false),
          StackMap.of(attachment));
    }

    private long seen(Options options) {
      return options.times()
          ? times.seen()
          : Places.sum(attachment.variable("hits"), LONGS_BETWEEN_CPUS, 0, 1)[0];
    }

    private Tally tally(Options options) {
      return attachment.tally(seen(options));
    }

    @Override
    public void close() {
      stacks.close();
      counts.close();
      times.close();
      attachment.close();
    }
  }

  /** A process's hits of an event. */
  private record Hits(ProbedEvent event, MemorySegment key, long count) {
    private String comm() {
      return Texts.of(key.asSlice(HIT_KEY.offset("comm"), COMM_BYTES));
    }

    private int pid() {
      return HIT_KEY.getInt(key, "tgid");
    }

    private List<Object> row(boolean withValue) {
      List<Object> row = new ArrayList<>(List.of(count, event.name(), pid()));
      if (withValue) {
        row.add("0x" + Long.toHexString(HIT_KEY.getLong(key, "value")));
      }
      row.add(comm());
      return row;
    }
  }

  private Kprobe(Options options, List<Probe> probes) {
    this.options = options;
    this.probes = probes;
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take one of the events
   */
  static Kprobe attach(Options options) {
    List<Probe> probes = new ArrayList<>();
    try {
      for (ProbedEvent event : options.events) {
        probes.add(Probe.of(event, options));
      }
      return new Kprobe(options, probes);
    } catch (RuntimeException e) {
      probes.forEach(Probe::close);
      throw e;
    }
  }

  @Override
  public String greeting() {
    return options.times() ? "Timing calls until they return" : "Counting passes";
  }

  @Override
  public String hooks() {
    return probes.stream().map(probe -> probe.attachment.hooks()).collect(Collectors.joining(", "));
  }

  @Override
  public List<String> warnings() {
    return options.shows == Shows.STACKS
        ? probes.getFirst().stacks.warnings(options.halves.hasKernel(), options.halves.hasUser())
        : List.of();
  }

  @Override
  public boolean isForPrograms() {
    return options.form.folded();
  }

  @Override
  public Findings take() {
    return switch (options.shows) {
      case TIMES -> times();
      case STACKS -> stacks();
      case PROCESSES -> processes();
    };
  }

  private Findings times() {
    List<LogHistogram> histograms = new ArrayList<>();
    for (Probe probe : probes) {
      for (LogHistogram each : probe.times.take((_, _) -> new TreeMap<>())) {
        histograms.add(
            new LogHistogram(
                new TreeMap<>(Map.of("function", probe.event.name())),
                each.slots(),
                each.totalNanos()));
      }
    }
    return new Distributions("usecs", histograms);
  }

  private Findings stacks() {
    List<CountedStacks.Counted> found = new ArrayList<>();
    for (Probe probe : probes) {
      probe.stacks.begin();
      for (Hits hits : hits(probe)) {
        found.add(
            new CountedStacks.Counted(
                hits.comm(),
                hits.pid(),
                probe.stacks.kernel(HIT_KEY.getLong(hits.key, "kernel")),
                probe.stacks.process(hits.pid(), HIT_KEY.getLong(hits.key, "user")),
                hits.count));
      }
      probe.stacks.end();
    }
    return new CountedStacks("", "hits", found, options.form);
  }

  private Findings processes() {
    List<Hits> all = new ArrayList<>();
    probes.forEach(probe -> all.addAll(hits(probe)));
    all.sort(Comparator.comparingLong(Hits::count).reversed());
    boolean withValue = options.argument > 0;
    return new Rows(
        columns(withValue),
        all.stream().limit(options.form.top()).map(hits -> hits.row(withValue)).toList(),
        true);
  }

  private List<Hits> hits(Probe probe) {
    List<Hits> hits = new ArrayList<>();
    probe.counts.takeChanges((key, _, added) ->
        hits.add(
            new Hits(
                probe.event, MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE)), added[0])));
    return hits;
  }

  private List<Column> columns(boolean withValue) {
    int event = options.events.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("HITS", "hits", 10));
    columns.add(new Column("EVENT", "event", -Math.max("EVENT".length(), event)));
    columns.add(new Column("PID", "pid", 7));
    if (withValue) {
      columns.add(new Column("ARGUMENT " + options.argument, "argument", 18));
    }
    columns.add(new Column("COMM", "comm", -COMM_BYTES));
    return columns;
  }

  /**
   * Makes system calls, and looks for them: of every event that the user asks for by default.
   *
   * @throws IllegalStateException where fewer were counted
   */
  void prove() {
    probes.forEach(probe -> hits(probe));
    for (int i = 0; i < CALLS; i++) {
      var _ = LibC.getppid();
    }
    long own = ProcessHandle.current().pid();
    long counted =
        probes.stream()
            .flatMap(probe -> hits(probe).stream())
            .filter(hits -> hits.pid() == own)
            .mapToLong(Hits::count)
            .sum();
    if (counted < CALLS) {
      throw new IllegalStateException(
          "%d of %d own system calls were counted".formatted(counted, CALLS));
    }
  }

  @Override
  public Tally tally() {
    long seen = 0;
    long lost = 0;
    Map<Loss, Long> losses = new EnumMap<>(Loss.class);
    OptionalLong missed = OptionalLong.empty();
    for (Probe probe : probes) {
      Tally one = probe.tally(options);
      seen += one.seen();
      lost += one.lost();
      one.losses().forEach((loss, events) -> losses.merge(loss, events, Long::sum));
      missed = sum(missed, one.missed());
    }
    return new Tally(seen, lost, losses, missed);
  }

  private static OptionalLong sum(OptionalLong some, OptionalLong more) {
    return more.isEmpty() ? some : OptionalLong.of(some.orElse(0) + more.getAsLong());
  }

  @Override
  public void close() {
    probes.forEach(Probe::close);
  }
}
