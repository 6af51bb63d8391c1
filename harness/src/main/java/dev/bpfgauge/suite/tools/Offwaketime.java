package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.ffm.Uapi;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.Way;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * {@code offwaketime}: how long threads were off the CPU, with their stack and that of whoever woke
 * them (bpf/tools/offwaketime.bpf.c).
 */
public final class Offwaketime implements Tool {
  private static final List<Way> WAYS =
      List.of(
          new Way(
              "tp_btf/sched_switch, sched_waking",
              Set.of("on_switch", "on_waking", "on_task"),
              "Linux 5.15 and its BTF"));

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int COMM_BYTES = 16;
  private static final int TARGET_COMM_AT = 32;
  private static final int WAKER_COMM_AT = 48;
  private static final int LONGS_BETWEEN_CPUS = 8;
  private static final int LOST_STACK = -2;
  private static final String LOST = "[lost stack]";
  private static final int FRAME_BYTES = 127 * Long.BYTES;
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
  private final Elements pairs;
  private final BpfMap stacks;
  private final Symbols symbols = new Symbols(Path.of("/proc"));

  /**
   * Process and number of a stack → its frames, during one reading: later the number may be another
   * stack's, or the process another.
   */
  private final Map<Long, List<String>> namedStacks = new HashMap<>();

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
      boolean folded,
      int injectNanos) {

    public Options {
      Processes.require(pid);
      Processes.requireThread(tid);
      if (shortestMicros < 0 || longestMicros < shortestMicros) {
        throw Refusal.usage(
            "no wait is at least %d and at most %d us: give --min-block-time and --max-block-time"
                    .formatted(shortestMicros, longestMicros)
                + " the other way round.");
      }
    }

    private void set(BpfObject object, boolean byThread) {
      Attachment.chooseStorage(object, "waiting", "threads", byThread);
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
    this.pairs = new Elements(attachment.map("pairs"), 2);
    this.stacks = attachment.map("stacks");
  }

  /**
   * Attaches it.
   *
   * @throws Refusal where this kernel does not take it
   */
  public static Offwaketime attach(Options options) {
    return attach(options, Attachment.storageIsUnsafe(), 0);
  }

  /**
   * Attaches it in a certain way.
   *
   * @param byThread with a hash map in place of tasks' own storage
   * @param places for stacks; 0 for as many as in use
   */
  static Offwaketime attach(Options options, boolean byThread, int places) {
    Consumer<BpfObject> prepare =
        object -> {
          options.set(object, byThread);
          if (places > 0) {
            object.shape(
                "stacks",
                new BpfMap.Spec(
                    "stacks",
                    Uapi.BPF_MAP_TYPE_STACK_TRACE,
                    Integer.BYTES,
                    FRAME_BYTES,
                    places,
                    0));
          }
        };
    return new Offwaketime(options, Attachment.of("offwaketime", WAYS, prepare, _ -> {}));
  }

  @Override
  public String name() {
    return "offwaketime";
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
      MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment frames = arena.allocate(stacks.valueStride(), Long.BYTES);
      for (Waited each : waited) {
        found.add(
            new Stacks.Stack(
                side(each.pair, WAKER_COMM_AT, 8, 24, id, frames),
                side(each.pair, TARGET_COMM_AT, 0, 16, id, frames),
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
    MemorySegment neededIn = attachment.variable("needed_in");
    int ending = interval.get(ValueLayout.JAVA_INT, 0);
    interval.set(ValueLayout.JAVA_INT, 0, ending + 1);
    long places = stacks.info().maxEntries();
    long taken = LongStream.range(0, places).filter(at -> neededIn(neededIn, at) != 0).count();
    // The iterator sees no further than the PID namespace it is read in.
    if (taken <= places / 2 || !Processes.areInMachinesNamespace()) {
      return;
    }
    attachment.iterate("on_task");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
      for (int stack = 0; stack < places; stack++) {
        int last = neededIn(neededIn, stack);
        if (last != 0 && last < ending) {
          id.set(ValueLayout.JAVA_INT, 0, stack);
          stacks.delete(id);
          neededIn.setAtIndex(ValueLayout.JAVA_INT, stack, 0);
        }
      }
    }
  }

  /** Places of stacks that were needed last in an interval before this one, from 1. */
  long placesOfBefore(int interval) {
    MemorySegment neededIn = attachment.variable("needed_in");
    return LongStream.range(0, stacks.info().maxEntries())
        .mapToInt(stack -> neededIn(neededIn, stack))
        .filter(last -> last > 0 && last < interval)
        .count();
  }

  private static int neededIn(MemorySegment all, long stack) {
    return all.getAtIndex(ValueLayout.JAVA_INT, stack);
  }

  private Stacks.Side side(
      MemorySegment pair,
      int commAt,
      int tidAt,
      int stacksAt,
      MemorySegment id,
      MemorySegment frames) {
    int tgid = pair.get(INT, tidAt + Integer.BYTES);
    return new Stacks.Side(
        Texts.of(pair.asSlice(commAt, COMM_BYTES)),
        pair.get(INT, tidAt),
        frames(
            0,
            pair.get(INT, stacksAt),
            id,
            frames,
            addresses -> withoutTracing(symbols.ofKernel(addresses))),
        frames(
            tgid,
            pair.get(INT, stacksAt + Integer.BYTES),
            id,
            frames,
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
      int stack,
      MemorySegment id,
      MemorySegment frames,
      Function<long[], List<String>> named) {
    if (stack == LOST_STACK) {
      return List.of(LOST);
    }
    long key = (long) owner << Integer.SIZE | stack;
    List<String> known = namedStacks.get(key);
    if (known != null) {
      return known;
    }
    id.set(ValueLayout.JAVA_INT, 0, stack);
    if (stack < 0) {
      return List.of();
    }
    if (!stacks.lookup(id, frames)) {
      return List.of(LOST);
    }
    long[] all = frames.toArray(LONG);
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
