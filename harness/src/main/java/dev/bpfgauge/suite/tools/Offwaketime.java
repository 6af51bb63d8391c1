package dev.bpfgauge.suite.tools;

import static dev.bpfgauge.suite.tools.Structs.COMM_BYTES;
import static dev.bpfgauge.suite.tools.Structs.PAIR;

import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.suite.tools.Attachment.HookSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

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

  private static final int LONGS_BETWEEN_CPUS = 8;

  /** Wakers are many: a timer's is whoever was interrupted. */
  private static final long PAIRS_FOR_A_STACK = 4;

  private static final long NANOS_PER_MICRO = 1_000;

  private final Options options;
  private final Attachment attachment;
  private final CountedElements pairs;
  private final StackMap stacks;

  /** Which threads. */
  public enum Threads {
    ALL,
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
      if (shortestMicros < 0 || longestMicros < shortestMicros) {
        throw Refusal.usage(
            "no wait is at least %d and at most %d us: give --min-block-time and --max-block-time"
                    .formatted(shortestMicros, longestMicros)
                + " the other way round.");
      }
    }

    private void set(BpfObject object, boolean byThread) {
      Attachment.chooseStorage(object, "waiting", "threads", byThread);
      StackMap.resize(object, stacks);
      object.resize("pairs", PAIRS_FOR_A_STACK * stacks);
      object.variable("kernel_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves.hasKernel());
      object.variable("user_stacks").set(ValueLayout.JAVA_BOOLEAN, 0, halves.hasUser());
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
    this.stacks = new StackMap(attachment, "on_task");
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
    return stacks.warnings(options.halves.hasKernel(), options.halves.hasUser());
  }

  @Override
  public boolean isForPrograms() {
    return options.folded;
  }

  @Override
  public Findings take() {
    stacks.begin();
    // Names take long: first all is read, so that it is of one moment.
    List<Waited> waited = new ArrayList<>();
    pairs.takeChanges((key, _, added) ->
        waited.add(
            new Waited(
                MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE)), added[0], added[1])));
    List<Stacks.Stack> found = new ArrayList<>();
    for (Waited each : waited) {
      found.add(
          new Stacks.Stack(
              side(each.pair, "waker"),
              side(each.pair, "target"),
              each.nanos / NANOS_PER_MICRO,
              each.times));
    }
    stacks.end();
    found.sort(Comparator.comparingLong(Stacks.Stack::micros));
    return new Stacks(found, options.folded);
  }

  private Stacks.Side side(MemorySegment pair, String whose) {
    return new Stacks.Side(
        Texts.of(pair.asSlice(PAIR.offset(whose + "_comm"), COMM_BYTES)),
        PAIR.getInt(pair, whose + "_tid"),
        stacks.kernel(PAIR.getLong(pair, whose + "_kernel")),
        stacks.process(PAIR.getInt(pair, whose + "_tgid"), PAIR.getLong(pair, whose + "_user")));
  }

  /** Its stacks. */
  StackMap stacks() {
    return stacks;
  }

  @Override
  public Tally tally() {
    long seen = Places.sum(attachment.variable("waits"), LONGS_BETWEEN_CPUS, 0, 1)[0];
    return attachment.tally(seen);
  }

  @Override
  public void close() {
    stacks.close();
    pairs.close();
    attachment.close();
  }
}
