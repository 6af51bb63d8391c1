package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.COMM_BYTES;
import static dev.bpfgauge.suite.tools.Structs.PAIR;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code offwaketime}: how long threads were off the CPU, with their stack and that of whoever woke
 * them (bpf/tools/offwaketime.bpf.c).
 */
final class Offwaketime implements Tool {
  static final String NAME = "offwaketime";

  private static final List<HookSet> WAYS =
      List.of(
          new HookSet(
              "tp_btf/sched_switch, sched_waking",
              Set.of("on_switch", "on_waking", "on_task"),
              "Linux 5.15 and its BTF"));

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final long NO_STACK = 0;
  private static final long FIRST_STACK = 16;
  private static final String LOST = "[lost stack]";
  private static final int FRAMES_AT = 8;
  private static final int MOST_STACKS = 1 << 18;

  /** Wakers are many: a timer's is whoever was interrupted. */
  private static final long PAIRS_FOR_A_STACK = 4;

  private static final int STACKS_A_BATCH = 256;

  /** Places for stacks. */
  public static final int USUAL_STACKS = 16_384;

  private static final String NO_KALLSYMS =
      "functions of the kernel stay unnamed: /proc/kallsyms hides their addresses"
          + " (kernel.kptr_restrict); sysctl kernel.kptr_restrict=1 shows them to root.";
  private static final String NO_PROCESSES =
      "functions of processes stay unnamed: this is a PID namespace, and the kernel's programs know"
          + " only the machine's own numbers; run the tool outside of the container.";
  private static final Pattern TRACING = Pattern.compile("bpf_|__bpf_trace_|__traceiter_");
  private static final long NANOS_PER_MICRO = 1_000;

  private final Options options;
  private final Attachment attachment;
  private final CountedElements pairs;
  private final BpfMap stacks;
  private final Symbols symbols = new Symbols(Path.of("/proc"));

  /** Its frames, during one reading: later the process may be another. */
  private final Map<Named, List<String>> namedStacks = new HashMap<>();

  /** Stacks that were taken out to make room. */
  private long takenOut;

  /** A stack of a process, 0 for the kernel. */
  private record Named(int owner, long stack) {}

  /** Which threads. */
  public enum Threads {
    ALL,
    USER,
    KERNEL
  }

  /** Which halves of the stacks. */
  public enum Halves {
    BOTH,
    USER,
    KERNEL
  }

  /**
   * What the user wishes.
   *
   * @param pid only this process; 0 for all
   * @param tid only this thread; 0 for all
   * @param state only waits in this state of the kernel's task_struct; -1 for all
   * @param shortestMicros shorter waits do not count
   * @param longestMicros longer ones neither
   * @param stacks for how many stacks there is room, and for four times as many pairs of them
   * @param folded one line each, for flame graphs
   * @param injectNanos deliberate delay of each switch, in nanoseconds; 0 in use
   */
  public record Options(
      int pid,
      int tid,
      Threads threads,
      Halves halves,
      long state,
      long shortestMicros,
      long longestMicros,
      int stacks,
      boolean folded,
      int injectNanos) {

    public Options {
      Processes.require(pid);
      Processes.requireThread(tid);
      Processes.requireThreadOf(pid, tid);
      if (stacks < 1 || stacks > MOST_STACKS) {
        throw Refusal.option(
            "--stack-storage-size is a whole number from 1 to %d, not %d."
                .formatted(MOST_STACKS, stacks));
      }
      if (shortestMicros < 0 || longestMicros < shortestMicros) {
        throw Refusal.usage(
            "no wait is at least %d and at most %d us: give --min-block-time and --max-block-time"
                    .formatted(shortestMicros, longestMicros)
                + " the other way round.");
      }
    }

    private void set(BpfObject object, boolean byThread) {
      Attachment.chooseStorage(object, "waiting", "threads", byThread);
      object.resize("stacks", stacks);
      object.resize("pairs", PAIRS_FOR_A_STACK * stacks);
      object.variable("kernel_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves != Halves.USER);
      object.variable("user_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves != Halves.KERNEL);
      object
          .variable("only_user_threads")
          .set(ValueLayout.JAVA_BOOLEAN, 0, threads == Threads.USER);
      object
          .variable("only_kernel_threads")
          .set(ValueLayout.JAVA_BOOLEAN, 0, threads == Threads.KERNEL);
      object.variable("only_tgid").set(ValueLayout.JAVA_INT, 0, pid);
      object.variable("only_tid").set(ValueLayout.JAVA_INT, 0, tid);
      object.variable("only_state").set(ValueLayout.JAVA_LONG, 0, state);
      object
          .variable("shortest_ns")
          .set(ValueLayout.JAVA_LONG, 0, shortestMicros * NANOS_PER_MICRO);
      object
          .variable("longest_ns")
          .set(
              ValueLayout.JAVA_LONG,
              0,
              longestMicros > Long.MAX_VALUE / NANOS_PER_MICRO
                  ? Long.MAX_VALUE
                  : longestMicros * NANOS_PER_MICRO);
      object.variable("inject_ns").set(ValueLayout.JAVA_INT, 0, injectNanos);
    }
  }

  /** A pair's waits since the output before; {@code pair} is bpf/tools/offwaketime.h's. */
  private record Waited(MemorySegment pair, long nanos, long times) {}

  private Offwaketime(Options options, Attachment attachment) {
    this.options = options;
    this.attachment = attachment;
    this.pairs = new CountedElements(attachment.map("pairs"), 2);
    this.stacks = attachment.map("stacks");
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  public static Offwaketime attach(Options options) {
    return attach(options, Attachment.storageIsUnsafe());
  }

  /**
   * Attaches it in a certain way.
   *
   * @param byThread with a hash map in place of tasks' own storage
   */
  static Offwaketime attach(Options options, boolean byThread) {
    return new Offwaketime(
        options, Attachment.of(NAME, WAYS, object -> options.set(object, byThread), _ -> {}));
  }

  @Override
  public String greeting() {
    return "Tracing blocked time and who ended it";
  }

  @Override
  public String hooks() {
    return attachment.hooks();
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (options.halves != Halves.USER && !symbols.knowsTheKernel()) {
      warnings.add(NO_KALLSYMS);
    }
    if (options.halves != Halves.KERNEL && !Processes.areOfTheMachine()) {
      warnings.add(NO_PROCESSES);
    }
    return warnings;
  }

  @Override
  public boolean isForPrograms() {
    return options.folded;
  }

  @Override
  public Findings take() {
    symbols.refresh();
    namedStacks.clear();
    // Names take long: first all is read, so that it is of one moment.
    List<Waited> waited = new ArrayList<>();
    pairs.takeChanges((key, _, added) ->
        waited.add(
            new Waited(
                MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE)), added[0], added[1])));
    List<Stacks.Stack> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment stack = arena.allocate(stacks.valueStride(), Long.BYTES);
      for (Waited each : waited) {
        found.add(
            new Stacks.Stack(
                side(each.pair, "waker", id, stack),
                side(each.pair, "target", id, stack),
                each.nanos / NANOS_PER_MICRO,
                each.times));
      }
    }
    makeRoom();
    found.sort(Comparator.comparingLong(Stacks.Stack::micros));
    return new Stacks(found, options.folded);
  }

  /**
   * Once half of the places for stacks are taken, those of stacks that nobody needed in the
   * interval that ends now, and that no wait still needs, become free: else a long run would lose
   * ever more.
   */
  private void makeRoom() {
    MemorySegment interval = attachment.variable("interval");
    int ending = interval.get(ValueLayout.JAVA_INT, 0);
    interval.set(ValueLayout.JAVA_INT, 0, ending + 1);
    // The iterator sees no further than the PID namespace it is read in.
    if (places() <= options.stacks / 2 || !Processes.areInMachinesNamespace()) {
      return;
    }
    attachment.iterate("on_task");
    List<Long> unneeded = new ArrayList<>();
    forEachStack((name, neededIn) -> {
      if (neededIn < ending) {
        unneeded.add(name);
      }
    });
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.JAVA_LONG);
      for (long name : unneeded) {
        id.set(ValueLayout.JAVA_LONG, 0, name);
        takenOut += stacks.delete(id) ? 1 : 0;
      }
    }
  }

  /** Places for stacks that are taken. */
  long places() {
    return attachment.variable("kept").get(ValueLayout.JAVA_LONG, 0) - takenOut;
  }

  /** Places of stacks that were needed last in an interval before this one, from 1. */
  long placesOfBefore(int interval) {
    long[] count = new long[1];
    forEachStack((_, neededIn) -> count[0] += neededIn < interval ? 1 : 0);
    return count[0];
  }

  /** A stack in the map. */
  private interface Kept {
    /**
     * Takes it.
     *
     * @param neededIn the last interval in which it was needed
     */
    void stack(long name, int neededIn);
  }

  private void forEachStack(Kept kept) {
    try (Arena arena = Arena.ofConfined()) {
      long stride = stacks.valueStride();
      MemorySegment cursor = arena.allocate(Long.BYTES, Long.BYTES);
      MemorySegment names = arena.allocate(ValueLayout.JAVA_LONG, STACKS_A_BATCH);
      MemorySegment values = arena.allocate(STACKS_A_BATCH * stride, Long.BYTES);
      boolean first = true;
      boolean last;
      do {
        BpfMap.Batch batch =
            stacks.lookupBatch(first ? null : cursor, cursor, names, values, STACKS_A_BATCH);
        for (int i = 0; i < batch.count(); i++) {
          kept.stack(names.getAtIndex(LONG, i), values.get(INT, i * stride));
        }
        first = false;
        last = batch.last();
      } while (!last);
    }
  }

  private Stacks.Side side(
      MemorySegment pair, String whose, MemorySegment id, MemorySegment stack) {
    int tgid = PAIR.getInt(pair, whose + "_tgid");
    return new Stacks.Side(
        Texts.of(pair.asSlice(PAIR.offset(whose + "_comm"), COMM_BYTES)),
        PAIR.getInt(pair, whose + "_tid"),
        frames(
            0,
            PAIR.getLong(pair, whose + "_kernel"),
            id,
            stack,
            addresses -> withoutTracing(symbols.ofKernel(addresses))),
        frames(
            tgid,
            PAIR.getLong(pair, whose + "_user"),
            id,
            stack,
            addresses -> symbols.ofProcess(tgid, addresses)));
  }

  /** From where the tracepoint was passed, without the way from there into the program. */
  static List<String> withoutTracing(List<String> frames) {
    int start = 0;
    for (int i = 0; i < frames.size(); i++) {
      String frame = frames.get(i);
      if (TRACING.matcher(frame).lookingAt()) {
        start = i + 1;
      } else if (!frame.startsWith(Symbols.UNKNOWN)) {
        break;
      }
    }
    return frames.subList(start, frames.size());
  }

  /**
   * A stack's frames by name, the innermost first.
   *
   * @param owner the process whose code it is, 0 for the kernel
   */
  private List<String> frames(
      int owner,
      long name,
      MemorySegment id,
      MemorySegment stack,
      Function<long[], List<String>> named) {
    if (name == NO_STACK) {
      return List.of();
    }
    Named key = new Named(owner, name);
    List<String> known = namedStacks.get(key);
    if (known != null) {
      return known;
    }
    id.set(ValueLayout.JAVA_LONG, 0, name);
    if (Long.compareUnsigned(name, FIRST_STACK) < 0 || !stacks.lookup(id, stack)) {
      return List.of(LOST);
    }
    long[] all = stack.asSlice(FRAMES_AT).toArray(LONG);
    int depth = 0;
    while (depth < all.length && all[depth] != 0) {
      depth++;
    }
    List<String> names = named.apply(Arrays.copyOf(all, depth));
    namedStacks.put(key, names);
    return names;
  }

  @Override
  public Tally tally() {
    long seen = Places.sum(attachment.variable("waits"), LONGS_BETWEEN_CPUS, 0, 1)[0];
    return attachment.tally(seen);
  }

  @Override
  public void close() {
    pairs.close();
    attachment.close();
  }
}
